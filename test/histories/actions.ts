import fc from 'fast-check';
import { type ChildKind, childKinds, kindsOfChildren } from '../../hooks/children/child-kinds.ts';
import type { Fault } from '../simulator/cluster.ts';
import type { Routers } from '../simulator/controllers/routers.ts';
import { type Json, type JsonObject, objectAt } from '../simulator/json.ts';
import type { ApplyStrategy } from '../simulator/metacontroller/children.ts';
import { validSpec } from '../support/arbitrary-spec.ts';
import { type TroubleName, troubleNames } from './troubles.ts';
import type { HookVersion, RelatedSetting } from './world.ts';

export const NAME = 'r';
/** A ConfigMap that some specs mount, of which they need `key`. */
export const EXTRA_MAP = 'extra';

const identity = { name: NAME, namespace: 'mcp-system' };
/** The children by kind, with their names. */
export const children = Object.fromEntries(
  kindsOfChildren.map((kind) => [kind, childKinds[kind].nameOf(identity)]),
) as Readonly<Record<ChildKind, string>>;
export type { ChildKind };
export const kinds = kindsOfChildren;

/** What a user, a node or an outage does. Plain data, so that a failing history can be printed and shrunk. */
export type Action =
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'apply'; readonly spec: JsonObject }
  | { readonly do: 'annotate'; readonly value: string }
  | { readonly do: 'deleteChild' | 'label' | 'takeName' | 'refuse'; readonly kind: ChildKind }
  | { readonly do: 'drift'; readonly how: Drift }
  | { readonly do: 'scale' | 'scaleRegistry'; readonly replicas: number }
  | { readonly do: 'load'; readonly pods: number }
  | { readonly do: 'router'; readonly answer: Routers['answer'] }
  | { readonly do: 'ready' | 'starts' | 'schedules' | 'podQuota'; readonly on: boolean }
  | { readonly do: 'trouble'; readonly trouble: TroubleName }
  | { readonly do: 'extraMap'; readonly data: JsonObject | undefined }
  | { readonly do: 'fault'; readonly fault: Fault }
  | { readonly do: 'allow' | 'freeNames' | 'foreignCondition' | 'restart' }
  | { readonly do: 'strategy'; readonly strategy: ApplyStrategy }
  | { readonly do: 'register'; readonly hooks: HookVersion; readonly related: RelatedSetting }
  | { readonly do: 'deleteRegistry'; readonly propagation: 'Background' | 'Foreground' | 'Orphan' };

/** Changes by hand to desired fields. A merge corrects those of the first list; the hook has to repair the others. */
const merged = ['config', 'image', 'serviceSelector', 'nodePort', 'extraPort', 'role'] as const;
const repaired = ['servicePort', 'containerPort', 'immutable', 'roleRef'] as const;
export type Drift = (typeof merged)[number] | (typeof repaired)[number];

const letters = fc.constantFrom('a', 'b', 'c');

const configYAML = letters.map(
  (name) =>
    `sources: [{name: ${name}, managed: {}}]\nregistries: [{name: all, sources: [${name}]}]\nauth: {mode: anonymous}\ndatabase: {host: db}\n`,
);

/** The fields that are about objects in Kubernetes: mostly none. */
const objects: fc.Arbitrary<JsonObject> = fc
  .record({
    isPlain: fc.constantFrom(true, true, false),
    pods: fc.constantFrom<JsonObject>(
      {},
      { replicas: 1 },
      { replicas: 3 },
      { autoscaling: { minReplicas: 2, maxReplicas: 4, cpu: 70 } },
      { autoscaling: { maxReplicas: 3 } },
    ),
    budget: fc.constantFrom<JsonObject>({}, { disruptionBudget: { maxUnavailable: '50%' } }),
    route: fc.constantFrom<JsonObject>(
      {},
      { expose: { httpRoute: { parentRefs: [{ name: 'public' }], hostnames: ['a.example.com'] } } },
      { expose: { httpRoute: { parentRefs: [{ name: 'a' }, { name: 'b', sectionName: 's' }], path: '/p' } } },
      { expose: { ingress: { hosts: ['b.example.com'], tls: { secretName: 't' } } } },
    ),
    network: fc.constantFrom<JsonObject>(
      {},
      { networkPolicy: { from: [{ podSelector: {} }] }, monitoring: { enabled: true, interval: '30s' } },
      { monitoring: { enabled: true, labels: { release: 'prometheus' } } },
    ),
    service: fc.constantFrom<JsonObject>(
      {},
      { service: { port: 80, internalPort: true, annotations: { 'example.com/a': 'b' } } },
      { service: { type: 'NodePort' }, serviceAccount: { annotations: { 'example.com/role': 'r' } } },
      { serviceAccount: { name: 'somebodys' } },
    ),
  })
  .map(({ isPlain, pods, budget, route, network, service }) =>
    isPlain ? {} : { ...pods, ...budget, ...route, ...network, ...service },
  );

