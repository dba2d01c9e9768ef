import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'tap';
import { stringify } from 'yaml';
import { buildDesired } from '../../../../hooks/desired.ts';
import { differences } from '../../../../src/cli/diff/differences.ts';
import { validSpec } from '../../../support/arbitrary-spec.ts';
import { cli } from '../../../support/cli.ts';
import { deepFreeze } from '../../../support/deep-freeze.ts';
import { goldenCases } from '../../../support/golden-cases.ts';
import { context } from '../../../support/requests.ts';

const registry = (spec: object, name = 'a') => ({
  apiVersion: 'toolhive.stacklok.dev/v1beta1',
  kind: 'MCPRegistry',
  metadata: { name },
  spec,
});
const spec = { configYAML: 'sources: []\nauth: {mode: oauth}\n' };

/** Runs `diff` with both inputs in files. */
async function diff(folder: string, news: readonly object[], olds: readonly object[], ...flags: string[]) {
  const files = { new: join(folder, 'new.yaml'), old: join(folder, 'old.yaml') };
  writeFileSync(files.new, news.map((each) => `---\n${stringify(each, { compat: 'yaml-1.1' })}`).join(''));
  writeFileSync(files.old, olds.map((each) => `---\n${stringify(each, { compat: 'yaml-1.1' })}`).join(''));
  return await cli(['diff', '-f', files.new, '--against', files.old, ...flags]);
}

const template = (podTemplateSpec: object) => ({ ...spec, podTemplateSpec });
const env = (value: string) => ({
  spec: { containers: [{ name: 'registry-api', env: [{ name: 'A', value }] }] },
});

const replicas = (count: number, line: number) => `--- Deployment a-api
+++ Deployment a-api
@@ -11,7 +11,7 @@
   name: a-api
   namespace: default
 spec:
-  replicas: ${count}
+  replicas: ${line}
   selector:
     matchLabels:
       app.kubernetes.io/component: registry-api
`;

const cases: readonly {
  readonly reason: string;
  readonly news: readonly object[];
  readonly olds: readonly object[];
  readonly code: number;
  readonly out: string;
  readonly err: string;
}[] = [
  {
    reason: 'nothing changes',
    news: [registry(spec)],
    olds: [registry(spec)],
    code: 0,
    out: '',
    err: 'compared 1: 0 differ, 1 stay the same\n',
  },
  {
    reason: 'a field that no child depends on',
    news: [registry({ ...spec, displayName: 'A' })],
    olds: [registry(spec)],
    code: 0,
    out: '',
    err: 'compared 1: 0 differ, 1 stay the same\n',
  },
  {
    reason: 'the number of pods changes, and the pods stay',
    news: [registry({ ...spec, replicas: 3 })],
    olds: [registry({ ...spec, replicas: 2 })],
    code: 1,
    out: `MCPRegistry default/a changes Deployment\nrolls the pods: no, the pod template stays the same\n${replicas(2, 3)}`,
    err: 'compared 1: 1 differ, 0 stay the same\n',
  },
  {
    reason: 'a registry is new, and another one is gone',
    news: [registry(spec, 'b')],
    olds: [registry(spec)],
    code: 1,
    out: [
      'MCPRegistry default/b is new: ConfigMap, ServiceAccount, Role, RoleBinding, Deployment, Service. Its pods start\n',
      'MCPRegistry default/a is gone: ConfigMap, ServiceAccount, Role, RoleBinding, Deployment, Service would be deleted with it\n',
    ].join('\n'),
    err: 'compared 2: 2 differ, 0 stay the same\n',
  },
  {
    reason: 'an invalid spec changes nothing that runs',
    news: [registry({ configYAML: '- a' })],
    olds: [registry(spec)],
    code: 1,
    out: 'MCPRegistry default/a is invalid, and what runs would be left as it is:\n  spec.configYAML: must be a YAML mapping, such as "sources: […]" with further keys below it\n',
    err: 'compared 1: 1 differ, 0 stay the same\n',
  },
  {
    reason: 'of an invalid spec it is not known what runs',
    news: [registry(spec)],
    olds: [registry({ configYAML: '- a' })],
    code: 1,
    out: 'MCPRegistry default/a was invalid before, and what runs is not known:\n  spec.configYAML: must be a YAML mapping, such as "sources: […]" with further keys below it\n',
    err: 'compared 1: 1 differ, 0 stay the same\n',
  },
];

