import { HTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { test } from 'tap';
import { stringify } from 'yaml';
import { groupKey, isOptional, kindsOfChildren, optionalKinds } from '../../../hooks/children/child-kinds.ts';
import type { Child } from '../../../hooks/contract/answer.ts';
import { buildDesired } from '../../../hooks/desired.ts';
import { sync } from '../../../hooks/sync.ts';
import { openAPIV3Schema } from '../../../scripts/crd/crd.ts';
import { violations } from '../../../scripts/crd/violations.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { matchesGolden } from '../../support/golden.ts';
import { objectCases, type RegistryManifest } from '../../support/golden-cases.ts';
import { changed, context, edited, recorded, shuffled, withOurChildren } from '../../support/requests.ts';

/** What the fields of a spec that are about objects in Kubernetes make of the children. */

const models: Record<string, new (data: never) => { validate(): void }> = {
  HorizontalPodAutoscaler,
  NetworkPolicy,
  PodDisruptionBudget,
  RoleBinding,
  Service,
  ServiceAccount,
  HTTPRoute,
  Ingress,
  PodMonitor,
};

/** The children of a registry that differ from those of one that asks for none of this, and only where they differ. */
function childrenOf({ metadata, spec }: RegistryManifest): readonly Child[] {
  const { sources, registries } = spec;
  const built = (given: unknown) => buildDesired(metadata, given, context.defaults);
  const plain = new Set(built({ sources, registries }).children?.all.map((child) => JSON.stringify(child)));
  const { children, problems } = built(spec);
  if (!children) throw new Error(JSON.stringify(problems));
  return children.all.filter((child) => !plain.has(JSON.stringify(child)));
}

/** Without the pod, which other golden cases show. */
function shown(child: Child): unknown {
  if (child.kind !== 'Deployment') return child;
  const { template: _, ...spec } = child['spec'] as Readonly<Record<string, unknown>>;
  const { annotations: __, ...metadata } = child.metadata;
  return { ...child, metadata, spec };
}

for (const [name, registry] of objectCases) {
  test(`golden case ${name}`, async (t) => {
    t.strictSame(violations(openAPIV3Schema, registry, ''), [], 'the API server accepts the registry');
    const children = childrenOf(registry);
    const text = children
      .map((child) => stringify(shown(child), { lineWidth: 0, aliasDuplicateObjects: false }))
      .join('---\n');
    matchesGolden(t, `objects/${name}/children.yaml`, text);
    for (const child of children) {
      const Model = models[child.kind];
      if (Model)
        t.doesNotThrow(() => new Model(child as never).validate(), `Kubernetes accepts the ${child.kind}`);
    }
    t.strictSame(
      childrenOf({ ...registry, spec: shuffled(registry.spec) as RegistryManifest['spec'] }),
      children,
      'the order of keys means nothing',
    );
  });
}

test('each optional kind has a case', async (t) => {
  const kinds = new Set(
    [...objectCases.values()].flatMap((registry) => childrenOf(registry).map(({ kind }) => kind)),
  );
  t.strictSame(
    optionalKinds.filter((kind) => !kinds.has(kind)),
    [],
  );
});

test('a registry that asks for none of this has six children', async (t) => {
  const { children } = buildDesired(identity, managed, context.defaults);
  t.strictSame(
    children?.all.map(({ kind }) => kind),
    kindsOfChildren.filter((kind) => !isOptional(kind)),
  );
});

const identity = deepFreeze({ name: 'a', namespace: 'n' });
const managed = deepFreeze({
  sources: [{ name: 'm', managed: {} }],
  registries: [{ name: 'v', sources: ['m'] }],
});

const ready = withOurChildren(recorded('create', 5));
const asking = {
  ...(ready.parent.spec as object),
  autoscaling: { maxReplicas: 3 },
  disruptionBudget: { minAvailable: 1 },
};
/** With optional kinds registered, and none of their objects there. */
const registered = (request: typeof ready, kinds = optionalKinds) =>
  changed(request, ({ children }) => {
    for (const kind of kinds) children[groupKey(kind)] ??= {};
  });

test('a kind that is not registered is left out, and a warning names the component', async (t) => {
  const { children, status } = sync(edited(ready, asking), context);
  t.strictSame(
    children.map(({ kind }) => kind),
    kindsOfChildren.filter((kind) => !isOptional(kind)),
  );
  t.equal(status.phase, 'Running');
  const spec = { ...managed, autoscaling: { maxReplicas: 3 }, disruptionBudget: { minAvailable: 1 } };
  const { warnings } = buildDesired(identity, spec, context.defaults, ['PodDisruptionBudget']);
  const warning = {
    reason: 'KindNotRegistered',
    field: 'spec.autoscaling',
    message:
      'has no effect, because Metacontroller does not manage objects of kind HorizontalPodAutoscaler here: apply the component manifests/components/autoscaling. All else of the registry is applied',
  };
  t.strictSame(
    warnings?.filter(({ reason }) => reason === warning.reason),
    [warning],
  );
  const said = status.conditions.find(({ type }) => type === 'SpecWarnings')?.message ?? '';
  t.match(said, `${warning.field}: ${warning.message}`);
});

test('a registry serves while an optional child is awaited', async (t) => {
  const { status, children, resyncAfterSeconds } = sync(registered(edited(ready, asking)), context);
  t.strictSame(
    children.map(({ kind }) => kind),
    [
      ...kindsOfChildren.filter((kind) => !isOptional(kind)),
      'PodDisruptionBudget',
      'HorizontalPodAutoscaler',
    ],
  );
  t.match(status, {
    phase: 'Running',
    message: 'Registry API is ready and serving requests; changes are being applied',
    conditions: [
      { type: 'Ready', status: 'True', observedGeneration: 2 },
      { type: 'Reconciling', status: 'True', reason: 'Progressing' },
    ],
  });
  t.ok(resyncAfterSeconds);
});

test('an optional child that stays away is named, and the registry serves', async (t) => {
  const began = registered(edited(ready, asking));
  const later = (request: typeof ready, minutes: number, status: unknown) => ({
    request: changed(request, ({ parent }) => {
      parent.status = JSON.parse(JSON.stringify(status));
    }),
    context: { ...context, now: new Date(context.now.getTime() + minutes * 60_000) },
  });
  const first = sync(began, context).status;
  const second = later(began, 2, first);
  const lasting = sync(second.request, second.context).status;
  t.equal(
    lasting.message,
    'Registry API is ready and serving requests; waiting for PodDisruptionBudget production-api, HorizontalPodAutoscaler production-api',
  );
  const third = later(began, 3, lasting);
  t.match(sync(third.request, third.context).status, {
    phase: 'Running',
    message:
      /^Registry API is ready and serving requests\. Not created or updated for over a minute: PodDisruption/,
    conditions: [
      { type: 'Ready', status: 'True', observedGeneration: 2 },
      { type: 'Stalled', status: 'True', reason: 'ChildNotApplied' },
      { type: 'Reconciling', status: 'True' },
    ],
  });
});

test('an optional child as desired is awaited no more', async (t) => {
  const { children } = sync(registered(edited(ready, asking)), context);
  const there = changed(registered(edited(ready, asking)), ({ children: groups }) => {
    for (const child of children) {
      const key = `${child.kind}.${child.apiVersion}`;
      // Some defaults of the API server are beside what was applied.
      if (isOptional(child.kind)) groups[key] = { [child.metadata.name]: { ...child, status: {} } } as never;
    }
  });
  t.equal(sync(there, context).resyncAfterSeconds, undefined);
  t.equal(sync(there, context).status.message, 'Registry API is ready and serving requests');
});

test('an optional child that is not asked for any more is deleted, and nothing else', async (t) => {
  const budget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'production-api', namespace: 'mcp-system' },
  };
  const there = changed(ready, ({ children }) => {
    children[groupKey('PodDisruptionBudget')] = { 'production-api': budget };
  });
  t.strictSame(sync(there, context), sync(ready, context));
  const invalid = edited(there, { configYAML: 'a: 1', sources: [] });
  t.ok(sync(invalid, context).children.some(({ kind }) => kind === 'PodDisruptionBudget'));
});

