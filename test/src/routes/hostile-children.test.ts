import { test } from 'tap';
import type { HookRequest } from '../../../hooks/contract/request.ts';
import { recording } from '../../fixtures/recordings.ts';
import { testApp } from '../../support/app.ts';

/** What a user with the right to edit a child may write into it. Each registry must still be answered. */
const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const deepList = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const note = (text: string) => ({
  annotations: { 'metacontroller.k8s.io/last-applied-configuration': text },
});

interface Case {
  readonly reason: string;
  /** The fields to replace in each child, as JSON. */
  readonly child: string;
}

const cases: readonly Case[] = [
  { reason: 'a deep annotation', child: JSON.stringify({ metadata: note(deep(40_000)) }) },
  { reason: 'a deep list in an annotation', child: JSON.stringify({ metadata: note(deepList(100_000)) }) },
  {
    reason: 'a deep object',
    child: `{"spec":${deep(40_000)},"data":${deep(40_000)},"rules":${deepList(9000)}}`,
  },
  {
    reason: 'a deep object of which the annotation names all',
    child: `{"spec":${deep(9000)},"metadata":${JSON.stringify(note(`{"spec":${deep(9000)}}`))}}`,
  },
  {
    reason: 'deep managed fields',
    child: `{"metadata":{"managedFields":[{"operation":"Apply","fieldsV1":${deep(40_000).replaceAll('"a"', '"f:spec"')}}]}}`,
  },
  {
    reason: 'many managed fields',
    child: JSON.stringify({
      metadata: { managedFields: Array(150_000).fill({}) },
    }),
  },
  {
    reason: 'invalid managed fields',
    child: JSON.stringify({ metadata: { managedFields: [1, null, 'x', []] } }),
  },
  {
    reason: 'invalid labels and annotations',
    child: JSON.stringify({ metadata: { labels: 7, annotations: [] } }),
  },
  {
    reason: 'content of other types',
    child: JSON.stringify({ spec: [], data: 7, rules: 'x', status: { replicas: 'x' } }),
  },
  {
    reason: 'ports of other types',
    child: JSON.stringify({ spec: { ports: [null, 7, { port: 'x' }], selector: { a: 1 } } }),
  },
  {
    reason: 'containers of other types',
    child: JSON.stringify({ spec: { template: { spec: { containers: { a: 1 }, volumes: 'x' } } } }),
  },
];

const last = recording('delete', 1).request as HookRequest;

/** The body with some fields of each child replaced; built as text, because JSON.stringify fails on deep nesting. */
function bodyWith({ child }: Case, invalid: boolean): string {
  const places: string[] = [];
  const children = Object.fromEntries(
    Object.entries(last.children).map(([group, objects]) => [
      group,
      Object.fromEntries(
        Object.entries(objects ?? {}).map(([name, object]) => {
          const { apiVersion, kind, metadata } = object;
          places.push(
            JSON.stringify({ apiVersion, kind, name: metadata.name, namespace: metadata.namespace }),
          );
          return [name, `@${places.length - 1}@`];
        }),
      ),
    ]),
  );
  const parent = invalid ? { ...last.parent, spec: { configYAML: 7 } } : last.parent;
  const inner = child.slice(1, -1);
  const hasMetadata = child.includes('"metadata":');
  return JSON.stringify({ ...last, parent, children }).replaceAll(/"@(\d+)@"/g, (__, index: string) => {
    const { apiVersion, kind, name, namespace } = JSON.parse(places[Number(index)] ?? '');
    const identity = `"name":"${name}","namespace":"${namespace}"`;
    const rest = hasMetadata
      ? inner.replace('"metadata":{', () => `"metadata":{${identity},`)
      : `${inner},"metadata":{${identity}}`;
    return `{"apiVersion":"${apiVersion}","kind":"${kind}",${rest}}`;
  });
}

for (const each of cases) {
  test(`a registry is answered with children of ${each.reason}`, async (t) => {
    const { app } = testApp({ environment: { LOG_LEVEL: 'silent' } });
    t.teardown(() => app.close());
    for (const [hook, invalid, children] of [
      ['finalize', false, 4],
      ['sync', true, 6],
      ['sync', false, undefined],
    ] as const) {
      const reply = await app.inject({
        method: 'POST',
        url: `/${hook}`,
        headers: { 'content-type': 'application/json' },
        payload: bodyWith(each, invalid),
      });
      t.equal(reply.statusCode, 200, `${hook}: ${reply.body.slice(0, 200)}`);
      if (children !== undefined) t.equal(reply.json().children.length, children, hook);
    }
  });
}