for (const { reason, news, olds, code, out, err } of cases) {
  test(reason, async (t) => {
    t.strictSame(await diff(t.testdir(), news, olds), { code, out, err });
  });
}

const reasons: readonly {
  readonly reason: string;
  readonly now: object;
  readonly old: object;
  readonly because: readonly string[];
}[] = [
  {
    reason: 'a configuration',
    now: { ...spec, configYAML: 'sources: [1]\n' },
    old: spec,
    because: ['config.yaml changes, which a server reads once'],
  },
  {
    reason: 'a variable that is changed',
    now: template(env('y')),
    old: template(env('x')),
    because: ['spec.containers[registry-api].env[A].value changes from "x" to "y"'],
  },
  {
    reason: 'a variable that is added',
    now: template(env('x')),
    old: spec,
    because: ['spec.containers[registry-api].env[A] is added'],
  },
  {
    reason: 'a node selector that is removed',
    now: spec,
    old: template({ spec: { nodeSelector: { a: 'b' } } }),
    because: ['spec.nodeSelector is removed'],
  },
  {
    reason: 'the order of volumes, which means nothing and is a change all the same',
    now: { ...spec, volumes: ['b', 'a'].map((name) => ({ name, emptyDir: {} })) },
    old: { ...spec, volumes: ['a', 'b'].map((name) => ({ name, emptyDir: {} })) },
    because: [
      'spec.volumes (order) changes from "registry-server-config, registry-server-data, registry-server-tmp, a, b" to "registry-server-config, registry-server-data, registry-server-tmp, b, a"',
    ],
  },
];

for (const { reason, now, old, because } of reasons) {
  test(`why the pods roll: ${reason}`, async (t) => {
    const folder = t.testdir();
    const { out } = await diff(folder, [registry(now)], [registry(old)], '-o', 'json');
    t.strictSame(JSON.parse(out).registries[0].because, because);
    const text = await diff(folder, [registry(now)], [registry(old)]);
    t.match(text.out, `\nrolls the pods: yes, because ${because.join('; ')}\n`);
  });
}

test('-o json has the differences of each child by their paths', async (t) => {
  const [now, old] = [3, 2].map((count) => registry({ ...spec, replicas: count }));
  const { code, out } = await diff(t.testdir(), [now ?? {}], [old ?? {}], '-o', 'json');
  t.equal(code, 1);
  t.strictSame(JSON.parse(out), {
    registries: [
      {
        ...{ namespace: 'default', name: 'a', change: 'edited', rollsPods: false, because: [], problems: [] },
        children: [
          {
            ...{ kind: 'Deployment', name: 'a-api', change: 'edited' },
            differences: [{ path: 'spec.replicas', old: 2, new: 3 }],
          },
        ],
      },
    ],
  });
});

test('a registry that is there twice is compared once', async (t) => {
  const folder = t.testdir();
  const { err } = await diff(folder, [registry(spec), registry(spec)], [registry(spec)]);
  t.equal(
    err,
    `MCPRegistry default/a is in the input twice: the one in ${join(folder, 'new.yaml')}:2 is not compared\ncompared 1: 0 differ, 1 stay the same\n`,
  );
});

test('a child that is rewritten is not compared line by line', async (t) => {
  const config = (word: string) =>
    registry({ configYAML: Array.from({ length: 3000 }, (_, line) => `${word}${line}: 1\n`).join('') });
  const { out } = await diff(t.testdir(), [config('a')], [config('b')]);
  t.match(out, '\n(more than 1000 lines are not the same)\n');
});

