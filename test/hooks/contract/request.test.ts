import { TypeCompiler } from '@sinclair/typebox/compiler';
import { test } from 'tap';
import { HookRequest } from '../../../hooks/contract/request.ts';
import { pointerTokens } from '../../../hooks/json.ts';
import { folders, recordings } from '../../fixtures/recordings.ts';

const compiled = TypeCompiler.Compile(HookRequest);

/** Where the schema is first offended, as a JSON pointer; undefined for a request that it accepts. */
const firstErrorPath = (body: unknown): string | undefined => compiled.Errors(body).First()?.path;

test('every recorded call to our hooks is a request', (t) => {
  for (const folder of folders) {
    for (const { hook, step, request } of recordings(folder)) {
      if (hook === 'customize') continue;
      t.equal(firstErrorPath(request), undefined, `${folder}/${step}-${hook}`);
      t.ok(compiled.Check(request), `${folder}/${step}-${hook} by the compiled check`);
    }
  }
  t.end();
});

test('a call to a customize hook, which this service does not have, is not a request', (t) => {
  const calls = recordings('customize').filter(({ hook }) => hook === 'customize');
  t.ok(calls.length > 0, 'there are such calls among the recordings');
  for (const { request, step } of calls) t.equal(firstErrorPath(request), '/children', `customize/${step}`);
  t.end();
});

const service = 'Service.v1/production-api';
const deployment = 'Deployment.apps~1v1/production-api';
const configMap = 'ConfigMap.v1/production-registry-server-config';

interface Offence {
  readonly reason: string;
  /** JSON pointer, with `~1` for a slash in a key, of what is set; removed where `value` is absent. */
  readonly at: string;
  readonly value?: unknown;
  /** Where the first error is reported, when that isn't `at`. */
  readonly path?: string;
}

const offences: readonly Offence[] = [
  { reason: 'a request without a parent is about nothing', at: '/parent' },
  { reason: 'a list is not a parent', at: '/parent', value: [] },
  {
    reason: 'without children nothing that runs would be seen, and what is not answered is deleted',
    at: '/children',
  },
  { reason: 'children are a map of maps', at: '/children', value: [] },
  { reason: 'null children say as little as none', at: '/children', value: null },
  { reason: 'a parent of another kind belongs to another hook', at: '/parent/kind', value: 'MCPServer' },
  {
    reason: 'a parent of another group is not ours',
    at: '/parent/apiVersion',
    value: 'example.com/v1alpha1',
  },
  {
    reason: 'a version that the CRD does not serve may mean anything',
    at: '/parent/apiVersion',
    value: 'toolhive.stacklok.dev/v1',
  },
  { reason: 'every object has metadata', at: '/parent/metadata' },
  { reason: 'children are named after the parent', at: '/parent/metadata/name' },
  { reason: 'a name is a string', at: '/parent/metadata/name', value: 7 },
  { reason: 'an empty name names nothing', at: '/parent/metadata/name', value: '' },
  { reason: 'an MCPRegistry is namespaced', at: '/parent/metadata/namespace' },
  { reason: 'an empty namespace is none', at: '/parent/metadata/namespace', value: '' },
  { reason: 'conditions speak of a generation', at: '/parent/metadata/generation' },
  { reason: 'a generation is a number', at: '/parent/metadata/generation', value: '1' },
  { reason: 'a generation is whole', at: '/parent/metadata/generation', value: 1.5 },
  { reason: 'a generation counts up from 0', at: '/parent/metadata/generation', value: -1 },
  {
    reason: 'labels are strings',
    at: '/parent/metadata/labels',
    value: { a: 1 },
    path: '/parent/metadata/labels/a',
  },
  { reason: 'a status is an object', at: '/parent/status', value: 'Running' },
  { reason: 'conditions are a list', at: '/parent/status/conditions', value: {} },
  {
    reason: 'a condition has a type, or it cannot be found again',
    at: '/parent/status/conditions',
    value: [{ status: 'True' }],
    path: '/parent/status/conditions/0/type',
  },
  { reason: 'a group is a map, keyed by name', at: '/children/Service.v1', value: [] },
  { reason: 'a child is an object', at: `/children/${service}`, value: 'production-api' },
  { reason: 'a child has metadata', at: `/children/${service}/metadata` },
  { reason: 'a child has a name', at: `/children/${service}/metadata/name` },
  { reason: 'a child says its kind', at: `/children/${service}/kind` },
  { reason: 'a child says its version', at: `/children/${service}/apiVersion` },
  {
    reason: 'a child of a group that is not ours is still an object',
    at: '/children/Secret.v1',
    value: { a: {} },
    path: '/children/Secret.v1/a/apiVersion',
  },
];

