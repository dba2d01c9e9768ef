import { test } from 'tap';
import type { BuildDesired, Desired } from '../../../hooks/desired.ts';
import type { Identity } from '../../../hooks/identity.ts';
import { rememberDesire } from '../../../src/call/remembered-desire.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

const defaults = deepFreeze({ image: 'api:v1', healthPort: 8081, pgpassImage: 'shell:v1' });
const identity = deepFreeze({ name: 'production', namespace: 'mcp-system' });
const roomy = { maxEntries: 100, maxSize: 1_000_000 };

/** A desire whose answer tells all of its arguments, and the calls that it got. */
function spy(): { desire: BuildDesired; calls: Parameters<BuildDesired>[] } {
  const calls: Parameters<BuildDesired>[] = [];
  const desire: BuildDesired = (...call) => {
    calls.push(call);
    return { problems: [{ field: 'spec', message: JSON.stringify(call) }] };
  };
  return { desire, calls };
}

function told(desired: Desired): unknown {
  return JSON.parse(desired.problems?.[0]?.message ?? '');
}

test('a call that is made again is answered with the same object from then on', async (t) => {
  const { desire, calls } = spy();
  const memoized = rememberDesire(desire, roomy);
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

test('while more calls are made in turn than can be kept, what is kept stays', async (t) => {
  const { desire, calls } = spy();
  const memoized = rememberDesire(desire, { maxEntries: 3, maxSize: 1_000_000 });
  for (const spec of [0, 0]) memoized(identity, spec, defaults);
  for (let round = 0; round < 3; round += 1) {
    for (let spec = 1; spec <= 10; spec += 1) memoized(identity, spec, defaults);
  }
  calls.length = 0;
  memoized(identity, 0, defaults);
  t.strictSame(calls, []);
});

test('a call that differs in anything is computed for itself', async (t) => {
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
  const { desire } = spy();
  const memoized = rememberDesire(desire, roomy);
  for (let times = 0; times < 3; times += 1) memoized(identity, {}, defaults);
  for (const { reason, call } of cases) {
    t.strictSame(told(memoized(...call)), JSON.parse(JSON.stringify(call)), reason);
  }
});

test('an absent spec is not a spec of null', async (t) => {
  const { desire, calls } = spy();
  const memoized = rememberDesire(desire, roomy);
  for (const spec of [null, null, undefined]) memoized(identity, spec, defaults);
  t.strictSame(
    calls.map(([, spec]) => spec),
    [null, null, undefined],
  );
});

test('the same spec with its keys in another order is computed again, from those keys', async (t) => {
  const { desire, calls } = spy();
  const memoized = rememberDesire(desire, roomy);
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

test('a shared answer can not be changed by one who gets it', async (t) => {
  const memoized = rememberDesire(spy().desire, roomy);
  memoized(identity, {}, defaults);
  const answer = memoized(identity, {}, defaults);
  t.throws(() => Object.assign(answer, { children: [] }), TypeError);
  t.throws(() => Object.assign(answer.problems?.[0] ?? {}, { field: 'x' }), TypeError);
});

test('a desire that throws is not remembered', async (t) => {
  const calls: unknown[] = [];
  const memoized = rememberDesire((_identity, spec) => {
    calls.push(spec);
    throw new Error('a bug');
  }, roomy);
  t.throws(() => memoized(identity, {}, defaults), { message: 'a bug' });
  t.throws(() => memoized(identity, {}, defaults), { message: 'a bug' });
  t.equal(calls.length, 2);
});

test('a spec too deep for a key is passed on', async (t) => {
  const depth = 100_000;
  const deep: unknown = JSON.parse('['.repeat(depth) + ']'.repeat(depth));
  const answer: Desired = { problems: [] };
  t.equal(rememberDesire(() => answer, roomy)(identity, deep, defaults), answer);
});

test('what was not asked for the longest is forgotten', async (t) => {
  const size = JSON.stringify(spy().desire(identity, 1, defaults)).length;
  const cases: { reason: string; bounds: { maxEntries: number; maxSize: number } }[] = [
    { reason: 'bounded by number', bounds: { maxEntries: 2, maxSize: 1_000_000 } },
    { reason: 'bounded by size', bounds: { maxEntries: 100, maxSize: 2.5 * size } },
  ];
  for (const { reason, bounds } of cases) {
    const { desire, calls } = spy();
    const memoized = rememberDesire(desire, bounds);
    for (const spec of [1, 1, 2, 2, 1, 3, 3, 1, 2]) memoized(identity, spec, defaults);
    t.strictSame(
      calls.map(([, spec]) => spec),
      [1, 1, 2, 2, 3, 3, 2],
      reason,
    );
  }
});

test('an answer larger than the whole memo is given and not kept', async (t) => {
  const { desire, calls } = spy();
  const memoized = rememberDesire(desire, { maxEntries: 100, maxSize: 1000 });
  const large = 'x'.repeat(1000);
  for (const spec of [1, 1, large, large, large, 1]) memoized(identity, spec, defaults);
  t.strictSame(
    calls.map(([, spec]) => spec),
    [1, 1, large, large, large],
  );
});

test('a number beyond all bounds is not null', async (t) => {
  const { desire, calls } = spy();
  const remembered = rememberDesire(desire, roomy);
  for (const spec of [null, null, null, Number.POSITIVE_INFINITY])
    remembered(identity, { a: spec }, defaults);
  t.strictSame(calls.at(-1)?.[1], { a: Number.POSITIVE_INFINITY });
});
