import { type JsonObject, objectOf } from '../json.ts';
import type { Problem } from '../problem.ts';
import { boundProblems } from './bound-problems.ts';
import { type DatabaseAddress, defaultAddress } from './database/database-label.ts';
import { egressPorts } from './network/egress.ts';
import { mergeFragments, type PodFragment, type Volume, type VolumeMount } from './pod-fragment.ts';
import { ruleProblems } from './rule-problems.ts';
import { schemaProblems } from './schema-problems.ts';
import type { KeyRef } from './secret-files.ts';
import type { Sections } from './section.ts';
import { sectionsOf } from './sections.ts';
import type { MCPRegistrySpec } from './spec.ts';
import { planTypedConfig } from './typed-config.ts';
import type { Warning } from './warning.ts';
import { specWarnings } from './warnings.ts';

/** A registry as every path of the spec describes it: a configuration, and a pod that it can be served from. */
export interface Registry {
  /** The text of `config.yaml`. */
  readonly config: string;
  /** Whether the text is the user's own. */
  readonly raw: boolean;
  /** Files beside `config.yaml`, by name: they are in the ConfigMap with it. */
  readonly files: Readonly<Record<string, string>>;
  /** What the configuration needs of the pod. */
  readonly pod: PodFragment;
  /** What the user adds to it. */
  readonly user: PodFragment;
  readonly pgpass?: KeyRef | undefined;
  /** Names of Secrets. */
  readonly imagePullSecrets: readonly string[];
  /** A strategic merge patch for the pod template. */
  readonly podTemplate: JsonObject;
  /** What the spec says of the objects in Kubernetes, beside the pod. */
  readonly objects: ObjectFields;
  /** Where its database is, as far as that is known. */
  readonly database: DatabaseAddress;
  /** The TCP ports that the server connects to; undefined where they are not known, or nothing limits them. */
  readonly egress?: readonly number[] | undefined;
  /** What the server does with the spec that most people would not expect. */
  readonly warnings: readonly Warning[];
}

/** The fields of a spec that are about objects in Kubernetes, whatever the server's configuration is. */
const objectFields = [
  ...(['replicas', 'autoscaling', 'disruptionBudget'] as const),
  ...(['service', 'serviceAccount', 'networkPolicy', 'expose', 'monitoring'] as const),
] as const;
export type ObjectFields = Pick<MCPRegistrySpec, (typeof objectFields)[number]>;

export type ReadRegistry =
  | { readonly registry: Registry; readonly problems?: never }
  | {
      readonly registry?: never;
      readonly problems: readonly Problem[];
      /** The parts that are as they should be: the user's pod template is judged by them along with the rest. */
      readonly readable: Registry;
      /** What of the pod is not known, since the parts of the spec that decide it are wrong. */
      readonly unknown: Unknown;
    };

/** What of the pod that a spec asks for can't be known. */
export interface Unknown {
  /** The configuration, whose hash the pod carries. */
  readonly config: boolean;
  /** Some of its volumes or mounts. */
  readonly volumes: boolean;
  /** Some of its environment variables. */
  readonly variables: boolean;
  /** Whether it has an init container for a pgpass file. */
  readonly pgpass: boolean;
}
export const nothingUnknown: Unknown = { config: false, volumes: false, variables: false, pgpass: false };

/** A registry that serves nothing and asks nothing of its pod. */
const emptyRegistry: Registry = {
  config: '',
  raw: false,
  files: {},
  pod: mergeFragments([]),
  user: mergeFragments([]),
  imagePullSecrets: [],
  podTemplate: {},
  objects: {},
  database: {},
  warnings: [],
};

/**
 * Reads a spec by whichever path it takes: raw, or typed in any of its forms.
 *
 * @param spec the spec as it was posted, of any type
 * @param name the name of the registry, which one form gives to its source and view
 * @returns the registry, or all problems that prevent it from being applied, at least one
 */
