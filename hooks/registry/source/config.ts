import type { FileMount } from '../pod-fragment.ts';
import type { ConfigSource } from '../server-config.ts';
import type { SourcePlan } from './kind.ts';
import { SourceKind, sourceKinds } from './kinds.ts';
import type { Source } from './schema.ts';

/** The server demands an interval for each source that it reads again and again. */
export const DEFAULT_SYNC_INTERVAL = '30m';

/**
 * What a source of a spec becomes in the configuration and in the pod.
 *
 * @param source a valid source, which has exactly one kind
 */
export function planSource(source: Source): {
  readonly config: ConfigSource;
  readonly files: readonly FileMount[];
  /** Files beside `config.yaml`, by name. */
  readonly data: Readonly<Record<string, string>>;
} {
  const { kind, plan } = planKind(source);
  const { synced } = sourceKinds[kind];
  return {
    config: {
      name: source.name,
      format: source.format ?? 'toolhive',
      claims: source.claims,
      ...plan.config,
      syncPolicy: synced ? { interval: source.syncPolicy?.interval ?? DEFAULT_SYNC_INTERVAL } : undefined,
      filter: synced ? planFilter(source.filter) : undefined,
    },
    files: plan.files ?? [],
    data: plan.data ?? {},
  };
}

function planKind(source: Source): { kind: SourceKind; plan: SourcePlan } {
  for (const kind of SourceKind) {
    const plan = planIf(source, kind);
    if (plan) return { kind, plan };
  }
  throw new Error(`source ${source.name} has no kind, which its rules should have refused`);
}

function planIf<K extends SourceKind>(source: Source, kind: K): SourcePlan | undefined {
  const value = source[kind];
  // The compiler does not see that the plan of a kind takes the value of the same kind.
  const plan = sourceKinds[kind].plan as (value: NonNullable<Source[K]>, name: string) => SourcePlan;
  return value && plan(value, source.name);
}

const planFilter = (filter: Source['filter']) =>
  filter && { names: planPatterns(filter.names), tags: planPatterns(filter.tags) };

const planPatterns = (patterns: NonNullable<Source['filter']>['names']) =>
  patterns && { include: patterns.include, exclude: patterns.exclude };
