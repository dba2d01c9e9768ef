import type { TSchema } from '@sinclair/typebox';
import { stringify } from 'yaml';
import { MCPRegistrySpec } from '../../hooks/registry/spec.ts';
import { type Component, childResourceOf, components, rulesOf } from './component.ts';

const WRITTEN = 'Written by `npm run generate` from the table in hooks/children/child-kinds.ts.';
const WIDTH = 110;
const DOCUMENT = 'docs/operations.md, "Optional children"';

/** Each kustomization that follows from the table of kinds, by its path in the checkout. */
export const kustomizations: ReadonlyMap<string, string> = new Map([
  ...components.map(
    (component) =>
      [`manifests/components/${component.name}/kustomization.yaml`, componentText(component)] as const,
  ),
  ['manifests/overlays/optional-children/kustomization.yaml', overlayText()],
]);

/** Patches of JSON that append: a strategic merge would replace the lists of others. */
function componentText(component: Component): string {
  const { kind, field, needs } = component;
  return document(
    [
      WRITTEN,
      '',
      `For ${field} of a registry, which has no effect otherwise. ${descriptionOf(field)}`,
      '',
      `Metacontroller manages objects of kind ${kind} then, gets the rights for it, and watches those of the whole cluster: it keeps each of them in memory.`,
      needs
        ? `Apply ${needs.what} first, and keep them: ${needs.url}. Where the kind is unknown, Metacontroller does nothing for any registry.`
        : 'Every cluster has this kind.',
      '',
      `Once in the components of a kustomization, in any order with others: ${DOCUMENT}.`,
    ],
    {
      apiVersion: 'kustomize.config.k8s.io/v1alpha1',
      kind: 'Component',
      patches: [
        append(
          { group: 'metacontroller.k8s.io', kind: 'CompositeController', name: 'mcpregistry' },
          '/spec/childResources/-',
          childResourceOf(component),
        ),
        ...Object.entries(rulesOf(component)).map(([name, rule]) =>
          append({ group: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name }, '/rules/-', rule),
        ),
      ],
    },
  );
}

function append(target: object, path: string, value: object) {
  return { target, patch: stringify([{ op: 'add', path, value }]) };
}

function overlayText(): string {
  return document(
    [
      WRITTEN,
      '',
      'Everything a cluster needs besides Metacontroller, and every optional child whose kind each cluster has: `kubectl apply -k manifests/overlays/optional-children`.',
      '',
      `Copy it to choose: keep the components that your registries use, add others of manifests/components, and put an overlay with TLS and authentication in the place of base: ${DOCUMENT}.`,
    ],
    {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: ['../../base'],
      components: components.filter(({ needs }) => !needs).map(({ name }) => `../../components/${name}`),
    },
  );
}

/** The description of a field such as `spec.expose.ingress`. */
function descriptionOf(field: string): string {
  const schema = field
    .split('.')
    .slice(1)
    .reduce<TSchema | undefined>((at, name) => at?.['properties']?.[name], MCPRegistrySpec);
  if (!schema?.description) throw new Error(`${field} has no description`);
  return schema.description;
}

function document(comment: readonly string[], content: object): string {
  return `${comment.flatMap(commentLines).join('\n')}\n${stringify(content)}`;
}

function commentLines(paragraph: string): string[] {
  const lines = [''];
  for (const word of paragraph.split(' ')) {
    const line = `${lines.at(-1)} ${word}`;
    if (line.length > WIDTH && lines.at(-1) !== '') lines.push(` ${word}`);
    else lines[lines.length - 1] = line;
  }
  return lines.map((line) => `#${line}`.trimEnd());
}
