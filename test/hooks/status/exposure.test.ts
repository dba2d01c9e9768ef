import { test } from 'tap';
import { groupKey, optionalKinds } from '../../../hooks/children/child-kinds.ts';
import type { Child } from '../../../hooks/contract/answer.ts';
import { sync } from '../../../hooks/sync.ts';
import { changed, context, edited, recorded, withOurChildren } from '../../support/requests.ts';

const ready = withOurChildren(recorded('create', 5));

/** What the status says of the exposure of a registry that serves. */
interface Said {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
  readonly externalUrl?: string;
}

/** A registry that asks to be exposed, with its route or Ingress as it was applied and a status of it. */
function requestOf(
  expose: object,
  status: unknown,
  change: (child: Record<string, unknown>) => void = () => {},
) {
  const asking = changed(edited(ready, { ...(ready.parent.spec as object), expose }), ({ children }) => {
    for (const kind of optionalKinds) children[groupKey(kind)] ??= {};
  });
  const child = sync(asking, context).children.find(({ kind }) => ['HTTPRoute', 'Ingress'].includes(kind));
  return changed(asking, ({ children }) => {
    const { kind, apiVersion, metadata, ...rest } = structuredClone(child) as Child;
    const observed = { ...rest, apiVersion, kind, metadata: { ...metadata, generation: 3 }, status };
    change(observed);
    children[`${kind}.${apiVersion}`] = { [metadata.name]: observed } as never;
  });
}

const REST = /^Registry API is ready and serving requests/;

function saidOf(request: ReturnType<typeof requestOf>): Said {
  const { status } = sync(request, context);
  const {
    type: _,
    lastTransitionTime: __,
    observedGeneration,
    ...condition
  } = status.conditions.find(({ type }) => type === 'Exposed') as Said & {
    type: string;
    lastTransitionTime: string;
    observedGeneration: number;
  };
  const isReady = status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');
  if (!isReady || !REST.test(status.message)) throw new Error(`is not Ready: ${status.message}`);
  if (observedGeneration !== request.parent.metadata.generation) throw new Error('of another generation');
  return { ...condition, ...(status.externalUrl === undefined ? {} : { externalUrl: status.externalUrl }) };
}

const yes = (type: string, change: object = {}) => ({
  type,
  status: 'True',
  reason: type,
  message: '',
  observedGeneration: 3,
  ...change,
});
const no = (type: string, reason: string, message: string, change: object = {}) =>
  yes(type, { status: 'False', reason, message, ...change });
const all = [yes('Accepted'), yes('ResolvedRefs')];
const parent = (parentRef: unknown, conditions: unknown = all, controllerName = 'example.com/a') => ({
  parentRef,
  controllerName,
  conditions,
});
const gateway = (name: string, change: object = {}) => ({
  group: 'gateway.networking.k8s.io',
  kind: 'Gateway',
  name,
  ...change,
});
const publicRef = gateway('public', { namespace: 'infra', sectionName: 'https' });
const ours = { name: 'public', namespace: 'infra', sectionName: 'https' };
const route = (change: object = {}) => ({
  httpRoute: { parentRefs: [ours], hostnames: ['mcp.example.com'], ...change },
});

const RUN = 'Run: kubectl describe httproute production-api -n mcp-system';
const accepted = {
  status: 'True',
  reason: 'Accepted',
  message: 'HTTPRoute production-api is accepted',
} as const;
const pending = {
  status: 'False',
  reason: 'Pending',
  message: `HTTPRoute production-api is not accepted yet by Gateway infra/public (listener https). ${RUN}`,
} as const;
const refused = (why: string) =>
  ({
    status: 'False',
    reason: 'NotAccepted',
    message: `HTTPRoute production-api is not accepted: Gateway infra/public (listener https): ${why}. ${RUN}`,
  }) as const;