/** Specs that differ where it matters to what runs: configuration, image, schedulability, patience. */
export const plainSpec: fc.Arbitrary<JsonObject> = fc
  .record({
    configYAML,
    tag: fc.option(letters, { nil: undefined, freq: 2 }),
    node: fc.constantFrom(undefined, undefined, undefined, 'missing'),
    sidecar: fc.constantFrom(undefined, undefined, 'proxy'),
    mount: fc.constantFrom(undefined, undefined, EXTRA_MAP),
    objects,
  })
  .map(({ configYAML, tag, node, sidecar, mount, objects }) => {
    const containers = [
      ...(tag ? [{ name: 'registry-api', image: `registry.example/api:${tag}` }] : []),
      ...(sidecar ? [{ name: sidecar, image: 'registry.example/proxy:1' }] : []),
    ];
    const items = [{ key: 'key', path: 'key' }];
    const volumes = [{ name: 'more', configMap: { name: mount, items } }];
    const spec = {
      ...(containers.length > 0 && { containers }),
      ...(node && { nodeSelector: { node } }),
      ...(mount && { volumes }),
    };
    return {
      configYAML,
      ...objects,
      ...(Object.keys(spec).length > 0 && { podTemplateSpec: { spec } }),
    } as JsonObject;
  });

export const invalidSpec: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject>(
  {},
  { configYAML: 'a: [' },
  { configYAML: 'sources: []\n', sources: [{ name: 'a', managed: {} }] },
  { sources: [{ name: 'a', managed: {} }], registries: [{ name: 'v', sources: ['none'] }] },
  { configYAML: 'a: b\n', podTemplateSpec: { spec: { containers: [{ name: 1 }] } } },
  { configYAML: 'a: b\n', podTemplateSpec: { metadata: { labels: { 'app.kubernetes.io/name': 'other' } } } },
);

/** As many pods as show all that there is to see: a thousand of them, each shown in each call, take minutes. */
const MOST_PODS = 5;

function withFewPods(spec: JsonObject): JsonObject {
  const { replicas, autoscaling, ...rest } = spec;
  const few = (count: Json | undefined) => (typeof count === 'number' ? Math.min(count, MOST_PODS) : count);
  const { minReplicas, maxReplicas, ...scaling } = objectAt(autoscaling);
  return {
    ...rest,
    ...(replicas !== undefined && { replicas: few(replicas) }),
    ...(autoscaling !== undefined && {
      autoscaling: {
        ...scaling,
        ...(minReplicas !== undefined && { minReplicas: few(minReplicas) }),
        ...(maxReplicas !== undefined && { maxReplicas: few(maxReplicas) }),
      },
    }),
  };
}

export const anySpec: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 6, arbitrary: plainSpec },
  { weight: 2, arbitrary: invalidSpec },
  { weight: 1, arbitrary: (validSpec as fc.Arbitrary<JsonObject>).map(withFewPods) },
);

const kind = fc.constantFrom(...kinds);
const on = fc.boolean();

export const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('apply' as const), spec: anySpec }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 5, 30, 90, 700) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('deleteChild' as const, 'label' as const, 'takeName' as const, 'refuse' as const),
      kind,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('drift' as const),
      how: fc.constantFrom<Drift>(...merged, ...repaired),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('ready' as const, 'starts' as const, 'schedules' as const, 'podQuota' as const),
      on,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('trouble' as const),
      trouble: fc.constantFrom<TroubleName>(...troubleNames),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('extraMap' as const),
      data: fc.constantFrom<JsonObject | undefined>(undefined, {}, { key: 'x' }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      fault: fc.constantFrom<Fault>('none', 'down', 'lost', 'broken', 'busy'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('scale' as const, 'scaleRegistry' as const),
      replicas: fc.constantFrom(0, 1, 3),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('load' as const), pods: fc.constantFrom(1, 2, 5) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('router' as const),
      answer: fc.constantFrom<Routers['answer']>('accepts', 'refuses', 'absent'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'allow' as const,
        'freeNames' as const,
        'foreignCondition' as const,
        'restart' as const,
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('annotate' as const), value: letters }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('strategy' as const),
      strategy: fc.constantFrom<ApplyStrategy>('dynamic-apply', 'server-side-apply'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('register' as const),
      hooks: fc.constantFrom<HookVersion>('v1', 'v2'),
      related: fc.constantFrom<RelatedSetting>('given', 'withheld'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('deleteRegistry' as const),
      propagation: fc.constantFrom('Background' as const, 'Foreground' as const, 'Orphan' as const),
    }),
  },
);

/** A spec that can run. */
export const runnableWithObjects: fc.Arbitrary<JsonObject> = plainSpec.map((spec) => {
  const template = spec['podTemplateSpec'] as { spec: JsonObject } | undefined;
  if (!template) return spec;
  const { nodeSelector: _, volumes: __, ...pod } = template.spec;
  return { ...spec, podTemplateSpec: { spec: pod } };
});

/** One that makes the six children alone. */
export const runnableSpec: fc.Arbitrary<JsonObject> = runnableWithObjects.map(
  ({ configYAML, podTemplateSpec }) =>
    ({ ...(podTemplateSpec && { podTemplateSpec }), configYAML }) as JsonObject,
);
