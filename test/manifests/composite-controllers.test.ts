import { readdirSync, readFileSync } from 'node:fs';
import { Value } from '@sinclair/typebox/value';
import { test } from 'tap';
import { parse, parseAllDocuments } from 'yaml';
import { isObject } from '../../hooks/json.ts';
import { CompositeController } from '../../scripts/metacontroller/composite-controller.ts';
import { documents, root } from '../support/documents.ts';
import { manifestText } from '../support/manifests.ts';

const base = parse(manifestText('base/composite-controller.yaml'));

/** Every object of the kind that is written down for people to apply, whole or as a patch of the one in `base`. */
const written = [
  ...readdirSync(`${root}manifests`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .map((path) => ({ path: `manifests/${path}`, text: readFileSync(`${root}manifests/${path}`, 'utf8') })),
  ...documents.flatMap(({ path, text }) =>
    [...text.matchAll(/^```ya?ml\n([\s\S]*?)^```$/gm)].map(([, block = '']) => ({ path, text: block })),
  ),
].flatMap(({ path, text }) =>
  parseAllDocuments(text)
    .map((document) => document.toJS())
    .filter((object) => object?.kind === 'CompositeController')
    .map((object) => ({ path, object })),
);

/** As kustomize patches a kind whose lists it knows nothing of (RFC 7396). */
function patched(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = patched(result[key], value);
  }
  return result;
}

const errorsOf = (object: unknown) =>
  [...Value.Errors(CompositeController, object)].map(({ path, message }) => `${path}: ${message}`);

test('Metacontroller has each field of each CompositeController that is written down', (t) => {
  t.ok(written.some(({ path }) => path.startsWith('docs/')));
  t.ok(written.length >= 6, 'they are found');
  for (const { path, object } of written) {
    t.equal(object.metadata.name, base.metadata.name, `${path}: the finalizers have this name`);
    t.strictSame(errorsOf(patched(base, object)), [], path);
  }
  t.end();
});

test('a field that Metacontroller does not have is found', (t) => {
  const cases = [
    {
      reason: 'a selector belongs below parentResource',
      patch: { spec: { labelSelector: { matchLabels: { a: 'b' } } } },
      errors: ['/spec/labelSelector: Unexpected property'],
    },
    {
      reason: 'labels belong below matchLabels',
      patch: { spec: { parentResource: { labelSelector: { a: 'b' } } } },
      errors: ['/spec/parentResource/labelSelector/a: Unexpected property'],
    },
    {
      reason: 'a namespace is nothing that it selects by',
      patch: { spec: { parentResource: { namespaceSelector: {} } } },
      errors: ['/spec/parentResource/namespaceSelector: Unexpected property'],
    },
    {
      reason: 'a label is a text',
      patch: { spec: { parentResource: { labelSelector: { matchLabels: { a: true } } } } },
      errors: ['/spec/parentResource/labelSelector/matchLabels/a: Expected string'],
    },
    {
      reason: 'an operator of labels that there is not',
      patch: {
        spec: { parentResource: { labelSelector: { matchExpressions: [{ key: 'a', operator: 'Is' }] } } },
      },
      errors: ['/spec/parentResource/labelSelector/matchExpressions/0/operator: Expected union value'],
    },
    {
      reason: 'a resource that is taken away',
      patch: { spec: { parentResource: { resource: null } } },
      errors: [
        '/spec/parentResource/resource: Expected required property',
        '/spec/parentResource/resource: Expected string',
      ],
    },
    {
      reason: 'the hook of another name',
      patch: { spec: { hooks: { finalise: {} } } },
      errors: ['/spec/hooks/finalise: Unexpected property'],
    },
    {
      reason: 'a timeout is a duration',
      patch: { spec: { hooks: { sync: { webhook: { timeout: '10 s' } } } } },
      errors: [
        "/spec/hooks/sync/webhook/timeout: Expected string to match '^([0-9]+(\\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$'",
      ],
    },
  ];
  for (const { reason, patch, errors } of cases) t.strictSame(errorsOf(patched(base, patch)), errors, reason);
  t.end();
});