test('a body that is not a request is refused at its first wrong field', (t) => {
  for (const { reason, at, path = at, ...set } of offences) {
    const body = edited(ready(), at, 'value' in set ? { value: set.value } : undefined);
    t.equal(firstErrorPath(body), path, `${at}: ${reason}`);
    t.notOk(compiled.Check(body), `${at} by the compiled check`);
  }
  for (const body of [undefined, null, 'sync', 7, []]) {
    t.equal(firstErrorPath(body), '', `${JSON.stringify(body)} is no object at all`);
  }
  t.end();
});

/** What a child may hold is not checked: a registry is answered, and finalized, whatever somebody wrote into a child. */
const contents: readonly Offence[] = [
  {
    reason: 'annotations are strings, the last applied configuration too',
    at: `/children/${service}/metadata/annotations`,
    value: { 'metacontroller.k8s.io/last-applied-configuration': {} },
  },
  { reason: 'a port is a number', at: `/children/${service}/spec/ports/0/port`, value: '8080' },
  {
    reason: 'a selector maps strings to strings',
    at: `/children/${service}/spec/selector`,
    value: { app: null },
  },
  { reason: 'data of a ConfigMap is text', at: `/children/${configMap}/data/config.yaml`, value: {} },
  { reason: 'a counter is a number', at: `/children/${deployment}/status/readyReplicas`, value: '1' },
  { reason: 'a counter is whole', at: `/children/${deployment}/status/replicas`, value: 0.5 },
  {
    reason: 'the observed generation is compared with the generation',
    at: `/children/${deployment}/status/observedGeneration`,
    value: '1',
  },
  {
    reason: 'conditions of a Deployment are a list',
    at: `/children/${deployment}/status/conditions`,
    value: {},
  },
];

test('a body is a request whatever its children hold', (t) => {
  for (const { reason, at, value } of contents) {
    t.equal(firstErrorPath(edited(ready(), at, { value })), undefined, `${at}: ${reason}`);
  }
  t.end();
});

test('keys that nobody knows are tolerated at every level', (t) => {
  const places = [
    '',
    '/parent',
    '/parent/metadata',
    '/parent/status',
    '/parent/status/conditions/0',
    '/parent/spec',
    `/children/${service}`,
    `/children/${service}/metadata`,
    `/children/${service}/spec`,
    `/children/${service}/spec/ports/0`,
    `/children/${deployment}/status`,
    `/children/${deployment}/status/conditions/0`,
    `/children/${deployment}/metadata/managedFields/0`,
  ];
  for (const place of places) {
    const body = edited(ready(), `${place}/fromTheFuture`, { value: { any: ['thing'] } });
    t.equal(firstErrorPath(body), undefined, place === '' ? 'the request itself' : place);
  }
  t.equal(
    firstErrorPath(edited(ready(), '/children/Widget.example.com~1v1', { value: {} })),
    undefined,
    'a group of a kind that we do not make',
  );
  t.end();
});

test('a parent without spec is a request: an invalid spec is reported in the status', (t) => {
  for (const value of [undefined, null, 'text', [], 7]) {
    const body = edited(ready(), '/parent/spec', value === undefined ? undefined : { value });
    t.equal(firstErrorPath(body), undefined, `spec ${JSON.stringify(value)}`);
  }
  t.end();
});

/** A request with a status and all six children, to be edited. */
function ready(): unknown {
  return structuredClone(recordings('create').at(-1)?.request);
}

/** Sets what a JSON pointer names in `body` to `set.value`, or removes it without one. */
function edited(body: unknown, pointer: string, set?: { readonly value: unknown }): unknown {
  const keys = pointerTokens(pointer);
  const last = keys.pop();
  let target = body as Record<string, unknown>;
  for (const key of keys) target = target[key] as Record<string, unknown>;
  if (last === undefined) throw new Error('a pointer names something in the body');
  if (set === undefined) delete target[last];
  else target[last] = set.value;
  return body;
}