test('each golden case is the same as itself', async (t) => {
  const registries = goldenCases.map(({ registry, name }) => ({
    ...registry,
    metadata: { ...registry.metadata, namespace: name },
  }));
  const { code, err } = await diff(t.testdir(), registries, registries, '-o', 'json');
  t.equal(code, 0, err);
});

test('the pods roll exactly where the pod template is another one', async (t) => {
  const folder = t.testdir();
  const [now, old] = [join(folder, 'now.json'), join(folder, 'old.json')];
  const identity = { name: 'a', namespace: 'default' };
  const verdicts = new Set<boolean | null>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(validSpec, validSpec, fc.nat(2)), { minLength: 20, maxLength: 30 }),
      async (pairs) => {
        const specs = pairs.map(([one, other, edit]) => {
          // Two random specs have little in common; of the edits, one is about the pods, and one is not.
          const { displayName, disruptionBudget, podTemplateSpec } = other;
          const edits = [other, { ...one, podTemplateSpec }, { ...one, displayName, disruptionBudget }];
          const edited = edits[edit] ?? {};
          return deepFreeze([JSON.parse(JSON.stringify(one)), JSON.parse(JSON.stringify(edited))]);
        });
        const items = (index: 0 | 1) =>
          JSON.stringify(specs.map((pair, number) => registry(pair[index], `a${number}`)));
        writeFileSync(old, items(0));
        writeFileSync(now, items(1));
        const { out } = await cli(['diff', '-f', now, '--against', old, '-o', 'json']);
        const expected = specs.map((pair, number) => {
          const templates = pair.map((each) => {
            const { children } = buildDesired({ ...identity, name: `a${number}` }, each, context.defaults);
            return children && JSON.stringify(children.byKind.Deployment.spec.template);
          });
          return templates.includes(undefined) ? null : templates[0] !== templates[1];
        });
        for (const verdict of expected) verdicts.add(verdict);
        const found: { rollsPods: boolean | null; because: string[] }[] = JSON.parse(out).registries;
        return found.every(
          ({ rollsPods, because }, number) =>
            rollsPods === expected[number] && because.length > 0 === (rollsPods === true),
        );
      },
    ),
    { numRuns: 5, seed: 7 },
  );
  t.ok(verdicts.has(true) && verdicts.has(false), 'there are pairs of both kinds');
});

const values: readonly {
  readonly reason: string;
  readonly old: unknown;
  readonly now: unknown;
  readonly found: unknown;
}[] = [
  { reason: 'equal values', old: { a: [1, { b: null }] }, now: { a: [1, { b: null }] }, found: [] },
  {
    reason: 'a list without keys, by index',
    old: { a: [1, 2] },
    now: { a: [1, 3, 4] },
    found: [
      { path: 'a[1]', old: 2, new: 3 },
      { path: 'a[2]', new: 4 },
    ],
  },
  {
    reason: 'keys that occur twice are none',
    old: [{ name: 'a' }, { name: 'a' }],
    now: [{ name: 'a' }, { name: 'a', b: 1 }],
    found: [{ path: '[1].b', new: 1 }],
  },
  {
    reason: 'keys that are digits stay in their order',
    old: [{ containerPort: 9 }, { containerPort: 10, name: 'a' }],
    now: [{ containerPort: 10, name: 'b' }],
    found: [
      { path: '[10].name', old: 'a', new: 'b' },
      { path: '[9]', old: { containerPort: 9 } },
    ],
  },
  { reason: 'another type', old: { a: {} }, now: { a: [] }, found: [{ path: 'a', old: {}, new: [] }] },
  {
    reason: 'a key that objects inherit',
    old: {},
    now: { toString: 1 },
    found: [{ path: 'toString', new: 1 }],
  },
];

for (const { reason, old, now, found } of values) {
  test(`differences: ${reason}`, async (t) => {
    t.strictSame(differences(deepFreeze(old), deepFreeze(now)), found);
  });
}
