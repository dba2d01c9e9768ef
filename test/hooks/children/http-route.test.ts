import { test } from 'tap';
import { type ChildKind, childKinds, groupKey } from '../../../hooks/children/child-kinds.ts';
import type { Child } from '../../../hooks/contract/answer.ts';
import type { KubernetesObject } from '../../../hooks/contract/kubernetes.ts';
import { objectOf } from '../../../hooks/json.ts';
import { sync } from '../../../hooks/sync.ts';
import { threeWayMerge } from '../../simulator/metacontroller/three-way-merge.ts';
import { changed, context, edited, recorded, withOurChildren } from '../../support/requests.ts';

/** Routes as somebody else changes them, and as dynamic apply changes them back. */

const LAST_APPLIED = 'metacontroller.k8s.io/last-applied-configuration';
const ready = withOurChildren(recorded('create', 5));

type Fields = Record<string, unknown>;
type Change = (route: { metadata: Fields; spec: { parentRefs: Fields[] } & Fields }) => void;

const asking = (parentRefs: object[], annotations: object = {}) =>
  changed(
    edited(ready, {
      ...(ready.parent.spec as object),
      expose: { httpRoute: { parentRefs, annotations } },
    }),
    ({ children }) => {
      children[groupKey('HTTPRoute')] = {};
    },
  );

const isRoute = ({ kind }: Child) => kind === 'HTTPRoute';
const copyOf = (child: Child | undefined) => structuredClone(child) as never as Fields & { metadata: Fields };

/** The next request after an answer was applied, and somebody else has made a change. */
function after(request: typeof ready, change: Change, serverSide = false) {
  const route = copyOf(sync(request, context).children.find(isRoute));
  const applied = structuredClone(route);
  change(route as never);
  const annotations = {
    ...(route.metadata['annotations'] as object),
    [LAST_APPLIED]: JSON.stringify(applied),
  };
  const fieldsV1 = { 'f:metadata': { 'f:labels': { 'f:controller-uid': {} } } };
  const note = serverSide
    ? { managedFields: [{ manager: 'metacontroller', operation: 'Apply', fieldsV1 }] }
    : { annotations };
  return changed(request, ({ children }) => {
    const observed = { ...route, metadata: { ...route.metadata, ...note } };
    children[groupKey('HTTPRoute')] = { route: observed } as never;
  });
}

/** What the answer makes of the route that is observed. */
function applied(request: typeof ready): KubernetesObject | undefined {
  const [observed] = Object.values(request.children[groupKey('HTTPRoute')] ?? {});
  const desired = sync(request, context).children.find(isRoute);
  if (!observed || !desired) return undefined;
  const annotations = observed.metadata['annotations'] as Fields;
  const last = JSON.parse(String(annotations[LAST_APPLIED]));
  const merged = threeWayMerge(
    copyOf(observed as never) as never,
    last,
    copyOf(desired) as never,
  ) as KubernetesObject;
  const noted = { ...(merged.metadata['annotations'] as object), [LAST_APPLIED]: JSON.stringify(desired) };
  return { ...merged, metadata: { ...merged.metadata, annotations: noted } };
}

const withRoute = (request: typeof ready, route: KubernetesObject | undefined) =>
  changed(request, ({ children }) => {
    children[groupKey('HTTPRoute')] = (route ? { route } : {}) as never;
  });

const isSettled = (request: typeof ready) => {
  const { status, resyncAfterSeconds } = sync(request, context);
  return status.message === 'Registry API is ready and serving requests' && resyncAfterSeconds === undefined;
};
const messageOf = (request: typeof ready) => sync(request, context).status.message;

const gateway = { group: 'gateway.networking.k8s.io', kind: 'Gateway' };
const two = [{ name: 'b' }, { name: 'a', namespace: 'infra' }];

test('a route as it was applied is as desired, in whichever order a merge left its parents', async (t) => {
  t.ok(isSettled(after(asking(two), () => {})));
  t.ok(isSettled(after(asking(two), ({ spec }) => spec.parentRefs.reverse())));
});

const repaired: { reason: string; change: Change; why: string }[] = [
  {
    reason: 'a Gateway more',
    change: ({ spec }) => spec.parentRefs.push({ ...gateway, name: 'evil' }),
    why: 'parentRefs evil',
  },
  {
    reason: 'a listener of one',
    change: ({ spec }) => Object.assign(spec.parentRefs[1] as object, { sectionName: 'evil', port: 1 }),
    why: 'parentRefs a sectionName, parentRefs a port',
  },
];

for (const { reason, change, why } of repaired) {
  test(`somebody else sets ${reason}: dynamic apply leaves it, so it is taken over and then removed`, async (t) => {
    const request = asking(two);
    const found = after(request, change);
    t.equal(
      messageOf(found),
      `Registry API is ready and serving requests; HTTPRoute production-api is being restored: somebody else set ${why}`,
    );
    const taken = withRoute(request, applied(found));
    const parents = (route: KubernetesObject | undefined) => objectOf(route?.['spec'])['parentRefs'];
    t.strictSame(
      parents(applied(found)),
      parents(Object.values(found.children[groupKey('HTTPRoute')] ?? {})[0]),
    );
    const removed = applied(taken);
    t.strictSame(
      parents(removed),
      two.map((ref) => ({ ...gateway, ...ref })),
    );
    t.ok(isSettled(withRoute(request, removed)));
  });

  test(`somebody else sets ${reason}: server-side apply replaces it`, async (t) => {
    const request = after(asking(two), change, true);
    t.strictSame(
      sync(request, context).children.find(isRoute),
      sync(asking(two), context).children.find(isRoute),
    );
  });
}

test('two parents of one name can only be undone by a new route', async (t) => {
  const double: Change = ({ spec }) => spec.parentRefs.push({ ...gateway, name: 'a', sectionName: 'c' });
  const request = after(asking(two), double);
  t.notOk(sync(request, context).children.some(isRoute), 'it is deleted');
  t.equal(
    messageOf(request),
    'Registry API is ready and serving requests; HTTPRoute production-api is being recreated: somebody else set two parentRefs of one name, which a merge makes equal and the API server refuses',
  );
  t.ok(
    sync(after(asking(two), double, true), context).children.some(isRoute),
    'server-side apply replaces them',
  );
});

const changes: { reason: string; change: Change }[] = [
  { reason: 'a missing parent', change: ({ spec }) => spec.parentRefs.pop() },
  { reason: 'no parents', change: ({ spec }) => Object.assign(spec, { parentRefs: 1 }) },
  { reason: 'other rules', change: ({ spec }) => Object.assign(spec, { rules: [] }) },
  { reason: 'a missing annotation', change: ({ metadata }) => Object.assign(metadata, { annotations: {} }) },
  {
    reason: 'another annotation',
    change: ({ metadata }) => Object.assign(metadata, { annotations: { a: 'c' } }),
  },
];

for (const { reason, change } of changes) {
  test(`a route with ${reason} is awaited`, async (t) => {
    const request = after(asking(two, { a: 'b' }), change);
    t.equal(messageOf(request), 'Registry API is ready and serving requests; changes are being applied');
    t.ok(isSettled(withRoute(request, applied(request))), 'and applied');
  });
}

test('a route and an Ingress are deleted with the Service, before the rest', async (t) => {
  const kinds: ChildKind[] = ['HTTPRoute', 'Ingress', 'Service'];
  t.ok(kinds.every((kind) => childKinds[kind].deletedFirst));
});
