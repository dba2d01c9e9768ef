import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { KubernetesObject } from '../../hooks/contract/kubernetes.ts';

const root = new URL('../../manifests/', import.meta.url);

/** A folder of manifests, as far as tests read it: one object to a file, and what a kustomization generates. */
export interface ManifestFolder {
  readonly files: readonly string[];
  readonly resources: readonly string[];
  readonly objects: readonly KubernetesObject[];
  /** Keys of the ConfigMaps that are generated from files, by their name. */
  readonly generated: ReadonlyMap<string, readonly string[]>;
}

interface Kustomization {
  readonly resources: readonly string[];
  readonly configMapGenerator?: readonly { readonly name: string; readonly files: readonly string[] }[];
}

/** Text of a file below `manifests/`. */
export const manifestText = (path: string) => readFileSync(new URL(path, root), 'utf8');

/** Reads a folder below `manifests/`, such as `base/` or `examples/quickstart/`; `''` is the folder itself. */
export function manifestFolder(folder: string): ManifestFolder {
  const { resources, configMapGenerator = [] } = parse(
    manifestText(`${folder}kustomization.yaml`),
  ) as Kustomization;
  return {
    files: readdirSync(new URL(folder, root)).filter((name) => name.endsWith('.yaml')),
    resources,
    objects: resources
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => parse(manifestText(`${folder}${file}`)) as KubernetesObject),
    generated: new Map(configMapGenerator.map(({ name, files }) => [name, files])),
  };
}

/** Every value of `key` in a tree of objects and lists. */
export function valuesOf(tree: unknown, key: string): unknown[] {
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.entries(tree).flatMap(([name, value]) => [
    ...(name === key ? [value] : []),
    ...valuesOf(value, key),
  ]);
}