export function readRegistry(spec: unknown, name: string): ReadRegistry {
  const beyond = boundProblems(spec);
  if (beyond.length > 0) {
    return {
      problems: beyond,
      readable: emptyRegistry,
      unknown: { config: true, volumes: true, variables: true, pgpass: true },
    };
  }
  const problems = [...schemaProblems(spec), ...ruleProblems(spec)];
  // `problems.length === 0` is the guard: without problems, the spec satisfies its schema.
  if (problems.length === 0) return { registry: planRegistry(spec as MCPRegistrySpec, name) };
  return { problems, ...readParts(objectOf(spec), name, problems) };
}

/** The fields of the typed path that decide about volumes and mounts of the pod. */
const withFiles = ['sources', 'registries', 'source', 'authConfig'] as const;

/** Reads the parts of a spec that has problems somewhere. */
function readParts(
  spec: Readonly<Record<string, unknown>>,
  name: string,
  problems: readonly Problem[],
): { readonly readable: Registry; readonly unknown: Unknown } {
  const wrong = new Set(problems.map(({ field }) => /^spec(\.\w+)?/.exec(field)?.[0]));
  const isRight = (field: string) => !wrong.has('spec') && !wrong.has(`spec.${field}`);
  // The fields that are left have no problem, and every field of the spec is optional.
  const right = Object.fromEntries(
    Object.entries(spec).filter(([field]) => isRight(field)),
  ) as MCPRegistrySpec;
  const typed = withFiles.some((field) => spec[field] !== undefined);
  const known = spec['configYAML'] ? !typed : withFiles.every(isRight);
  const { needs, files } = typed && known ? planTypedConfig(right, name) : nothing;
  return {
    readable: {
      ...emptyRegistry,
      files,
      pod: mergeFragments(needs),
      user: mergeFragments([userVolumes(right)]),
      pgpass: right.pgpassSecretRef,
      podTemplate: right.podTemplateSpec ?? {},
      objects: objectsOf(right),
    },
    unknown: {
      config: true,
      volumes: !known || !isRight('volumes') || !isRight('volumeMounts'),
      variables: !isRight('databaseConfig'),
      pgpass: !isRight('pgpassSecretRef'),
    },
  };
}

/** What a configuration of the user's own needs. */
const nothing = { needs: [], files: {} };

function planRegistry(spec: MCPRegistrySpec, name: string): Registry {
  const { config, needs, files } = spec.configYAML
    ? { config: spec.configYAML, ...nothing }
    : planTypedConfig(spec, name);
  const sections = sectionsOf(spec, name);
  return {
    config,
    raw: Boolean(spec.configYAML),
    files,
    pod: mergeFragments(needs),
    user: mergeFragments([userVolumes(spec)]),
    pgpass: spec.pgpassSecretRef,
    imagePullSecrets: (spec.imagePullSecrets ?? []).map(({ name }) => name),
    podTemplate: spec.podTemplateSpec ?? {},
    objects: objectsOf(spec),
    database: databaseOf(sections),
    egress: spec.networkPolicy && egressOf(spec, sections),
    warnings: specWarnings(spec, sections),
  };
}

const objectsOf = (spec: MCPRegistrySpec): ObjectFields =>
  Object.fromEntries(objectFields.flatMap((name) => (spec[name] === undefined ? [] : [[name, spec[name]]])));

/** What the typed fields leave out has a default; the server has none. */
function databaseOf({ raw, database: { value } }: Sections): DatabaseAddress {
  const { host, port, database }: DatabaseAddress = raw ? value : { ...defaultAddress, ...value };
  return { host, port, database };
}

function egressOf(spec: MCPRegistrySpec, sections: Sections): Registry['egress'] {
  return egressPorts({
    sections,
    telemetry: spec.telemetryConfig ?? {},
    podTemplate: spec.podTemplateSpec ?? {},
    more: spec.networkPolicy?.egressPorts,
  });
}

// The rules checked them against the schemas of Kubernetes (`pod-rules.ts`); the schema of the spec leaves them open.
const userVolumes = (spec: MCPRegistrySpec): Partial<PodFragment> => ({
  volumes: (spec.volumes ?? []) as Volume[],
  volumeMounts: (spec.volumeMounts ?? []) as VolumeMount[],
});