const routes: readonly { reason: string; expose?: object; status: unknown; expected: Said }[] = [
  {
    reason: 'a route that its Gateway has accepted',
    status: { parents: [parent(publicRef)] },
    expected: { ...accepted, externalUrl: 'https://mcp.example.com' },
  },
  {
    reason: 'the URL has the scheme and the path of the spec, and the first host that is one',
    expose: route({ scheme: 'http', path: '/a/b', hostnames: ['*.example.com', 'a.example.com', 'b.c'] }),
    status: { parents: [parent(publicRef)] },
    expected: { ...accepted, externalUrl: 'http://a.example.com/a/b' },
  },
  {
    reason: 'without a host no URL is known',
    expose: route({ hostnames: [] }),
    status: { parents: [parent(publicRef)] },
    expected: accepted,
  },
  {
    reason: 'hosts that stand for many give no URL',
    expose: route({ hostnames: ['*.example.com'] }),
    status: { parents: [parent(publicRef)] },
    expected: accepted,
  },
  {
    reason: 'what the CRD sets by default may be left out in the status',
    expose: route({ parentRefs: [{ name: 'public' }] }),
    status: { parents: [parent({ name: 'public' })] },
    expected: { ...accepted, externalUrl: 'https://mcp.example.com' },
  },
  {
    reason: 'the own namespace may be named',
    expose: route({ parentRefs: [{ name: 'public' }] }),
    status: { parents: [parent(gateway('public', { namespace: 'mcp-system' }))] },
    expected: { ...accepted, externalUrl: 'https://mcp.example.com' },
  },
  {
    reason: 'a later generation counts',
    status: {
      parents: [
        parent(
          publicRef,
          all.map((condition) => ({ ...condition, observedGeneration: 4 })),
        ),
      ],
    },
    expected: { ...accepted, externalUrl: 'https://mcp.example.com' },
  },
  { reason: 'nobody has said anything', status: undefined, expected: pending },
  {
    reason: 'an earlier generation does not count',
    status: {
      parents: [parent(publicRef, [yes('Accepted', { observedGeneration: 2 }), yes('ResolvedRefs')])],
    },
    expected: pending,
  },
  {
    reason: 'a refusal of an earlier generation does not count either',
    status: { parents: [parent(publicRef, [no('Accepted', 'A', 'b', { observedGeneration: 2 })])] },
    expected: pending,
  },
  {
    reason: 'no generation is none of this route',
    status: {
      parents: [
        parent(
          publicRef,
          all.map((condition) => ({ ...condition, observedGeneration: undefined })),
        ),
      ],
    },
    expected: pending,
  },
  {
    reason: 'references that nobody has looked at yet',
    status: { parents: [parent(publicRef, [yes('Accepted')])] },
    expected: pending,
  },
  {
    reason: 'a condition that is Unknown',
    status: { parents: [parent(publicRef, [yes('Accepted'), yes('ResolvedRefs', { status: 'Unknown' })])] },
    expected: pending,
  },
  ...[
    gateway('other', { namespace: 'infra', sectionName: 'https' }),
    gateway('public', { namespace: 'infra' }),
    gateway('public', { sectionName: 'https' }),
    { ...publicRef, kind: 'Service' },
    { ...publicRef, group: '' },
    { ...publicRef, port: 443 },
  ].map((ref) => ({
    reason: `another parent has accepted it: ${JSON.stringify(ref)}`,
    status: { parents: [parent(ref)] },
    expected: pending,
  })),
  {
    reason: 'a Gateway that does not take the route',
    status: {
      parents: [parent(publicRef, [no('Accepted', 'NotAllowedByListeners', 'No listener allows it.')])],
    },
    expected: refused('NotAllowedByListeners: No listener allows it'),
  },
  {
    reason: 'a Service that the Gateway does not find',
    status: { parents: [parent(publicRef, [yes('Accepted'), no('ResolvedRefs', 'BackendNotFound', '')])] },
    expected: refused('BackendNotFound'),
  },
  {
    reason: 'both conditions are False: the first one is named',
    status: { parents: [parent(publicRef, [no('ResolvedRefs', 'B', 'b'), no('Accepted', 'A', 'a')])] },
    expected: refused('A: a'),
  },
  {
    reason: 'of several controllers one that has accepted it counts',
    status: { parents: [parent(publicRef, [no('Accepted', 'A', 'b')], 'example.com/b'), parent(publicRef)] },
    expected: { ...accepted, externalUrl: 'https://mcp.example.com' },
  },
  ...[
    ['B', 'A'],
    ['A', 'B'],
  ].map((order) => ({
    reason: `of several refusals the first by the alphabet, in the order ${order.join()}`,
    status: { parents: order.map((why) => parent(publicRef, [no('Accepted', why, '')])) },
    expected: refused('A'),
  })),
  {
    reason: 'no reason, and words on several lines that a terminal would act on',
    status: {
      parents: [
        parent(publicRef, [
          no('Accepted', '', 'one\n\u001b[31mtwo\u202e\ud800\u0085 three\u2028', { reason: { a: 1 } }),
        ]),
      ],
    },
    expected: refused('Accepted is False: one [31mtwo three'),
  },
  {
    reason: 'long words are cut',
    status: { parents: [parent(publicRef, [no('Accepted', 'r'.repeat(2000), 'm'.repeat(40_000))])] },
    expected: refused(`${'r'.repeat(100)}…: ${'m'.repeat(300)}…`),
  },
];

