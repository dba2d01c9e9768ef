import { test } from 'tap';
import type { BuildDesired, Desired } from '../../../hooks/desired.ts';
import type { Identity } from '../../../hooks/identity.ts';
import { memoizeDesired } from '../../../src/call/memoize-desired.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

const defaults = deepFreeze({ image: 'api:v1', healthPort: 8081, pgpassImage: 'shell:v1' });
const identity = deepFreeze({ name: 'production', namespace: 'mcp-system' });
const roomy = { maxEntries: 100, maxSize: 1_000_000 };

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

test('a repeated call gets the same object from the second call on', async (t) => {
  const { buildDesired, calls } = spy();
  const memoized = memoizeDesired(buildDesired, roomy);
  memoized(identity, deepFreeze({ a: [1, { b: 'ä' }] }), defaults);
  const second = memoized(identity, deepFreeze({ a: [1, { b: 'ä' }] }), defaults);
  const third = memoized(
    { namespace: 'mcp-system', name: 'production' },
    { a: [1, { b: 'ä' }] },
    { ...defaults },
  );
  t.equal(third, second);
  const call = [identity, { a: [1, { b: 'ä' }] }, defaults];
  t.strictSame(calls, [call, call]);
});

test('what is kept stays while more different calls are made than can be kept', async (t) => {
  const { buildDesired, calls } = spy();
  const memoized = memoizeDesired(buildDesired, { maxEntries: 3, maxSize: 1_000_000 });
  for (const spec of [0, 0]) memoized(identity, spec, defaults);
  for (let round = 0; round < 3; round += 1) {
    for (let spec = 1; spec <= 10; spec += 1) memoized(identity, spec, defaults);
  }
  calls.length = 0;
  memoized(identity, 0, defaults);
  t.strictSame(calls, []);
});

test('a call that differs in anything is computed', async (t) => {
  const cases: { reason: string; call: [Identity, unknown, typeof defaults] }[] = [
    { reason: 'another name', call: [{ ...identity, name: 'other' }, {}, defaults] },
    { reason: 'another namespace', call: [{ ...identity, namespace: 'other' }, {}, defaults] },
    { reason: 'another image', call: [identity, {}, { ...defaults, image: 'api:v2' }] },
    { reason: 'another health port', call: [identity, {}, { ...defaults, healthPort: 8080 }] },
    { reason: 'null is no object', call: [identity, null, defaults] },
    { reason: 'a string that looks like the object', call: [identity, '{}', defaults] },
    { reason: 'more in the spec', call: [identity, { a: 1 }, defaults] },
    { reason: 'a number that was a string', call: [identity, { a: '1' }, defaults] },
    { reason: 'a key named __proto__', call: [identity, JSON.parse('{"__proto__":{"a":1}}'), defaults] },
    {
      reason: 'a name that looks like the end of a key',
      call: [{ ...identity, name: 'production","namespace":"x' }, {}, defaults],
    },
  ];
  const { buildDesired } = spy();
  const memoized = memoizeDesired(buildDesired, roomy);
  for (let times = 0; times < 3; times += 1) memoized(identity, {}, defaults);
  for (const { reason, call } of cases) {
    t.strictSame(argumentsIn(memoized(...call)), JSON.parse(JSON.stringify(call)), reason);
  }
});

test('an absent spec is not a spec of null', async (t) => {
  const { buildDesired, calls } = spy();
  const memoized = memoizeDesired(buildDesired, roomy);
  for (const spec of [null, null, undefined]) memoized(identity, spec, defaults);
  t.strictSame(
    calls.map(([, spec]) => spec),
    [null, null, undefined],
  );
});

test('the same spec with its keys in another order is computed again', async (t) => {
  const { buildDesired, calls } = spy();
  const memoized = memoizeDesired(buildDesired, roomy);
  for (const spec of [
    { a: 1, b: 2 },
    { a: 1, b: 2 },
    { b: 2, a: 1 },
  ])
    memoized(identity, spec, defaults);
  t.strictSame(
    calls.map(([, spec]) => JSON.stringify(spec)),
    ['{"a":1,"b":2}', '{"a":1,"b":2}', '{"b":2,"a":1}'],
  );
});

test('a shared result is frozen', async (t) => {
  const memoized = memoizeDesired(spy().buildDesired, roomy);
  memoized(identity, {}, defaults);
  const answer = memoized(identity, {}, defaults);
  t.throws(() => Object.assign(answer, { children: [] }), TypeError);
  t.throws(() => Object.assign(answer.problems?.[0] ?? {}, { field: 'x' }), TypeError);
});

test('an error is not kept', async (t) => {
  const calls: unknown[] = [];
  const memoized = memoizeDesired((_identity, spec) => {
    calls.push(spec);
    throw new Error('a bug');
  }, roomy);
  t.throws(() => memoized(identity, {}, defaults), { message: 'a bug' });
  t.throws(() => memoized(identity, {}, defaults), { message: 'a bug' });
  t.equal(calls.length, 2);
});

test('a spec that is nested too deeply for a key is computed', async (t) => {
  const depth = 100_000;
  const deep: unknown = JSON.parse('['.repeat(depth) + ']'.repeat(depth));
  const answer: Desired = { problems: [] };
  t.equal(memoizeDesired(() => answer, roomy)(identity, deep, defaults), answer);
});

test('the least recently used results are dropped', async (t) => {
  const size = JSON.stringify(spy().buildDesired(identity, 1, defaults)).length;
  const cases: { reason: string; bounds: { maxEntries: number; maxSize: number } }[] = [
    { reason: 'bounded by number', bounds: { maxEntries: 2, maxSize: 1_000_000 } },
    { reason: 'bounded by size', bounds: { maxEntries: 100, maxSize: 2.5 * size } },
  ];
  for (const { reason, bounds } of cases) {
    const { buildDesired, calls } = spy();
    const memoized = memoizeDesired(buildDesired, bounds);
    for (const spec of [1, 1, 2, 2, 1, 3, 3, 1, 2]) memoized(identity, spec, defaults);
    t.strictSame(
      calls.map(([, spec]) => spec),
      [1, 1, 2, 2, 3, 3, 2],
      reason,
    );
  }
});

test('a result larger than the whole memo is returned and not kept', async (t) => {
  const { buildDesired, calls } = spy();
  const memoized = memoizeDesired(buildDesired, { maxEntries: 100, maxSize: 1000 });
  const large = 'x'.repeat(1000);
  for (const spec of [1, 1, large, large, large, 1]) memoized(identity, spec, defaults);
  t.strictSame(
    calls.map(([, spec]) => spec),
    [1, 1, large, large, large],
  );
});

test('an infinite number is not null', async (t) => {
  const { buildDesired, calls } = spy();
  const memoized = memoizeDesired(buildDesired, roomy);
  for (const spec of [null, null, null, Number.POSITIVE_INFINITY]) memoized(identity, { a: spec }, defaults);
  t.strictSame(calls.at(-1)?.[1], { a: Number.POSITIVE_INFINITY });
});
