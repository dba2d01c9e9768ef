import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import { appliedBy } from '../applied/last-applied.ts';
import type { KubernetesObject } from '../contract/kubernetes.ts';
import { type JsonObject, objectOf, objectsOf, textOf } from '../json.ts';
import { ROOT_PATH } from '../registry/expose/schema.ts';
import type { ChildKindRow } from './child-kind.ts';
import { holds, holdsAnnotations } from './holds.ts';
import type { KubernetesChild } from './kubernetes-child.ts';
import { metadataOf } from './metadata.ts';
import { API_PORT, apiName } from './names.ts';

export type DesiredHttpRoute = KubernetesChild<IHTTPRoute, 'spec'>;

/** What the route is attached to, as the API server completes it. */
export const GATEWAY = { group: 'gateway.networking.k8s.io', kind: 'Gateway' } as const;

/** Leads requests of Gateways to the Service. What the CRD of HTTPRoutes sets by default in lists is written out. */
export const httpRoute: ChildKindRow<DesiredHttpRoute | undefined> = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  resource: 'httproutes',
  nameOf: apiName,
  build: ({ identity, registry: { objects } }) => {
    if (!objects.expose?.httpRoute) return undefined;
    const { parentRefs, hostnames = [], path = ROOT_PATH, annotations } = objects.expose.httpRoute;
    const { port = API_PORT.number } = objects.service ?? {};
    const name = apiName(identity);
    return {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: metadataOf(name, identity, annotations),
      spec: {
        ...(hostnames.length === 0 ? {} : { hostnames: [...hostnames] }),
        parentRefs: parentRefs.map(({ name: gateway, namespace, sectionName }) => ({
          ...GATEWAY,
          name: gateway,
          ...(namespace === undefined ? {} : { namespace }),
          ...(sectionName === undefined ? {} : { sectionName }),
        })),
        rules: [
          {
            backendRefs: [{ group: '', kind: 'Service', name, port, weight: 1 }],
            ...(path === ROOT_PATH ? {} : { filters: [toRoot] }),
            matches: [{ path: { type: 'PathPrefix', value: path } }],
          },
        ],
      },
    };
  },
  read: (object) => object,
  isAsDesired: (observed, desired) =>
    holds(withSortedParents(observed['spec']), withSortedParents(desired.spec)) &&
    holdsAnnotations(observed, desired),
  repair: {
    whyUnchangeable: (observed) => (hasDoubledParent(observed) ? DOUBLED : undefined),
    // Dynamic apply merges this list by the names, and leaves a Gateway or a field that somebody else added.
    collisions: {
      fields: {
        spec: { fields: { parentRefs: { key: 'name', closed: true, atomic: true, item: { closed: true } } } },
      },
    },
  },
  optional: { field: 'spec.expose.httpRoute', component: 'http-route' },
  deletedFirst: true,
  sizeField: () => 'spec.expose.httpRoute',
};

/** The server serves at the root. */
const toRoot = {
  type: 'URLRewrite',
  urlRewrite: { path: { replacePrefixMatch: ROOT_PATH, type: 'ReplacePrefixMatch' } },
} as const;

/** In the order of their names: a merge leaves the items in the order in which they came to be there. */
const withSortedParents = (spec: unknown): JsonObject => ({
  ...objectOf(spec),
  parentRefs: [...objectsOf(objectOf(spec)['parentRefs'])].sort((a, b) =>
    textOf(a['name']) < textOf(b['name']) ? -1 : 1,
  ),
});

const DOUBLED =
  'somebody else set two parentRefs of one name, which a merge makes equal and the API server refuses';

/** Dynamic apply writes what it merged into the place of both. */
function hasDoubledParent(observed: KubernetesObject): boolean {
  const names = objectsOf(objectOf(observed['spec'])['parentRefs']).map(({ name }) => name);
  return new Set(names).size < names.length && appliedBy(observed) !== 'server-side';
}