for (const { reason, expose = route(), status, expected } of routes) {
  test(`HTTPRoute: ${reason}`, async (t) => {
    t.strictSame(saidOf(requestOf(expose, status)), expected);
  });
}

test('every Gateway has to accept a route, and those that have not are named by the alphabet', async (t) => {
  const expose = route({ parentRefs: ['d', 'c', 'b', 'a'].map((name) => ({ name })) });
  const said = (status: unknown) => saidOf(requestOf(expose, status));
  const some = [parent(gateway('d')), parent(gateway('b'))];
  t.strictSame(said({ parents: some }), {
    status: 'False',
    reason: 'Pending',
    message: `HTTPRoute production-api is not accepted yet by Gateway mcp-system/a, Gateway mcp-system/c. ${RUN}`,
  });
  t.strictSame(said({ parents: [...some].reverse() }), said({ parents: some }));
  t.strictSame(said({ parents: [...some, parent(gateway('c'), [no('Accepted', 'Why', 'So.')])] }), {
    status: 'False',
    reason: 'NotAccepted',
    message: `HTTPRoute production-api is not accepted: Gateway mcp-system/c: Why: So; not accepted yet by Gateway mcp-system/a. ${RUN}`,
  });
  t.equal(
    said({
      parents: ['a', 'b', 'c', 'd'].map((name) => parent(gateway(name), [no('Accepted', 'Why', 'So.')])),
    }).message,
    `HTTPRoute production-api is not accepted: Gateway mcp-system/a: Why: So; Gateway mcp-system/b: Why: So; Gateway mcp-system/c: Why: So; and 1 more. ${RUN}`,
  );
  t.equal(
    said(undefined).message,
    `HTTPRoute production-api is not accepted yet by Gateway mcp-system/a, Gateway mcp-system/b, Gateway mcp-system/c and 1 more. ${RUN}`,
  );
});

test('of a status no more is read than an HTTPRoute may have', async (t) => {
  const others = Array.from({ length: 32 }, (_, index) => parent(gateway(`g${index}`)));
  t.strictSame(saidOf(requestOf(route(), { parents: [...others.slice(1), parent(publicRef)] })), {
    ...accepted,
    externalUrl: 'https://mcp.example.com',
  });
  t.strictSame(saidOf(requestOf(route(), { parents: [...others, parent(publicRef)] })), pending);
  const conditions = Array.from({ length: 15 }, () => yes('Other'));
  t.strictSame(
    saidOf(requestOf(route(), { parents: [parent(publicRef, [...conditions, ...all])] })),
    pending,
  );
});

const anything = [null, 1, '', 'a', [], {}, [null], [[]], [{}], { parents: null }];
const hostile = [
  ...anything,
  ...anything.map((value) => ({ parents: value })),
  ...anything.map((value) => ({ parents: [value] })),
  ...anything.map((value) => ({ parents: [parent(value)] })),
  ...anything.map((value) => ({ parents: [parent(publicRef, value)] })),
  ...anything.map((value) => ({ parents: [parent({ ...publicRef, name: value })] })),
  ...anything.map((value) => ({ parents: [parent(publicRef, [value, yes('Accepted', { status: value })])] })),
  ...anything.map((value) => ({
    parents: [parent(publicRef, [yes('Accepted', { observedGeneration: value }), yes('ResolvedRefs')])],
  })),
];

test('a status of any shape is one that says nothing', async (t) => {
  for (const status of hostile)
    t.strictSame(saidOf(requestOf(route(), status)), pending, JSON.stringify(status));
});

test('the status of a route that is not as desired is about something else', async (t) => {
  const status = { parents: [parent(publicRef)] };
  const changes: ((child: Record<string, unknown>) => void)[] = [
    (child) => {
      child['spec'] = { ...(child['spec'] as object), hostnames: ['other.example.com'] };
    },
    (child) => {
      child['metadata'] = { ...(child['metadata'] as object), name: 'other' };
    },
    (child) => {
      child['metadata'] = { ...(child['metadata'] as object), deletionTimestamp: '2026-11-24T06:00:00Z' };
    },
  ];
  for (const change of changes) t.strictSame(saidOf(requestOf(route(), status, change)), pending);
});

