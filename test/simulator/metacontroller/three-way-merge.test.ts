import { test } from 'tap';
import { freeze, type JsonObject } from '../json.ts';
import { threeWayMerge } from './three-way-merge.ts';

interface Case {
  readonly reason: string;
  readonly observed: JsonObject;
  readonly last?: JsonObject;
  readonly desired: JsonObject;
  readonly merged: JsonObject;
}

const cases: readonly Case[] = [
  {
    reason: 'what others set stays, what is desired is set',
    observed: { a: 1, foreign: true },
    desired: { a: 2 },
    merged: { a: 2, foreign: true },
  },
  {
    reason: 'what was applied once and is desired no more goes',
    observed: { a: 1, b: { c: 1, d: 2 } },
    last: { a: 1, b: { c: 1 } },
    desired: { b: {} },
    merged: { b: { d: 2 } },
  },
  {
    reason: 'without a note of what was applied nothing is ever removed',
    observed: { nodeSelector: { os: 'linux' } },
    desired: { image: 'x' },
    merged: { nodeSelector: { os: 'linux' }, image: 'x' },
  },
  {
    reason:
      'a Service port changed by hand stays beside ours: the key is the number, and both are named http',
    observed: { ports: [{ name: 'http', port: 9090 }] },
    last: { ports: [{ name: 'http', port: 8080 }] },
    desired: { ports: [{ name: 'http', port: 8080 }] },
    merged: {
      ports: [
        { name: 'http', port: 9090 },
        { name: 'http', port: 8080 },
      ],
    },
  },
  {
    reason: 'adopt, then drop: once noted as applied, the foreign port goes',
    observed: { ports: [{ name: 'http', port: 9090 }] },
    last: { ports: [{ name: 'http', port: 9090 }] },
    desired: { ports: [{ name: 'http', port: 8080 }] },
    merged: { ports: [{ name: 'http', port: 8080 }] },
  },
  {
    reason: 'mounts are identified by path, so two mounts of one volume are both kept',
    observed: { mounts: [{ name: 'v', mountPath: '/a' }] },
    desired: { mounts: [{ name: 'v', mountPath: '/b' }] },
    merged: {
      mounts: [
        { name: 'v', mountPath: '/a' },
        { name: 'v', mountPath: '/b' },
      ],
    },
  },
  {
    reason: 'a list whose items share no known key is replaced whole',
    observed: { rules: [{ verbs: ['get'] }, { verbs: ['list'] }] },
    desired: { rules: [{ verbs: ['watch'] }] },
    merged: { rules: [{ verbs: ['watch'] }] },
  },
  {
    reason: 'one item without the key is enough for that',
    observed: { env: [{ name: 'a' }, { value: 'b' }] },
    desired: { env: [{ name: 'c' }] },
    merged: { env: [{ name: 'c' }] },
  },
  {
    reason: 'an observed item keeps its place and its other fields',
    observed: {
      containers: [
        { name: 'b', image: '1' },
        { name: 'a', image: '1', policy: 'Always' },
      ],
    },
    desired: {
      containers: [
        { name: 'a', image: '2' },
        { name: 'c', image: '1' },
      ],
    },
    merged: {
      containers: [
        { name: 'b', image: '1' },
        { name: 'a', image: '2', policy: 'Always' },
        { name: 'c', image: '1' },
      ],
    },
  },
  {
    reason: 'a value of another type counts as null (apply.go, merge)',
    observed: { a: [], b: { c: 1, d: 2 } },
    last: { a: 7, b: { c: 1 } },
    desired: { a: { b: 1 }, b: 'x' },
    merged: { a: [], b: { d: 2 } },
  },
];

for (const { reason, observed, last, desired, merged } of cases) {
  test(reason, async (t) => {
    t.same(threeWayMerge(freeze(observed), last && freeze(last), freeze(desired)), merged);
  });
}
