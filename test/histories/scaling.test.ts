import { test } from 'tap';
import { optionalKinds } from '../../hooks/children/child-kinds.ts';
import { at, type JsonObject, numberAt } from '../simulator/json.ts';
import { children } from './actions.ts';
import { Life } from './history.ts';
import { NAMESPACE, Production } from './world.ts';

/** Who has the say in the number of pods, when it changes hands. */

const config = { configYAML: 'sources: []\n' };
const autoscaling = { minReplicas: 2, maxReplicas: 5 };

for (const strategy of ['dynamic-apply', 'server-side-apply'] as const) {
  test(`the number of pods never falls between two who set it, ${strategy}`, async (t) => {
    const production = new Production();
    t.teardown(() => production.close());
    const life = new Life(production, {
      strategy,
      ...{ hooks: 'v1', version: 'v1alpha1', callMilliseconds: 3, kinds: optionalKinds },
    });
    const { cluster } = life;
    /** Every number of pods that the Deployment was given, in order. */
    const numbers: unknown[] = [];
    cluster.api.watch(({ object }) => {
      const replicas = at(object, 'spec', 'replicas');
      if (object.kind === 'Deployment' && replicas !== numbers.at(-1)) numbers.push(replicas);
    });
    const apply = async (spec: JsonObject) => {
      await life.step({ do: 'apply', spec: { ...config, ...spec } });
      await cluster.run(100_000);
    };
    await apply({ replicas: 3 });
    t.strictSame(numbers, [3]);
    await apply({ autoscaling });
    t.strictSame(numbers, [3], 'it stays when nobody names it any more');
    cluster.autoscaler.load = 9;
    await cluster.run(100_000);
    t.strictSame(numbers, [3, 5], 'an autoscaler changes it');
    await life.expectQuiet();
    t.strictSame(numbers, [3, 5], 'and nobody changes it back');
    await apply({});
    t.strictSame(numbers, [3, 5], 'it stays when the autoscaler goes');
    t.equal(
      cluster.api.get('HorizontalPodAutoscaler', NAMESPACE, children.HorizontalPodAutoscaler),
      undefined,
    );
    await apply({ replicas: 2 });
    t.strictSame(numbers, [3, 5, 2]);
    await life.step({ do: 'scaleRegistry', replicas: 4 });
    await cluster.run(100_000);
    t.strictSame(numbers, [3, 5, 2, 4], 'kubectl scale mcpregistry');
    const { registry } = life.actor;
    t.equal(numberAt(registry, 'status', 'replicas'), 4);
    t.equal(numberAt(registry, 'status', 'readyReplicas'), 4);
    await life.step({ do: 'scale', replicas: 1 });
    await cluster.run(100_000);
    t.strictSame(numbers, [3, 5, 2, 4, 1, 4], 'the Deployment follows the registry');
    await life.expectQuiet();
  });
}

test('scaling a registry by hand writes its status a few times', async (t) => {
  const production = new Production();
  t.teardown(() => production.close());
  const life = new Life(production, {
    ...{ strategy: 'dynamic-apply', hooks: 'v1', version: 'v1alpha1', callMilliseconds: 3 },
  });
  const { cluster } = life;
  cluster.changeNodes({ readyAfterMilliseconds: 7000 });
  await life.step({ do: 'apply', spec: { ...config, replicas: 1 } });
  await cluster.run(100_000);
  const begin = cluster.writes.length;
  await life.step({ do: 'scaleRegistry', replicas: 3 });
  await cluster.run(100_000);
  const writes = cluster.writes.slice(begin).filter(({ by }) => by === 'metacontroller');
  t.strictSame(
    writes.map(({ verb, kind }) => `${verb} ${kind}`),
    ['update Deployment', ...Array.from({ length: 4 }, () => 'updateStatus MCPRegistry')],
    'that it changes, that it has changed, the number of pods, and that all are ready',
  );
});