const ingress = (change: object = {}) => ({ ingress: { hosts: ['*.example.com', 'a.b', 'c.d'], ...change } });
const addressed = {
  status: 'True',
  reason: 'Accepted',
  message: 'Ingress production-api has an address',
} as const;
const waiting = {
  status: 'False',
  reason: 'Pending',
  message:
    'Ingress production-api has no address yet: a controller of its class gives it one. Run: kubectl describe ingress production-api -n mcp-system',
} as const;
const balanced = (value: unknown) => ({ loadBalancer: { ingress: value } });

const ingresses: readonly { reason: string; expose?: object; status: unknown; expected: Said }[] = [
  {
    reason: 'an IP address',
    status: balanced([{ ip: '10.0.0.1' }]),
    expected: { ...addressed, externalUrl: 'http://a.b' },
  },
  {
    reason: 'a name, and TLS',
    expose: ingress({ tls: {} }),
    status: balanced([{ hostname: 'lb.example.com' }]),
    expected: { ...addressed, externalUrl: 'https://a.b' },
  },
  {
    reason: 'hosts that stand for many give no URL',
    expose: ingress({ hosts: ['*.a.b'] }),
    status: balanced([{ ip: '10.0.0.1' }]),
    expected: addressed,
  },
  ...[
    undefined,
    ...anything,
    ...anything.map((value) => ({ loadBalancer: value })),
    ...anything.map(balanced),
  ].map((status) => ({ reason: `no address: ${JSON.stringify(status)}`, status, expected: waiting })),
  ...anything.map((value) => ({
    reason: `no address but ${JSON.stringify(value)}`,
    status: balanced([{ ip: typeof value === 'string' ? '' : value }]),
    expected: waiting,
  })),
];

for (const { reason, expose = ingress(), status, expected } of ingresses) {
  test(`Ingress: ${reason}`, async (t) => {
    t.strictSame(saidOf(requestOf(expose, status)), expected);
  });
}

test('a kind that is not registered', async (t) => {
  for (const [expose, kind, component] of [
    [route(), 'HTTPRoute', 'http-route'],
    [ingress(), 'Ingress', 'ingress'],
  ] as const) {
    const request = changed(requestOf(expose, undefined), ({ children }) => {
      delete children[groupKey(kind)];
    });
    t.strictSame(saidOf(request), {
      status: 'False',
      reason: 'NotRegistered',
      message: `Metacontroller does not manage objects of kind ${kind} here: apply the component manifests/components/${component}`,
    });
  }
});

test('no exposure is said of a registry that asks for none, is invalid or is being deleted', async (t) => {
  const exposed = requestOf(route(), { parents: [parent(publicRef)] });
  const before = sync(exposed, context).status;
  t.equal(before.externalUrl, 'https://mcp.example.com');
  const written = changed(exposed, ({ parent: registry }) => {
    registry.status = structuredClone(before) as never;
  });
  const { expose: _, ...rest } = written.parent.spec as Record<string, unknown>;
  const requests = {
    'asks for none': edited(written, rest),
    'is invalid': edited(written, { ...rest, expose: {} }),
    'has a mistake elsewhere': edited(written, { ...(written.parent.spec as object), replicas: -1 }),
    'is being deleted': changed(written, ({ parent: registry }) => {
      registry.metadata.deletionTimestamp = '2026-11-24T06:00:00Z';
    }),
  };
  for (const [reason, request] of Object.entries(requests)) {
    const { status, children } = sync(request, context);
    t.notOk('externalUrl' in status, reason);
    t.notOk(
      status.conditions.some(({ type }) => type === 'Exposed'),
      reason,
    );
    t.equal(
      children.some(({ kind }) => kind === 'HTTPRoute'),
      reason !== 'asks for none',
      reason,
    );
  }
});

test('nothing but the exposure depends on it, and Exposed comes after what readers of kstatus go by', async (t) => {
  const types = (status: unknown) =>
    sync(requestOf(route(), status), context).status.conditions.map(({ type }) => type);
  t.strictSame(types({ parents: [parent(publicRef)] }).slice(0, 2), ['Ready', 'Exposed']);
  const { status: refusedStatus, ...refusedAnswer } = sync(
    requestOf(route(), { parents: [parent(publicRef, [no('Accepted', 'A', 'b')])] }),
    context,
  );
  const { status: acceptedStatus, ...acceptedAnswer } = sync(
    requestOf(route(), { parents: [parent(publicRef)] }),
    context,
  );
  t.strictSame(refusedAnswer, acceptedAnswer);
  const { conditions: _, externalUrl: __, ...rest } = acceptedStatus;
  t.match(refusedStatus, rest);
  t.equal(acceptedAnswer.resyncAfterSeconds, undefined);
});
