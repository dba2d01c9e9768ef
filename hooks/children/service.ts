import { type Static, Type } from '@sinclair/typebox';
import type { IService } from 'kubernetes-models/v1/Service';
import type { IServicePort } from 'kubernetes-models/v1/ServicePort';
import { appliedBy, sharedItems } from '../applied/last-applied.ts';
import { type KubernetesObject, openObject, StringMap } from '../contract/kubernetes.ts';
import { readAs } from '../contract/read-as.ts';
import { objectOf, objectsOf } from '../json.ts';
import { INTERNAL_SERVICE_PORT, type Service as ServiceFields } from '../registry/service/schema.ts';
import type { ChildKindRow } from './child-kind.ts';
import { internalPort } from './container-ports.ts';
import {
  apiPortOf,
  type DesiredDeployment,
  hasDesiredTemplate,
  type ObservedDeployment,
} from './deployment.ts';
import { holds, holdsAnnotations } from './holds.ts';
import type { KubernetesChild } from './kubernetes-child.ts';
import { metadataOf, selectorOf } from './metadata.ts';
import { API_PORT, apiName, INTERNAL_PORT_NAME } from './names.ts';
import type { PodTemplate } from './pod-template.ts';
import { isSameMap } from './same-map.ts';

export type DesiredService = KubernetesChild<IService, 'spec'>;

/** A Service, as far as it is read. */
export const ObservedService = openObject({
  spec: Type.Optional(
    Type.Object(
      {
        type: Type.Optional(Type.String()),
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

/** The Service of the registry API. */
export const service: ChildKindRow<DesiredService, ObservedService, Pods> = {
  apiVersion: 'v1',
  resource: 'services',
  nameOf: apiName,
  build: ({ identity, registry: { objects }, template }): DesiredService => {
    const { type = 'ClusterIP', annotations, trafficDistribution } = objects.service ?? {};
    const name = apiName(identity);
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadataOf(name, identity, annotations),
      spec: {
        ports: portsOf(objects.service, template),
        selector: selectorOf(name),
        ...(trafficDistribution === undefined ? {} : { trafficDistribution }),
        type,
      },
    };
  },
  read: readAs(ObservedService),
  isAsDesired,
  repair: {
    whyUnchangeable,
    collisions: {
      fields: {
        spec: {
          fields: { ports: { key: 'port', unique: 'name' }, selector: { closed: true, atomic: true } },
        },
      },
    },
    portLists: ({ spec }) => [objectOf(spec)['ports']],
  },
  deletedFirst: true,
  sizeField: ({ objects }) => (objects.service?.annotations ? 'spec.service.annotations' : 'spec'),
};

/** A port that is given up under server-side apply and that somebody else has set as well: it would stay beside ours. */
function whyUnchangeable(observed: KubernetesObject, { spec: { ports = [] } }: DesiredService) {
  if (appliedBy(observed) !== 'server-side') return undefined;
  const kept = new Set(ports.map(({ port, protocol }) => `k:${JSON.stringify({ port, protocol })}`));
  const [stays] = sharedItems(observed, ['spec', 'ports']).filter((key) => !kept.has(key));
  return stays && `somebody else set its port ${wordOfKey(stays)}, which stays under server-side apply`;
}

/** The number in a key of `managedFields`, such as `k:{"port":8080,"protocol":"TCP"}`. */
const wordOfKey = (key: string): string => /"port":([0-9]{1,5})/.exec(key)?.[1] ?? 'of another number';

function portsOf(
  { port = API_PORT.number, internalPort: isAsked = false }: ServiceFields = {},
  template: PodTemplate,
): IServicePort[] {
  const { name, protocol } = API_PORT;
  const api: IServicePort = { name, port, protocol, targetPort: name };
  const internal = isAsked ? internalPort(template) : undefined;
  if (!internal) return [api];
  const targetPort = internal.name ?? internal.number;
  return [api, { name: INTERNAL_PORT_NAME, port: INTERNAL_SERVICE_PORT, protocol, targetPort }];
}

/** The port of the Service that leads to the registry API. */
export const servicePort = ({ spec: { ports = [] } }: DesiredService): number =>
  ports.find(({ name }) => name === API_PORT.name)?.port ?? API_PORT.number;

/**
 * Whether a Service leads to our pods by each of our ports, and has the type and the annotations of the spec. A cluster may
 * ignore `trafficDistribution`, and a registry serves without it.
 */
function isAsDesired(observed: ObservedService, desired: DesiredService, pods: Pods): boolean {
  const { type, ports = [] } = desired.spec;
  const found = objectsOf(observed.spec?.ports);
  const hasRest =
    (observed.spec?.type ?? 'ClusterIP') === type &&
    holdsAnnotations(observed, desired) &&
    ports
      .filter(({ name }) => name !== API_PORT.name)
      .every((port) => found.some((candidate) => holds(candidate, port)));
  // Without a Deployment there are no pods to route to, and that is not the Service's fault.
  return hasRest && (pods.observed.Deployment === undefined || routesToPods(observed, desired, pods));
}

/**
 * Whether a Service has a port that leads to the registry API of our pods, and our selector.
 *
 * @param number of the port of the Service
 */
export function routesToPods(
  observed: ObservedService,
  desired: DesiredService,
  pods: Pods,
  number = servicePort(desired),
): boolean {
  const { selector, ports = [] } = observed.spec ?? {};
  if (!selector || !isSameMap(selector, objectOf(desired.spec.selector))) return false;
  const deployment = pods.observed.Deployment;
  const listens = apiPortOf(pods.desired.Deployment);
  return ports.some(({ port, protocol = 'TCP', targetPort = port }) => {
    if (port !== number || protocol !== API_PORT.protocol) return false;
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
