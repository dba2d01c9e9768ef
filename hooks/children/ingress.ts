import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { ROOT_PATH } from '../registry/expose/schema.ts';
import type { ChildKindRow } from './child-kind.ts';
import { holds, holdsAnnotations } from './holds.ts';
import type { KubernetesChild } from './kubernetes-child.ts';
import { metadataOf } from './metadata.ts';
import { API_PORT, apiName } from './names.ts';

export type DesiredIngress = KubernetesChild<IIngress, 'spec'>;

/** Leads requests for some hosts to the Service. */
export const ingress: ChildKindRow<DesiredIngress | undefined> = {
  apiVersion: 'networking.k8s.io/v1',
  resource: 'ingresses',
  nameOf: apiName,
  build: ({ identity, registry: { objects } }) => {
    if (!objects.expose?.ingress) return undefined;
    const { className, hosts, tls, annotations } = objects.expose.ingress;
    const name = apiName(identity);
    const backend = { service: { name, port: { name: API_PORT.name } } };
    return {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: metadataOf(name, identity, annotations),
      spec: {
        ...(className === undefined ? {} : { ingressClassName: className }),
        rules: hosts.map((host) => ({
          host,
          http: { paths: [{ backend, path: ROOT_PATH, pathType: 'Prefix' }] },
        })),
        ...(tls ? { tls: [{ hosts: [...hosts], ...secretOf(tls) }] } : {}),
      },
    };
  },
  read: (object) => object,
  isAsDesired: (observed, desired) =>
    holds(observed['spec'], desired.spec) && holdsAnnotations(observed, desired),
  optional: { field: 'spec.expose.ingress', component: 'ingress' },
  deletedFirst: true,
  sizeField: () => 'spec.expose.ingress',
};

const secretOf = ({ secretName }: { readonly secretName?: string }) =>
  secretName === undefined ? {} : { secretName };
