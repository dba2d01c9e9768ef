import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { buildDesired, type Desired } from '../../hooks/desired.ts';
import { deepFreeze } from './deep-freeze.ts';
import { context } from './requests.ts';

/** An MCPRegistry that a file of stacklok/toolhive has, as people have copied it. */
export interface Example {
  /** The first and the last release that have it. */
  readonly first: string;
  readonly last: string;
  /** The file, in that repository. */
  readonly path: string;
  readonly name: string;
  readonly apiVersion: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

export interface JudgedExample extends Example {
  /** For messages. */
  readonly title: string;
  readonly form: Form;
  readonly desired: Desired;
}

/** The ways to write a spec, oldest first. */
export type Form = 'source' | 'inline' | 'sources' | 'configYAML';

function formOf({ configYAML, sources, registries }: Example['spec']): Form {
  if (configYAML !== undefined) return 'configYAML';
  if (sources !== undefined) return 'sources';
  return registries === undefined ? 'source' : 'inline';
}

const file = new URL('../fixtures/corpus/toolhive.yaml', import.meta.url);

/** Every example, with what the hook makes of it in the namespace where the operator's chart is installed. */
export const corpus: readonly JudgedExample[] = (
  deepFreeze(parse(readFileSync(file, 'utf8'))) as Example[]
).map((example) => ({
  ...example,
  title: `${example.name} of ${example.path} in ${example.first}`,
  form: formOf(example.spec),
  desired: buildDesired({ name: example.name, namespace: 'toolhive-system' }, example.spec, context.defaults),
}));
