import fc from 'fast-check';
import { test } from 'tap';
import { anySpec, NAME, runnableSpec } from './properties/actions.ts';
import { history, Life, live, settings } from './properties/history.ts';
import { NAMESPACE, Production } from './properties/world.ts';

/**
 * The same histories every time, so that a failure tells of the change that was made; a search by SIMULATOR_RUNS tries
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

test('a first life takes nine writes at most, and a resync of a settled registry none', async (t) => {
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
      await life.hands.act({ do: 'apply', spec });
      await life.cluster.run(wait);
      await life.delete(propagation);
      if (life.cluster.api.get('MCPRegistry', NAMESPACE, NAME)) throw new Error('5: it is still there');
    },
  );
  await t.resolves(fc.assert(property, { ...parameters, numRuns: Math.ceil(numRuns / 2) }));
});
