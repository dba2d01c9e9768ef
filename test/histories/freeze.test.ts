import { test } from 'tap';
import { kindsOfChildren } from '../../hooks/children/child-kinds.ts';
import type { ApplyStrategy } from '../simulator/metacontroller/children.ts';
import { Life } from './history.ts';
import { contents, tamper, tamperings } from './tamper.ts';
import { Production } from './world.ts';

const valid = {
  configYAML: 'sources: [{name: a, managed: {}}]\nregistries: [{name: all, sources: [a]}]\n',
  imagePullSecrets: [{ name: 'pull' }],
};
const invalid = { configYAML: 'a: [' };
const strategies: readonly ApplyStrategy[] = ['dynamic-apply', 'server-side-apply'];

/** How Metacontroller runs while the spec is invalid: as before, or restarted with other flags. */
const restarts = [
  { reason: 'as it was', flags: undefined },
  { reason: 'with another field manager', flags: { fieldManager: 'mc2' } },
  { reason: 'with dynamic apply', flags: { strategy: 'dynamic-apply' } },
  { reason: 'with server-side apply', flags: { strategy: 'server-side-apply' } },
] as const;

const MINUTES = 60_000;

for (const strategy of strategies) {
  for (const tampering of tamperings) {
    for (const { reason, flags } of restarts) {
      test(`under ${strategy}, then ${reason}, an invalid spec changes nothing with ${tampering.reason}`, async (t) => {
        const production = new Production();
        t.teardown(() => production.close());
        for (const isDown of [true, false]) {
          const life = new Life(production, {
            strategy,
            hooks: 'v1',
            version: 'v1alpha1',
            callMilliseconds: 0,
          });
          const { cluster, actor } = life;
          await actor.act({ do: 'apply', spec: valid });
          await cluster.run(MINUTES);
          // Either the hook first sees the child when the spec is invalid already, or it is frozen and then tampered with.
          if (isDown) cluster.fault = 'down';
          await actor.act({ do: 'apply', spec: invalid });
          if (!isDown) await cluster.run(MINUTES);
          tamper(cluster, tampering);
          const before = contents(cluster);
          if (flags) cluster.start(flags);
          cluster.fault = 'none';
          await cluster.run(30 * MINUTES);
          const isSwitched = strategy === 'dynamic-apply' && flags === restarts[3].flags;
          const kept = kindsOfChildren.filter(
            (kind) => !isSwitched || !tampering.replacedByServerSide?.includes(kind),
          );
          const after = contents(cluster);
          t.strictSame(
            kept.map((kind) => after[kind]),
            kept.map((kind) => before[kind]),
            isDown ? 'first seen with the invalid spec' : 'frozen before',
          );

          const writes = cluster.writes.length;
          await cluster.run(30 * MINUTES);
          t.strictSame(cluster.writes.slice(writes), [], 'nothing is written at rest');
        }
      });
    }
  }
}

test('under dynamic apply, what somebody else added outlives a mistake and its correction', async (t) => {
  const production = new Production();
  t.teardown(() => production.close());
  const life = new Life(production, {
    strategy: 'dynamic-apply',
    hooks: 'v1',
    version: 'v1alpha1',
    callMilliseconds: 0,
  });
  const { cluster, actor } = life;
  for (const tampering of tamperings.filter(({ reason }) => reason.includes('beside ours'))) {
    await actor.act({ do: 'apply', spec: valid });
    await cluster.run(MINUTES);
    tamper(cluster, tampering);
    await cluster.run(MINUTES);
    const before = contents(cluster);
    await actor.act({ do: 'apply', spec: invalid });
    await cluster.run(MINUTES);
    await actor.act({ do: 'apply', spec: valid });
    await cluster.run(MINUTES);
    t.strictSame(contents(cluster), before, tampering.reason);
  }
});
