/**
 * Checks what kustomize makes of some components: `check-components.ts <without.yaml> <with.yaml> <component>…`. They
 * add what Metacontroller needs for their kinds, each once, and leave all else as it is without them. Prints what differs
 * and exits with 1 if anything does.
 */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { objectOf } from '../../hooks/json.ts';
import {
  type Component,
  childResourceOf,
  components,
  customizeHook,
  EXPLAIN,
  EXPLAIN_LABEL,
  rulesOf,
  watchedToExplain,
} from './component.ts';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: object };
  readonly spec?: object;
  readonly rules?: readonly unknown[];
}

const [before = '', after = '', ...names] = process.argv.slice(2);
const objectsOf = (file: string) =>
  parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as Manifest);
const nameOf = ({ kind, metadata }: Manifest) => `${kind} ${metadata.name}`;

const explains = names.includes(EXPLAIN);
const ofKinds = names.filter((name) => name !== EXPLAIN);
const added = ofKinds.map((name): Component => {
  const component = components.find((each) => each.name === name);
  if (!component) throw new Error(`there is no component ${name}`);
  return component;
});

/** An object as it should be with the components. */
function expected(manifest: Manifest): Manifest {
  const { kind, metadata, spec, rules = [] } = manifest;
  if (kind === 'CompositeController') {
    const { childResources, hooks } = objectOf(spec) as {
      childResources: readonly unknown[];
      hooks: { sync: { webhook: { url: string } } };
    };
    const customize = explains ? { customize: customizeHook(hooks.sync.webhook.url) } : {};
    return {
      ...manifest,
      ...(explains && { metadata: { ...metadata, labels: { ...metadata.labels, ...EXPLAIN_LABEL } } }),
      spec: {
        ...spec,
        childResources: [...childResources, ...added.map(childResourceOf)],
        hooks: { ...hooks, ...customize },
      },
    };
  }
  if (kind !== 'ClusterRole') return manifest;
  // In the order in which the components are named.
  const ours = names.flatMap((each) => {
    const component = added.find(({ name }) => name === each);
    return Object.entries(component ? rulesOf(component) : watchedToExplain).flatMap(([name, rule]) =>
      name === metadata.name ? [rule] : [],
    );
  });
  return { ...manifest, rules: [...rules, ...ours] };
}

const found = new Map(objectsOf(after).map((manifest) => [nameOf(manifest), manifest]));
const wanted = objectsOf(before).map(expected);
const differing = wanted.filter((manifest) => !isDeepStrictEqual(found.get(nameOf(manifest)), manifest));
for (const manifest of differing) {
  process.stdout.write(`${nameOf(manifest)}: is not as without the components, with what they add\n`);
}
if (found.size !== wanted.length)
  process.stdout.write('there are other objects than without the components\n');
if (differing.length > 0 || found.size !== wanted.length) process.exitCode = 1;
