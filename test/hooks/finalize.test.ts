import { test } from 'tap';
import type { HookRequest } from '../../hooks/contract/request.ts';
import { finalize } from '../../hooks/finalize.ts';
import { matchesGolden } from '../support/golden.ts';
import { changed, context, recorded } from '../support/requests.ts';

const without = (request: HookRequest, ...kinds: string[]) =>
  changed(request, ({ children }) => {
    for (const group of Object.keys(children)) {
      if (kinds.includes(group.split('.')[0] ?? '')) (children as Record<string, object>)[group] = {};
    }
  });

const all = recorded('delete', 1);

const steps = [
  { name: 'all-there', request: all, reason: 'what serves goes first, the rest stays as it was applied' },
  {
    name: 'service-still-there',
    request: without(all, 'Deployment'),
    reason: 'the rest waits for both of what serves',
  },
  {
    name: 'only-the-rest',
    request: without(all, 'Deployment', 'Service'),
    reason: 'with nothing that serves left, the rest goes',
  },
  { name: 'nothing-left', request: recorded('delete', 2), reason: 'nothing is observed, so it is finalized' },
  {
    name: 'foreground',
    request: recorded('delete-foreground', 8),
    reason: 'a Deployment that is still taking its pods down is waited for',
  },
  {
    name: 'server-side-apply',
    request: recorded('server-side-apply', 3),
    reason: 'what stays is in managedFields',
  },
  {
    name: 'hook-v2',
    request: recorded('hook-v2', 4),
    reason: 'children are keyed namespace/name',
  },
];

for (const { name, request, reason } of steps) {
  test(`${name}: ${reason}`, async (t) => {
    matchesGolden(t, `finalize/${name}.json`, finalize(request, context));
  });
}

test('the status is written once, however the pods go: it does not count them', async (t) => {
  const expected = finalize(all, context).status;
  t.equal(expected.readyReplicas, undefined);
  for (const kinds of [['Deployment'], ['Deployment', 'Service']]) {
    t.strictSame(finalize(without(all, ...kinds), context).status, expected, kinds.join());
  }
});

test('a registry that no label selects any more is finalized, although nobody deletes it', async (t) => {
  const kept = (request: HookRequest) =>
    changed(request, ({ parent }) => {
      delete parent.metadata.deletionTimestamp;
    });
  for (const request of [all, without(all, 'Deployment', 'Service'), recorded('delete', 2)]) {
    const { resyncAfterSeconds, ...expected } = finalize(request, context);
    t.strictSame(finalize(kept(request), context), {
      ...expected,
      ...(resyncAfterSeconds === undefined ? {} : { resyncAfterSeconds: 5 }),
    });
  }
});

test('a registry is deleted whatever its spec holds', async (t) => {
  const expected = finalize(all, context);
  for (const spec of [undefined, null, 'text', 7, [], { configYAML: 7, sources: 'x' }]) {
    const request = changed(all, ({ parent }) => {
      parent.spec = spec as NonNullable<unknown>;
    });
    t.strictSame(finalize(request, context), expected, JSON.stringify(spec) ?? 'no spec');
  }
});
