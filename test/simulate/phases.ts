import { NAMESPACE, Production, registry } from '../histories/world.ts';
import type { Cluster } from '../simulator/cluster.ts';

/** What a phase of life cost. */
export type Phase = {
  readonly phase: string;
  /** Of all registries. */
  readonly calls: number;
  readonly 'calls a registry': number;
  readonly 'writes a registry': number;
  /** Spent in the hook, of all registries. */
  readonly milliseconds: number;
};

/** Longer than any back-off of a healthy cluster, in virtual milliseconds. */
const QUIET = 120_000;

const spec = (image: string) => ({
  configYAML:
    'sources: [{name: a, managed: {}}]\nregistries: [{name: all, sources: [a]}]\ndatabase: {host: db}\n',
  podTemplateSpec: { spec: { containers: [{ name: 'registry-api', image }] } },
});

type Act = (cluster: Cluster, name: string) => void;

const apply =
  (image: string): Act =>
  (cluster, name) =>
    void cluster.apply(registry(name, spec(image)));

/** The life of every registry, phase by phase. */
const phases: readonly (readonly [string, Act])[] = [
  ['first life: created to ready', apply('registry.example/api:1')],
  ['resync of a settled registry', () => {}],
  ['spec change: a new image rolls out', apply('registry.example/api:2')],
  ['invalid spec', (cluster, name) => void cluster.apply(registry(name, { configYAML: 'a: [' }))],
  ['corrected', apply('registry.example/api:2')],
  [
    'a child deleted by hand',
    (cluster, name) => cluster.delete('ConfigMap', NAMESPACE, `${name}-registry-server-config`),
  ],
  ['deleted', (cluster, name) => cluster.delete('MCPRegistry', NAMESPACE, name)],
];

/**
 * Leads so many registries through their life, through the app that production starts.
 *
 * @param most how many phases of it, from the first
 */
export async function measurePhases(registries: number, most = phases.length): Promise<Phase[]> {
  const production = new Production();
  const cluster = production.cluster({
    strategy: 'dynamic-apply',
    hooks: 'v1',
    version: 'v1alpha1',
    callMilliseconds: 0,
  });
  const names = Array.from({ length: registries }, (_, index) => `r${index}`);
  const measured: Phase[] = [];
  for (const [phase, act] of phases.slice(0, most)) {
    const before = { writes: cluster.writes.length, spent: production.spent };
    if (phase.startsWith('resync')) cluster.start({});
    for (const name of names) act(cluster, name);
    await cluster.run(QUIET);
    const calls = cluster.calls.length;
    const writes = cluster.writes.slice(before.writes).filter(({ by }) => by === 'metacontroller').length;
    measured.push({
      phase,
      calls,
      'calls a registry': calls / registries,
      'writes a registry': writes / registries,
      milliseconds: Math.round(production.spent - before.spent),
    });
    // Requests hold whole worlds.
    cluster.calls.length = 0;
  }
  await production.close();
  return measured;
}
