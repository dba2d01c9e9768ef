import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Child } from '../../hooks/contract/answer.ts';
import { buildDesired, type Desired } from '../../hooks/desired.ts';
import { deepFreeze } from './deep-freeze.ts';
import { context } from './requests.ts';

const root = new URL('../golden/registry/', import.meta.url);

/** The manifest of a registry. */
export interface RegistryManifest {
  readonly apiVersion: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** A folder below `test/golden/registry` and the spec of its registry. */
export interface GoldenCase {
  readonly name: string;
  readonly registry: RegistryManifest;
  readonly desired: Desired;
}

export const goldenText = (name: string, file: string) =>
  readFileSync(new URL(`${name}/${file}`, root), 'utf8');

/** All golden cases, by name. */
export const goldenCases: readonly GoldenCase[] = readdirSync(root)
  .sort()
  .map((name) => {
    const registry = deepFreeze(parse(goldenText(name, 'registry.yaml'))) as RegistryManifest;
    const desired = buildDesired(registry.metadata, registry.spec, context.defaults);
    return { name, registry, desired };
  });

const objectsRoot = new URL('../golden/objects/', import.meta.url);

/** The registries below `test/golden/objects`, by the name of their folder. */
export const objectCases: ReadonlyMap<string, RegistryManifest> = new Map(
  readdirSync(objectsRoot)
    .sort()
    .map((name) => {
      const text = readFileSync(new URL(`${name}/registry.yaml`, objectsRoot), 'utf8');
      return [name, deepFreeze(parse(text)) as RegistryManifest];
    }),
);

/** The files and variables that a registry needs. */
export interface Output {
  /** Text of `config.yaml`. */
  readonly config: string;
  readonly configMap: Child;
  /** The pod template of the Deployment. */
  readonly pod: Readonly<Record<string, unknown>>;
}

/** @throws if the registry was refused */
export function outputOf({ children, problems }: Desired): Output {
  if (!children) throw new Error(JSON.stringify(problems));
  const { ConfigMap: configMap, Deployment: deployment } = children.byKind;
  return {
    config: configMap.data['config.yaml'] ?? '',
    configMap,
    pod: { ...deployment.spec.template },
  };
}
