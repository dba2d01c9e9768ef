import fc from 'fast-check';
import { test } from 'tap';
import { anySpec, children, NAME, runnableSpec } from './actions.ts';
import { history, Life, live, settings } from './history.ts';
import { isCurrent } from './invariants.ts';
import { NAMESPACE, Production } from './world.ts';

/**
 * The same histories every time, so that a failure is caused by the change under test; a search by SIMULATOR_RUNS tries
 * others. The seed and path that a failure printed come from the environment as well.
 */
const runs = process.env['SIMULATOR_RUNS'];
const numRuns = Number(runs ?? 100);
const seed = Number(
  process.env['SIMULATOR_SEED'] ?? (runs === undefined ? 7 : Math.floor(Math.random() * 2 ** 31)),
);
const path = process.env['SIMULATOR_PATH'];
const parameters = { numRuns, seed, endOnFailure: false, ...(path !== undefined && { path }) };

test('random histories break no rule', async (t) => {
  t.comment(`seed ${seed}, ${numRuns} runs`);
  const production = new Production();
  t.teardown(() => production.close());
  await t.resolves(
    fc.assert(
      fc.asyncProperty(history, (each) => live(production, each)),
      parameters,
    ),
  );
});

test('a first life needs nine writes at most, and a resync of a settled registry none', async (t) => {
  t.comment(`seed ${seed}, ${numRuns} runs`);
  const production = new Production();
  t.teardown(() => production.close());
  const property = fc.asyncProperty(settings, runnableSpec, async (setup, spec) => {
    const life = new Life(production, setup);
    await life.step({ do: 'apply', spec });
    await life.cluster.run(60_000);
    const writes = life.cluster.writes.filter(({ by }) => by === 'metacontroller');
    if (writes.length > 9) throw new Error(`7: ${writes.length} writes\n${JSON.stringify(writes, null, 1)}`);
    await life.expectQuiet();
  });
  await t.resolves(fc.assert(property, { ...parameters, numRuns: Math.ceil(numRuns / 2) }));
});

test('a change that rolls out well writes the status when it begins and when it serves', async (t) => {
  t.comment(`seed ${seed}, ${numRuns} runs`);
  const production = new Production();
  t.teardown(() => production.close());
  // Of more than three pods a rolling update may miss one for a while (maxUnavailable is 25 %), and the status says so.
  const replicas = fc.constantFrom(1, 1, 2, 3);
  const ready = fc.integer({ min: 10, max: 15_000 });
  const property = fc.asyncProperty(
    settings,
    runnableSpec,
    runnableSpec,
    replicas,
    ready,
    async (setup, first, second, pods, readyAfterMilliseconds) => {
      const life = new Life(production, setup);
      const { cluster } = life;
      cluster.changeNodes({ readyAfterMilliseconds });
      await life.step({ do: 'apply', spec: first });
      await cluster.run(100_000);
      await life.step({ do: 'scale', replicas: pods });
      await cluster.run(100_000);
      const generation = () =>
        cluster.api.get('Deployment', NAMESPACE, children.Deployment)?.metadata['generation'];
      const before = generation();
      const begin = cluster.writes.length;
      await life.step({ do: 'apply', spec: second });
      for (let seconds = 0; seconds < 100; seconds++) {
        await life.step({ do: 'wait', seconds: 1 });
      }
      const statuses = cluster.writes
        .slice(begin)
        .filter(({ by, verb }) => by === 'metacontroller' && verb === 'updateStatus');
      const most = generation() === before ? 1 : 2;
      const registry = life.actor.registry;
      if (statuses.length > most || !registry || !isCurrent(registry))
        throw new Error(
          `9: ${statuses.length} status writes\n${JSON.stringify(registry?.['status'], null, 1)}`,
        );
      await life.expectQuiet();
    },
  );
  await t.resolves(fc.assert(property, { ...parameters, numRuns: Math.ceil(numRuns / 4) }));
});

test('a deletion needs eight writes, one of them of the status', async (t) => {
  const production = new Production();
  t.teardown(() => production.close());
  for (const strategy of ['dynamic-apply', 'server-side-apply'] as const) {
    const life = new Life(production, { strategy, hooks: 'v1', version: 'v1alpha1', callMilliseconds: 3 });
    await life.step({ do: 'apply', spec: { configYAML: 'a: b\n' } });
    await life.cluster.run(60_000);
    const begin = life.cluster.writes.length;
    await life.delete('Background');
    const writes = life.cluster.writes
      .slice(begin)
      .filter(({ by, outcome }) => by === 'metacontroller' && outcome === 'written');
    t.strictSame(
      writes.map(({ verb, kind }) => `${verb} ${kind}`),
      [
        'delete Service',
        'delete Deployment',
        'updateStatus MCPRegistry',
        'delete ConfigMap',
        'delete ServiceAccount',
        'delete Role',
        'delete RoleBinding',
        'update MCPRegistry',
      ],
      strategy,
    );
  }
});

test('deletion ends at any moment, whatever the spec holds', async (t) => {
  t.comment(`seed ${seed}, ${numRuns} runs`);
  const production = new Production();
  t.teardown(() => production.close());
  const deletion = fc.constantFrom('Background' as const, 'Foreground' as const, 'Orphan' as const);
  const property = fc.asyncProperty(
    settings,
    anySpec,
    fc.nat(3000),
    deletion,
    async (setup, spec, wait, propagation) => {
      const life = new Life(production, setup);
      await life.actor.act({ do: 'apply', spec });
      await life.cluster.run(wait);
      await life.delete(propagation);
      if (life.cluster.api.get('MCPRegistry', NAMESPACE, NAME)) throw new Error('5: it is still there');
    },
  );
  await t.resolves(fc.assert(property, { ...parameters, numRuns: Math.ceil(numRuns / 2) }));
});
