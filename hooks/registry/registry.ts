import type { JsonObject } from '../pod/strategic-merge.ts';
import type { Problem } from '../problem.ts';
import { exceeds } from '../text/extent.ts';
import { planAuth } from './auth.ts';
import { planDatabase } from './database.ts';
import { combineNeeds, mountFiles, type PodNeeds, type Volume, type VolumeMount } from './pod-needs.ts';
import { objectOf } from './rules/parts.ts';
import { ruleProblems } from './rules.ts';
import { schemaProblems } from './schema-problems.ts';
import type { KeyRef } from './secret-files.ts';
import { type ServerConfig, writeServerConfig } from './server-config.ts';
import { planSource } from './sources.ts';
import type { RegistryEntry, Source } from './spec/source.ts';
import type { MCPRegistrySpec } from './spec.ts';
import { planTelemetry } from './telemetry.ts';

/** A registry as every path of the spec describes it: a configuration, and a pod that it can be served from. */
export interface Registry {
  /** The text of `config.yaml`. */
  readonly config: string;
  /** Whether the text is the user's own. */
  readonly raw: boolean;
  /** What the configuration needs of the pod. */
  readonly pod: PodNeeds;
  /** What the user adds to it. */
  readonly user: PodNeeds;
  readonly pgpass?: KeyRef | undefined;
  /** Names of Secrets. */
  readonly imagePullSecrets: readonly string[];
  /** A strategic merge patch for the pod template. */
  readonly podTemplate: JsonObject;
}

/** Far more than any registry has, and far less than the stack and the patience of a caller bear. */
const LIMIT = { levels: 100, values: 10_000 };

export type ReadRegistry =
  | { readonly registry: Registry; readonly problems?: never }
  | {
      readonly registry?: never;
      readonly problems: readonly Problem[];
      /** The user's pod template, where it is one: what it would break is told along with the rest. */
      readonly podTemplate: JsonObject;
    };

/** A registry that serves nothing and asks nothing of its pod. */
export const emptyRegistry: Registry = {
  config: '',
  raw: false,
  pod: combineNeeds([]),
  user: combineNeeds([]),
  imagePullSecrets: [],
  podTemplate: {},
};

/**
 * Reads a spec by whichever path it takes: raw, typed, or the oldest with its sources inline.
 *
 * @param spec the spec as it was posted, of any type
 * @returns the registry, or all problems that keep it from being honoured, at least one
 */
export function readRegistry(spec: unknown): ReadRegistry {
  const beyond = exceeds(spec, LIMIT);
  if (beyond) {
    return {
      problems: [
        { field: 'spec', message: `has more than ${LIMIT[beyond]} ${beyond}: take out what is not needed` },
      ],
      podTemplate: {},
    };
  }
  const problems = [...schemaProblems(spec), ...ruleProblems(spec)];
  if (problems.length === 0) return { registry: planRegistry(spec as MCPRegistrySpec) };
  const { podTemplateSpec } = objectOf(spec);
  const readable = !problems.some(({ field }) => field.startsWith('spec.podTemplateSpec'));
  return { problems, podTemplate: readable ? objectOf(podTemplateSpec) : {} };
}

function planRegistry(spec: MCPRegistrySpec): Registry {
  const { config, needs } = spec.configYAML ? { config: spec.configYAML, needs: [] } : typedPath(spec);
  return {
    config,
    raw: Boolean(spec.configYAML),
    pod: combineNeeds(needs),
    user: combineNeeds([userVolumes(spec)]),
    pgpass: spec.pgpassSecretRef,
    imagePullSecrets: (spec.imagePullSecrets ?? []).map(({ name }) => name),
    podTemplate: spec.podTemplateSpec ?? {},
  };
}

function typedPath(spec: MCPRegistrySpec): { config: string; needs: Partial<PodNeeds>[] } {
  const { sources, views } = spec.sources?.length
    ? { sources: spec.sources, views: (spec.registries ?? []).map(viewOf) }
    : inlinePath(spec.registries ?? []);
  const planned = sources.map(planSource);
  const database = planDatabase(spec.databaseConfig);
  const auth = planAuth(spec.authConfig);
  const config: ServerConfig = {
    sources: planned.map((source) => source.config),
    registries: views,
    database: database.config,
    auth: auth.config,
    telemetry: spec.telemetryConfig && planTelemetry(spec.telemetryConfig),
  };
  return {
    config: writeServerConfig(config),
    needs: [mountFiles([...planned.flatMap(({ files }) => files), ...auth.files]), { env: database.env }],
  };
}

const viewOf = ({ name, claims, sources = [] }: RegistryEntry) => ({ name, claims, sources });

/** In the oldest form each entry becomes one source, and one view of the same name. */
function inlinePath(entries: readonly RegistryEntry[]) {
  return {
    sources: entries.map(({ sources: _, ...source }): Source => source),
    views: entries.map(({ name, claims }) => ({ name, claims, sources: [name] })),
  };
}

const userVolumes = (spec: MCPRegistrySpec): Partial<PodNeeds> => ({
  volumes: (spec.volumes ?? []) as Volume[],
  volumeMounts: (spec.volumeMounts ?? []) as VolumeMount[],
});
