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

/** A patch of a component: everything that components do is to append to lists. */
interface Patch {
  readonly target: { readonly group: string; readonly kind: string; readonly name: string };
  readonly patch: string;
}
interface Append {
  readonly op: 'add';
  readonly path: string;
  readonly value: unknown;
}

/** Reads the patches of a folder of `manifests/components/`, and what each appends to which list. */
export function componentPatches(name: string): readonly (Patch & { readonly appends: readonly Append[] })[] {
  const { patches } = parse(manifestText(`components/${name}/kustomization.yaml`)) as { patches: Patch[] };
  return patches.map((patch) => ({ ...patch, appends: parse(patch.patch) as Append[] }));
}

/** Objects as kustomize makes them with some components, in their order. */
export function withComponents(
  objects: readonly KubernetesObject[],
  names: readonly string[],
): readonly KubernetesObject[] {
  const all = structuredClone(objects);
  for (const { target, appends } of names.flatMap(componentPatches)) {
    const object = all.find(
      ({ apiVersion, kind, metadata }) =>
        String(apiVersion).startsWith(`${target.group}/`) &&
        kind === target.kind &&
        metadata.name === target.name,
    );
    for (const { path, value } of appends) {
      const list = path
        .split('/')
        .slice(1, -1)
        .reduce<unknown>((at, name) => (at as Readonly<Record<string, unknown>>)[name], object);
      (list as unknown[]).push(value);
    }
  }
  return all;
}

/** Every value of `key` in a tree of objects and lists. */
export function valuesOf(tree: unknown, key: string): unknown[] {
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.entries(tree).flatMap(([name, value]) => [
    ...(name === key ? [value] : []),
    ...valuesOf(value, key),
  ]);
}