test('a number of pods that is not named any more stays, but for 0', async (t) => {
  const after = (replicas: number, spec: object) =>
    changed(edited(ready, { ...(ready.parent.spec as object), ...spec }), ({ children }) => {
      const [found] = Object.values(children['Deployment.apps/v1'] ?? {}) as unknown as [
        { metadata: { annotations: Record<string, string> }; spec: Record<string, unknown> },
      ];
      const key = 'metacontroller.k8s.io/last-applied-configuration';
      const last = JSON.parse(found.metadata.annotations[key] ?? '{}');
      found.metadata.annotations[key] = JSON.stringify({ ...last, spec: { ...last.spec, replicas } });
      found.spec['replicas'] = replicas;
    });
  const answered = (request: typeof ready) =>
    sync(request, context).children.find(({ kind }) => kind === 'Deployment')?.['spec'];
  t.match(answered(after(3, {})), { replicas: 3 });
  t.notOk('replicas' in (answered(after(0, {})) as object), 'with 0, an autoscaler would never begin');
  t.match(answered(after(3, { replicas: 2 })), { replicas: 2 });
  t.match(answered(ready), { replicas: 1 }, 'the hook that was recorded named it');
});

test('a registry waits for its rights to be those of its account', async (t) => {
  const named = withOurChildren(
    edited(ready, { ...(ready.parent.spec as object), serviceAccount: { name: 'mine' } }),
  );
  const without = changed(named, ({ children }) => {
    const [binding] = Object.values(children['RoleBinding.rbac.authorization.k8s.io/v1'] ?? {});
    Object.assign(binding ?? {}, {
      subjects: [{ kind: 'ServiceAccount', name: 'other', namespace: 'mcp-system' }],
    });
  });
  t.equal(sync(named, context).status.message, 'Registry API is ready and serving requests');
  t.match(sync(without, context).status.message, /changes are being applied|not reachable|waiting/);
});
