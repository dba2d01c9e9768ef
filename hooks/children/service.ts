import { type Static, Type } from '@sinclair/typebox';
import type { IService } from 'kubernetes-models/v1/Service';
import { type KubernetesObject, openObject, StringMap } from '../contract/kubernetes.ts';
import { readAs } from '../contract/read-as.ts';
import { objectOf } from '../json.ts';
import type { ChildKindRow } from './child-kind.ts';
import {
  apiPortOf,
  type DesiredDeployment,
  hasDesiredTemplate,
  type ObservedDeployment,
} from './deployment.ts';
import type { KubernetesChild } from './kubernetes-child.ts';
import { metadataOf, selectorOf } from './metadata.ts';
import { API_PORT, apiName } from './names.ts';
import { isSameMap } from './same-map.ts';

export type DesiredService = KubernetesChild<IService, 'spec'>;

/** A Service, as far as it is read. */
export const ObservedService = openObject({
  spec: Type.Optional(
    Type.Object(
      {
        selector: Type.Optional(StringMap),
        ports: Type.Optional(
          Type.Array(
            Type.Object(
              {
                port: Type.Integer(),
                protocol: Type.Optional(Type.String()),
                targetPort: Type.Optional(Type.Union([Type.String(), Type.Integer()])),
              },
              { additionalProperties: true },
            ),
          ),
        ),
      },
      { additionalProperties: true },
    ),
  ),
});
export type ObservedService = Static<typeof ObservedService> & KubernetesObject;

/** The Deployment, whose pods a Service routes to. */
interface Pods {
  readonly desired: { readonly Deployment: DesiredDeployment };
  readonly observed: { readonly Deployment?: ObservedDeployment };
}

/** The port of the Service, for what leads there. */
export const servicePort = (): number => API_PORT.number;

/** The Service of the registry API. */
export const service: ChildKindRow<DesiredService, ObservedService, Pods> = {
  apiVersion: 'v1',
  resource: 'services',
  nameOf: apiName,
  build: ({ identity }): DesiredService => {
    const name = apiName(identity);
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadataOf(name, identity),
      spec: {
        ports: [
          {
            name: API_PORT.name,
            port: servicePort(),
            protocol: API_PORT.protocol,
            targetPort: API_PORT.name,
          },
        ],
        selector: selectorOf(name),
        type: 'ClusterIP',
      },
    };
  },
  read: readAs(ObservedService),
  // Without a Deployment there are no pods to route to, and that is not the Service's fault.
  isAsDesired: (observed, desired, pods) =>
    pods.observed.Deployment === undefined || routesToPods(observed, desired, pods),
  repair: {
    collisions: {
      fields: { spec: { fields: { ports: { key: 'port', unique: 'name' }, selector: { closed: true } } } },
    },
    portLists: ({ spec }) => [objectOf(spec)['ports']],
  },
  deletedFirst: true,
};

/** Whether a Service has our port and our selector, and its port is the one that our pods listen on. */
export function routesToPods(observed: ObservedService, desired: DesiredService, pods: Pods): boolean {
  const { selector, ports = [] } = observed.spec ?? {};
  if (!selector || !isSameMap(selector, objectOf(desired.spec.selector))) return false;
  const deployment = pods.observed.Deployment;
  const listens = apiPortOf(pods.desired.Deployment);
  return ports.some(({ port, protocol = 'TCP', targetPort = port }) => {
    if (port !== API_PORT.number || protocol !== API_PORT.protocol) return false;
    if (targetPort !== API_PORT.name) return targetPort === listens;
    // A name stands for each pod's own port: while another template rolls out, old pods may have another number.
    const named = deployment && apiPortOf(deployment);
    return (
      named === listens ||
      (named !== undefined &&
        deployment !== undefined &&
        !hasDesiredTemplate(deployment, pods.desired.Deployment))
    );
  });
}
