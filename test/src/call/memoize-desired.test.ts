import { test } from 'tap';
import { type BuildDesired, buildDesired, type Desired } from '../../../hooks/desired.ts';
import { Memo } from '../../../src/call/memo.ts';
import { memoizeDesired } from '../../../src/call/memoize-desired.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { goldenCases } from '../../support/golden-cases.ts';
import { context } from '../../support/requests.ts';

const defaults = deepFreeze({
  image: 'api:v1',
  healthPort: 8081,
  pgpassImage: 'shell:v1',
  imagePullSecrets: ['pull'],
});
const identity = deepFreeze({ name: 'production', namespace: 'mcp-system' });
const registered = deepFreeze(['PodDisruptionBudget'] as const);
const roomy = () => new Memo({ maxBytes: 1_000_000, sample: '' });

/** Builds a result that holds all arguments, and records the calls. */
function spy(): { buildDesired: BuildDesired; calls: Parameters<BuildDesired>[] } {
  const calls: Parameters<BuildDesired>[] = [];
  const buildDesired: BuildDesired = (...call) => {
    calls.push(call);
    return { problems: [{ field: 'spec', message: JSON.stringify(call) }] };
  };
  return { buildDesired, calls };
}

function argumentsIn(desired: Desired): unknown {
  return JSON.parse(desired.problems?.[0]?.message ?? '');
}

test('a repeated call is answered from memory', async (t) => {
  const { buildDesired, calls } = spy();
  const memoized = memoizeDesired(buildDesired, roomy());
  const first = memoized(identity, deepFreeze({ a: [1, { b: 'ä' }] }), defaults, registered);
  const second = memoized(
    { namespace: 'mcp-system', name: 'production' },
    { a: [1, { b: 'ä' }] },
    { ...defaults },
    [...registered],
  );
  t.strictSame(second, first);
  t.not(second, first);
  t.strictSame(calls, [[identity, { a: [1, { b: 'ä' }] }, defaults, registered]]);
});

test('what is remembered is what was built, for each form of a spec', async (t) => {
  const specs = [...goldenCases.map(({ registry }) => registry.spec), { sources: [] }];
  // One with null is not remembered.
  for (const spec of specs.filter((each) => !JSON.stringify(each).includes('null'))) {
    let built: Desired | undefined;
    const memoized = memoizeDesired((...call) => {
      t.equal(built, undefined, 'it is built once');
      built = buildDesired(...call);
      return built;
    }, roomy());
    memoized(identity, spec, context.defaults);
    const remembered = memoized(identity, spec, context.defaults);
    t.strictSame(remembered, built);
    // The order of the keys as well, and that a child by its kind is the one in the list.
    t.equal(JSON.stringify(remembered), JSON.stringify(built));
    const { all = [], byKind = {} } = remembered.children ?? {};
    t.ok(Object.values(byKind).every((child, index) => child === all[index]));
  }
});

test('a call that differs in anything is computed', async (t) => {
  const cases: { reason: string; call: Parameters<BuildDesired> }[] = [
    { reason: 'another name', call: [{ ...identity, name: 'other' }, {}, defaults] },
    { reason: 'another namespace', call: [{ ...identity, namespace: 'other' }, {}, defaults] },
    { reason: 'another image', call: [identity, {}, { ...defaults, image: 'api:v2' }] },
    { reason: 'another health port', call: [identity, {}, { ...defaults, healthPort: 8080 }] },
    { reason: 'null is no object', call: [identity, null, defaults] },
    { reason: 'a string that looks like the object', call: [identity, '{}', defaults] },
    { reason: 'more in the spec', call: [identity, { a: 1 }, defaults] },
    { reason: 'a number that was a string', call: [identity, { a: '1' }, defaults] },
    { reason: 'a key named __proto__', call: [identity, JSON.parse('{"__proto__":{"a":1}}'), defaults] },
    { reason: 'no kind is registered', call: [identity, {}, defaults, []] },
    {
      reason: 'a name that looks like the end of a key',
      call: [{ ...identity, name: 'production","namespace":"x' }, {}, defaults],
    },
  ];
  const { buildDesired } = spy();
  const memoized = memoizeDesired(buildDesired, roomy());
  for (let times = 0; times < 3; times += 1) memoized(identity, {}, defaults, registered);
  for (const { reason, call } of cases) {
    const [to, spec, given, kinds = registered] = call;
    const told = JSON.parse(JSON.stringify([to, spec, given, kinds]));
    t.strictSame(argumentsIn(memoized(to, spec, given, kinds)), told, reason);
  }
});

test('an absent spec is not a spec of null', async (t) => {
  const { buildDesired, calls } = spy();
  const memoized = memoizeDesired(buildDesired, roomy());
  for (const spec of [null, null, undefined]) memoized(identity, spec, defaults);
  t.strictSame(
    calls.map(([, spec]) => spec),
    [null, null, undefined],
  );
});

test('the same spec with its keys in another order is computed again', async (t) => {
  const { buildDesired, calls } = spy();
  const memoized = memoizeDesired(buildDesired, roomy());
  for (const spec of [
    { a: 1, b: 2 },
    { a: 1, b: 2 },
    { b: 2, a: 1 },
  ])
    memoized(identity, spec, defaults);
  t.strictSame(
    calls.map(([, spec]) => JSON.stringify(spec)),
    ['{"a":1,"b":2}', '{"b":2,"a":1}'],
  );
});

test('an error is not kept', async (t) => {
  const calls: unknown[] = [];
  const memoized = memoizeDesired((_identity, spec) => {
    calls.push(spec);
    throw new Error('a bug');
  }, roomy());
  t.throws(() => memoized(identity, {}, defaults), { message: 'a bug' });
  t.throws(() => memoized(identity, {}, defaults), { message: 'a bug' });
  t.equal(calls.length, 2);
});

test('a spec that is nested too deeply for a key is computed', async (t) => {
  const depth = 100_000;
  const deep: unknown = JSON.parse('['.repeat(depth) + ']'.repeat(depth));
  const answer: Desired = { problems: [] };
  t.equal(memoizeDesired(() => answer, roomy())(identity, deep, defaults), answer);
});

test('an infinite number is not null', async (t) => {
  const { buildDesired, calls } = spy();
  const memoized = memoizeDesired(buildDesired, roomy());
  for (const spec of [null, null, null, Number.POSITIVE_INFINITY]) memoized(identity, { a: spec }, defaults);
  t.strictSame(calls.at(-1)?.[1], { a: Number.POSITIVE_INFINITY });
});
