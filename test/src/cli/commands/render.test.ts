import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { groupKey, kindsOfChildren } from '../../../../hooks/children/child-kinds.ts';
import type { HookRequest } from '../../../../hooks/contract/request.ts';
import { finalize } from '../../../../hooks/finalize.ts';
import { sync } from '../../../../hooks/sync.ts';
import { folders, recordings } from '../../../fixtures/recordings.ts';
import { cli } from '../../../support/cli.ts';
import { deepFreeze } from '../../../support/deep-freeze.ts';
import { root } from '../../../support/documents.ts';
import { goldenCases, objectCases } from '../../../support/golden-cases.ts';
import { context, recorded, withOurChildren } from '../../../support/requests.ts';

const noChildren = Object.fromEntries(kindsOfChildren.map((kind) => [groupKey(kind), {}]));

interface Manifest {
  readonly metadata: object;
}

/** What the hook answers for a registry that was just made. */
const firstAnswer = (registry: Manifest) =>
  sync(
    deepFreeze({
      parent: { ...registry, metadata: { namespace: 'default', ...registry.metadata, generation: 1 } },
      children: noChildren,
    }) as unknown as HookRequest,
    context,
  );

const documentsOf = (stream: string, version: '1.1' | '1.2' = '1.2'): unknown[] =>
  parseAllDocuments(stream, { version }).map((each) => each.toJS());
const itemsOf = (text: string): unknown[] => JSON.parse(text).items;

const manifests: readonly { readonly name: string; readonly registry: Manifest }[] = [
  ...goldenCases,
  ...[...objectCases].map(([name, registry]) => ({ name, registry })),
];

test('the children of each golden case are those of the hook, byte for byte and in its order', async (t) => {
  for (const { name, registry } of manifests) {
    const { children } = firstAnswer(registry);
    const stdin = stringify(registry, { compat: 'yaml-1.1' });
    const yaml = await cli(['render', '-f', '-'], { stdin });
    t.strictSame({ code: yaml.code, err: yaml.err }, { code: 0, err: '' }, name);
    t.equal(JSON.stringify(documentsOf(yaml.out)), JSON.stringify(children), `${name} as YAML`);
    t.equal(JSON.stringify(documentsOf(yaml.out, '1.1')), JSON.stringify(children), `${name} as YAML 1.1`);
    const json = await cli(['render', '-o', 'json', '-f', '-'], { stdin });
    t.equal(JSON.stringify(itemsOf(json.out)), JSON.stringify(children), `${name} as JSON`);
  }
});

test('the children of each example are those of the hook', async (t) => {
  const { code, out, err } = await cli(['render', '-o', 'json', '-f', `${root}manifests/examples`]);
  t.equal(code, 0);
  t.match(err, /^passed over: \d+ Job, /);
  const names = [
    ...['configmap', 'everything', 'exposed', 'git-private', 'kubernetes-discovery', 'postgres-oauth', 'pvc'],
    ...['quickstart', 'raw-config', 'recorded', 'upstream-api'],
  ];
  const registries = names.map((name) =>
    parse(readFileSync(`${root}manifests/examples/${name}/mcpregistry.yaml`, 'utf8')),
  );
  const expected = registries.flatMap((registry) => firstAnswer(registry).children);
  t.equal(JSON.stringify(itemsOf(out)), JSON.stringify(expected));
});

/** The requests of recordings that are for the sync and the finalize hook, also as they would be with the children of this project. */
const requests = folders.flatMap((folder) =>
  recordings(folder)
    .filter((each) => each.hook !== 'customize')
    .flatMap(({ hook, step }) => {
      const request = recorded(folder, step);
      return [
        { hook, title: `${folder}/${step}`, request },
        { hook, title: `${folder}/${step} with our children`, request: withOurChildren(request) },
      ];
    }),
);

test('with the children that are observed, the answer is the one to the recorded request', async (t) => {
  t.ok(requests.length > 50);
  const folder = t.testdir();
  for (const { hook, title, request } of requests) {
    const { children, status } = (hook === 'finalize' ? finalize : sync)(request, context);
    const observed = Object.values(request.children).flatMap((group) => Object.values(group ?? {}));
    writeFileSync(join(folder, 'parent.json'), JSON.stringify(request.parent));
    writeFileSync(join(folder, 'children.json'), JSON.stringify({ kind: 'List', items: observed }));
    const args = ['render', '--status', '-o', 'json', '-f', join(folder, 'parent.json')];
    const { code, out } = await cli([...args, '--observed', join(folder, 'children.json')]);
    t.equal(code, status.phase === 'Failed' ? 1 : 0, title);
    const [parent, ...rest] = itemsOf(out);
    t.equal(JSON.stringify(rest), JSON.stringify(children), title);
    t.equal(JSON.stringify(parent), JSON.stringify({ ...request.parent, status }), `${title}: status`);
  }
});

