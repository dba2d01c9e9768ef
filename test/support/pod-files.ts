import { posix } from 'node:path';
import { parse } from 'yaml';
import type { Output } from './golden-cases.ts';

type Tree = Readonly<Record<string, unknown>>;
interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly readOnly?: boolean;
}
interface Container {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly volumeMounts?: readonly Mount[];
}
interface Items {
  readonly items?: readonly { readonly key: string; readonly path: string }[];
}
interface Volume extends Tree {
  readonly name: string;
}
interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: Tree;
}
interface PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
}

/** Every leaf of a tree with its path. */
function* leaves(tree: unknown, path: readonly string[] = []): Generator<[path: string, value: unknown]> {
  if (typeof tree !== 'object' || tree === null) yield [path.join('/'), tree];
  else for (const [key, item] of Object.entries(tree)) yield* leaves(item, [...path, key]);
}

/** What begins with a slash in a configuration and is no file of the pod: paths of a URL and of a repository, and what is written. */
const noFile = /(^|\/)(publicPaths\/\d+|git\/path|audit\/logFile)$/;

/** Each file that the configuration names, in absolute form, with the field that names it. */
export function namedFiles(config: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const [field, value] of leaves(parse(config))) {
    if (typeof value !== 'string' || noFile.test(field)) continue;
    if (value.startsWith('/')) files.set(value, field);
  }
  return files;
}

const podSpec = ({ pod }: Output) => pod['spec'] as PodSpec;

export function serverContainer(output: Output): Container {
  const container = podSpec(output).containers.find(({ name }) => name === 'registry-api');
  if (!container) throw new Error('the pod has no container registry-api');
  return container;
}

/** The value of a variable of the container, `undefined` where it has none. */
export const variable = (output: Output, name: string): EnvVar | undefined =>
  serverContainer(output).env?.find((entry) => entry.name === name);

/** Where the kubelet mounts the token of the pod's account by default. */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const accountFiles = ['token', 'ca.crt', 'namespace'].map((file) => `${ACCOUNT}/${file}`);

/**
 * Whether the server finds a file in its container: below the innermost mount, and among the files that the
 * volume shows there.
 */
export function isInPod(output: Output, path: string): boolean {
  const spec = podSpec(output);
  const [mount] = (serverContainer(output).volumeMounts ?? [])
    .filter(({ mountPath }) => path === mountPath || path.startsWith(`${mountPath}/`))
    .sort((a, b) => b.mountPath.length - a.mountPath.length);
  if (!mount) return spec.automountServiceAccountToken !== false && accountFiles.includes(path);
  const volume = spec.volumes?.find(({ name }) => name === mount.name);
  const inVolume = posix.join(mount.subPath ?? '', posix.relative(mount.mountPath, path));
  return volume !== undefined && shows(volume, inVolume, output);
}

function shows(volume: Volume, path: string, output: Output): boolean {
  const { configMap, secret, projected, emptyDir } = volume as {
    configMap?: Items & { name: string };
    secret?: Items;
    projected?: { sources: readonly Tree[] };
    emptyDir?: object;
  };
  const ours = configMap?.name === output.configMap.metadata.name;
  if (ours) return Object.keys(output.configMap['data'] as object).includes(path);
  if (configMap || secret) return isItem((configMap ?? secret) as Items, path);
  if (projected) {
    return projected.sources.some((source) =>
      Object.values(source).some((from) => isItem(from as Items, path)),
    );
  }
  return emptyDir ? isFilledFirst(volume.name, output) : true;
}

/** Without items every key is a file, which a key can't be below a folder. */
const isItem = ({ items }: Items, path: string) =>
  items ? items.some((item) => item.path === path) : !path.includes('/');

/** What is empty at first holds what an init container put there. */
const isFilledFirst = (volume: string, output: Output) =>
  (podSpec(output).initContainers ?? []).some(({ volumeMounts = [] }) =>
    volumeMounts.some(({ name, readOnly }) => name === volume && !readOnly),
  );

/** A key of an object that a spec refers to. */
export interface KeyReference {
  readonly field: string;
  readonly name: string;
  readonly key: string;
}

/** Each reference to a key that a spec makes, by walking it. */
export function* keyReferences(tree: unknown, path = 'spec'): Generator<KeyReference> {
  if (typeof tree !== 'object' || tree === null) return;
  for (const [field, value] of Object.entries(tree)) {
    const { name, key } = (value ?? {}) as { name?: unknown; key?: unknown };
    const at = `${path}.${field}`;
    if (field.endsWith('Ref') && typeof name === 'string' && typeof key === 'string')
      yield { field: at, name, key };
    else yield* keyReferences(value, at);
  }
}

/** `<object>/<key>` of each key that the pod reads, as a variable or as a file that a container mounts. */
export function keysRead(output: Output): Set<string> {
  const spec = podSpec(output);
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const mounted = new Set(
    containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name)),
  );
  const fromVolumes = (spec.volumes ?? [])
    .filter(({ name }) => mounted.has(name))
    .flatMap(({ configMap, secret }) => [configMap, secret])
    .flatMap((source) => {
      const {
        name,
        secretName,
        items = [],
      } = (source ?? {}) as Items & { name?: string; secretName?: string };
      return items.map(({ key }) => `${name ?? secretName}/${key}`);
    });
  const fromVariables = containers
    .flatMap(({ env = [] }) => env)
    .map(({ valueFrom }) => (valueFrom?.['secretKeyRef'] ?? {}) as { name?: string; key?: string })
    .map(({ name, key }) => `${name}/${key}`);
  return new Set([...fromVolumes, ...fromVariables]);
}