const registry = {
  apiVersion: 'toolhive.stacklok.dev/v1beta1',
  kind: 'MCPRegistry',
  metadata: { name: 'a' },
  spec: { configYAML: 'sources: []\n' },
};

test('texts stay texts for readers of YAML 1.1, as kubectl is one', async (t) => {
  const words = [
    'yes',
    'on',
    'y',
    '0644',
    '12:30',
    '2026-11-28',
    '1_000',
    'null',
    '~',
    '0x1f',
    '1e3',
    '.5',
    'a: b',
    '',
  ];
  const annotations = Object.fromEntries(words.map((word, index) => [`example.com/a${index}`, word]));
  const spec = { ...registry.spec, service: { annotations } };
  const { code, out } = await cli(['render', '-f', '-'], { stdin: JSON.stringify({ ...registry, spec }) });
  t.equal(code, 0);
  for (const version of ['1.1', '1.2'] as const) {
    const service = documentsOf(out, version).find((each) => (each as { kind: string }).kind === 'Service');
    t.match(service, { metadata: { annotations } }, version);
  }
});

test('without a registry nothing is printed', async (t) => {
  t.strictSame(await cli(['render', '-f', '-'], { stdin: 'apiVersion: v1\nkind: Secret\n' }), {
    ...{ code: 0, out: '' },
    err: 'there is no MCPRegistry in the input\npassed over: 1 Secret\n',
  });
});

test('-n names the namespace of a registry that names none', async (t) => {
  for (const [flags, namespace] of [
    [[], 'default'],
    [['-n', 'other'], 'other'],
  ] as const) {
    const { out } = await cli(['render', ...flags, '-f', '-'], { stdin: JSON.stringify(registry) });
    const expected = firstAnswer({ ...registry, metadata: { name: 'a', namespace } }).children;
    t.equal(JSON.stringify(documentsOf(out)), JSON.stringify(expected), namespace);
  }
});

test('a text that kubectl takes for a number is quoted, also beside texts of several lines', async (t) => {
  const annotations = { a: '0X1F', b: '1_000', c: 'yes', d: 'two\nlines', e: 'a' };
  const spec = { ...registry.spec, podTemplateSpec: { metadata: { annotations } } };
  const { out } = await cli(['render', '-f', '-'], { stdin: JSON.stringify({ ...registry, spec }) });
  for (const [name, text] of Object.entries({ a: '"0X1F"', b: '"1_000"', c: '"yes"', e: 'a' })) {
    t.match(out, `\n        ${name}: ${text}\n`);
  }
  t.strictSame(
    documentsOf(out),
    firstAnswer({ ...registry, spec } as Manifest).children,
    'and each of them is read as it was',
  );
});

test('settings come from the environment variables of the service, and no others matter', async (t) => {
  const stdin = JSON.stringify(registry);
  const environment = { REGISTRY_API_IMAGE: 'registry.example/server:v9', PORT: 'tcp://10.0.0.1' };
  const { code, out } = await cli(['render', '-f', '-'], { stdin, environment });
  t.equal(code, 0);
  t.match(out, 'image: registry.example/server:v9\n');
  t.strictSame(await cli(['render', '-f', '-'], { stdin, environment: { REGISTRY_API_IMAGE: 'x' } }), {
    code: 2,
    out: '',
    err: 'error: invalid settings:\nREGISTRY_API_IMAGE is "x": it must be an image reference with a tag or a digest\n',
  });
});

const cases: readonly {
  readonly reason: string;
  readonly change: object;
  readonly err: string;
}[] = [
  {
    reason: 'an invalid spec has no children while none is observed',
    change: { spec: {} },
    err: 'standard input:1: MCPRegistry default/a: ',
  },
  {
    reason: 'without a name there is no request',
    change: { metadata: {} },
    err: 'standard input:1: MCPRegistry default/: metadata.name: must be set: the names of all children begin with it\n',
  },
  {
    reason: 'a version that nobody serves',
    change: { apiVersion: 'toolhive.stacklok.dev/v1' },
    err: 'standard input:1: MCPRegistry default/a: apiVersion: must be toolhive.stacklok.dev/v1alpha1 or toolhive.stacklok.dev/v1beta1: write one of them\n',
  },
];

for (const { reason, change, err } of cases) {
  test(`${reason}: nothing is printed, and the exit code is 1`, async (t) => {
    const result = await cli(['render', '-f', '-'], { stdin: JSON.stringify({ ...registry, ...change }) });
    t.match(result, { code: 1, out: '', err });
  });
}
