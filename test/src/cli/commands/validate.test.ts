import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'tap';
import { cli } from '../../../support/cli.ts';
import { corpus } from '../../../support/corpus.ts';
import { root } from '../../../support/documents.ts';
import { goldenCases, objectCases } from '../../../support/golden-cases.ts';

const version = 'toolhive.stacklok.dev/v1beta1';

/** A registry without problems and warnings, in a database of its own. */
const quiet = (name: string, database = name) => `apiVersion: ${version}
kind: MCPRegistry
metadata:
  name: ${name}
spec:
  sources:
    - name: a
      git: {repository: "https://example.com/a.git", branch: main}
      claims: {team: x}
  registries:
    - name: all
      sources: [a]
      claims: {team: x}
  databaseConfig:
    database: ${database}
  authConfig:
    mode: oauth
    oauth:
      providers:
        - {name: p, issuerUrl: "https://i", audience: a}
    authz:
      roles:
        superAdmin: [{group: admins}]
`;

const wrong = `apiVersion: ${version}
kind: MCPRegistry
metadata:
  name: wrong
  namespace: own
spec:
  sources:
    - name: a
      git:
        repository: ftp://example.com
  sorces: []
---
apiVersion: ${version}
kind: MCPRegistry
metadata:
  name: raw
spec:
  displayName: a
  configYAML: |

    a: 1
    b: [
    c: 1
`;

const anonymous = `apiVersion: ${version}
kind: MCPRegistry
metadata:
  name: anonymous
spec:
  configYAML: |
    sources: []
    auth:
      mode: anonymous
`;

const anonymousMessage =
  'is anonymous: whoever reaches the Service may also publish entries and add sources and views. Set oauth, or limit who reaches it with a NetworkPolicy';

interface Case {
  readonly reason: string;
  readonly stdin: string;
  readonly args?: readonly string[];
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const cases: readonly Case[] = [
  {
    reason: 'nothing is said of what is valid',
    stdin: quiet('a'),
    code: 0,
    out: '',
    err: 'checked 1 registry, none is invalid\n',
  },
  {
    reason: 'a warning is no mistake',
    stdin: `${quiet('a')}---\n${anonymous}`,
    code: 0,
    out: `standard input:33:7: warning: MCPRegistry default/anonymous: spec.configYAML: auth.mode: ${anonymousMessage} [AnonymousWrites]\n`,
    err: 'checked 2 registries, none is invalid, 1 warning\n',
  },
  {
    reason: 'a warning is one where that is asked for',
    stdin: anonymous,
    args: ['--warnings-as-errors'],
    code: 1,
    out: `standard input:9:7: warning: MCPRegistry default/anonymous: spec.configYAML: auth.mode: ${anonymousMessage} [AnonymousWrites]\n`,
    err: 'checked 1 registry, none is invalid, 1 warning\n',
  },
  {
    reason: 'objects of other kinds and other documents are counted',
    stdin: 'kind: Secret\napiVersion: v1\n---\na: 1\n',
    code: 0,
    out: '',
    err: 'passed over: 1 Secret, 1 that is no Kubernetes object\nthere is no MCPRegistry in the input\n',
  },
  {
    reason: 'two registries of one name: the later one is warned about, and they share no database',
    stdin: `${quiet('a')}---\n${quiet('a')}`,
    code: 0,
    out: 'standard input:28:3: warning: MCPRegistry default/a: metadata.name: is the name of the MCPRegistry in standard input:1 as well: in one cluster the one that is applied last replaces the other. Rename one, or check them apart [SameName]\n',
    err: 'checked 2 registries, none is invalid, 1 warning\n',
  },
  {
    reason: 'two registries on one database: both are warned about',
    stdin: `${quiet('a')}---\n${quiet('b', 'a')}`,
    code: 0,
    out: [
      [14, 'a', 'b'],
      [38, 'b', 'a'],
    ]
      .map(
        ([line, one, other]) =>
          `standard input:${line}:3: warning: MCPRegistry default/${one}: spec.databaseConfig: is the database of MCPRegistry ${other} as well: registries that share one delete, or serve, each other's sources and views. Give each a database of its own [SharedDatabase]\n`,
      )
      .join(''),
    err: 'checked 2 registries, none is invalid, 2 warnings\n',
  },
  {
    reason: 'another object has the name of a child',
    stdin: `apiVersion: v1\nkind: Service\nmetadata: {name: a-api}\n---\n${quiet('a')}`,
    code: 0,
    out: 'standard input:8:3: warning: MCPRegistry default/a: metadata.name: makes a Service a-api that is in standard input:1 already: Metacontroller changes no object of others, and the registry would never be ready. Rename one [NameTaken]\n',
    err: 'passed over: 1 Service\nchecked 1 registry, none is invalid, 1 warning\n',
  },
  {
    reason: 'the child itself, as it comes from a cluster, does not take the name',
    stdin: `apiVersion: v1\nkind: Service\nmetadata: {name: a-api, ownerReferences: [{kind: MCPRegistry, name: a, controller: true}]}\n---\n${quiet('a')}`,
    code: 0,
    out: '',
    err: 'passed over: 1 Service\nchecked 1 registry, none is invalid\n',
  },
  {
    reason: 'an object of another namespace does not take the name',
    stdin: `apiVersion: v1\nkind: Service\nmetadata: {name: a-api, namespace: other}\n---\n${quiet('a')}`,
    code: 0,
    out: '',
    err: 'passed over: 1 Service\nchecked 1 registry, none is invalid\n',
  },
  {
    reason: 'a registry without a name',
    stdin: quiet('""', 'db'),
    code: 1,
    out: 'standard input:4:3: error: MCPRegistry default/: metadata.name: must be set: the names of all children begin with it [InvalidObject]\n',
    err: 'checked 1 registry, 1 error in 1 of them\n',
  },
  {
    reason: 'a name that the API server refuses',
    stdin: quiet('A_b'),
    code: 1,
    out: 'standard input:4:3: error: MCPRegistry default/A_b: metadata.name: must be the name of an object (lower-case letters, digits, "-" and "."): correct it [InvalidObject]\n',
    err: 'checked 1 registry, 1 error in 1 of them\n',
  },
  {
    reason: 'a namespace that the API server refuses',
    stdin: quiet('a\n  namespace: a.b', 'db'),
    code: 1,
    out: 'standard input:5:3: error: MCPRegistry a.b/a: metadata.namespace: must be at most 63 lower-case letters, digits and "-", with a letter or digit at both ends: correct it [InvalidObject]\n',
    err: 'checked 1 registry, 1 error in 1 of them\n',
  },
  {
    reason: 'a label that is no text',
    stdin: quiet('a\n  labels: {example.com/a: 1}', 'db'),
    code: 1,
    out: 'standard input:5:12: error: MCPRegistry default/a: metadata.labels.example.com/a: the API server would refuse it: expected string [InvalidObject]\n',
    err: 'checked 1 registry, 1 error in 1 of them\n',
  },
  {
    reason: 'a field beside the spec that no registry has',
    stdin: `${quiet('a')}sepc: 1\n`,
    code: 1,
    out: 'standard input:24:1: error: MCPRegistry default/a: sepc: is not a field of an MCPRegistry, and would be dropped: remove it, or use one of apiVersion, kind, metadata, spec, status [UnknownField]\n',
    err: 'checked 1 registry, 1 error in 1 of them\n',
  },
];

/** As `quiet`, in another group or kind. */
const written = (apiVersion: string, kind: string) =>
  quiet('a').replace(/^apiVersion: .*\nkind: .*/, `apiVersion: ${apiVersion}\nkind: ${kind}`);

const moreCases: readonly Case[] = [
  ...[
    { reason: 'of another group', stdin: written('toolhive.stacklok.com/v1beta1', 'MCPRegistry') },
    { reason: 'of another version', stdin: written('toolhive.stacklok.dev/v1', 'MCPRegistry') },
    { reason: 'without a version', stdin: written('', 'MCPRegistry') },
  ].map(({ reason, stdin }) => ({
    ...{ reason: `a registry ${reason} is not passed over`, stdin, code: 1 },
    out: 'standard input:1:1: error: MCPRegistry default/a: apiVersion: must be toolhive.stacklok.dev/v1alpha1 or toolhive.stacklok.dev/v1beta1: write one of them [InvalidObject]\n',
    err: 'checked 1 registry, 1 error in 1 of them\n',
  })),
  {
    reason: 'a kind that differs in its case only',
    stdin: written(version, 'mcpregistry'),
    code: 1,
    out: 'standard input:2:1: error: MCPRegistry default/a: kind: must be MCPRegistry: write it so [InvalidObject]\n',
    err: 'checked 1 registry, 1 error in 1 of them\n',
  },
  {
    reason: 'items of a List that are no objects, and Lists in it, are counted',
    stdin: 'kind: MCPRegistryList\nitems: [{metadata: {name: a}}, {apiVersion: v1, kind: List, items: []}]\n',
    code: 0,
    out: '',
    err: 'passed over: 1 List, 1 that is no Kubernetes object\nthere is no MCPRegistry in the input\n',
  },
  {
    reason: 'all mistakes of an object are named at once, also those of its spec',
    stdin: `apiVersion: ${version}\nkind: MCPRegistry\nmetadata:\n  name: 5\n  namespace: 6\n  labels: {a: 1, b: 2}\n  anotations: {}\nspec:\n  replicas: x\n  configYAML: |\n    sources: []\n  sorces: []\n`,
    code: 1,
    out: [
      '4:3: error: MCPRegistry default/: metadata.name: must be a text: write it in quotes [InvalidObject]',
      '5:3: error: MCPRegistry default/: metadata.namespace: must be a text: write it in quotes [InvalidObject]',
      '6:12: error: MCPRegistry default/: metadata.labels.a: the API server would refuse it: expected string [InvalidObject]',
      '6:18: error: MCPRegistry default/: metadata.labels.b: the API server would refuse it: expected string [InvalidObject]',
      '7:3: error: MCPRegistry default/: metadata.anotations: is not a field of an MCPRegistry, and would be dropped: remove it, or use one of name, namespace, labels, annotations, generateName, finalizers, ownerReferences, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, managedFields, selfLink [UnknownField]',
      '9:3: error: MCPRegistry default/: spec.replicas: must be a whole number from 0 to 1000, found "x" [InvalidSpec]',
      '12:3: error: MCPRegistry default/: spec.sorces: is not a field of an MCPRegistry, and would be dropped: remove it, or use one of configYAML, volumes, volumeMounts, pgpassSecretRef, imagePullSecrets, displayName, enforceServers, sources, registries, defaultSource, source, syncPolicy, filter, databaseConfig, authConfig, telemetryConfig, auditConfig, podTemplateSpec, replicas, autoscaling, disruptionBudget, service, serviceAccount, networkPolicy, expose, monitoring [UnknownField]',
    ]
      .map((line) => `standard input:${line}\n`)
      .join(''),
    err: 'checked 1 registry, 7 errors in 1 of them\n',
  },
  {
    reason: 'both names are wrong',
    stdin: quiet('A_b\n  namespace: a.b', 'db'),
    code: 1,
    out: [
      '4:3: error: MCPRegistry a.b/A_b: metadata.name: must be the name of an object (lower-case letters, digits, "-" and "."): correct it [InvalidObject]',
      '5:3: error: MCPRegistry a.b/A_b: metadata.namespace: must be at most 63 lower-case letters, digits and "-", with a letter or digit at both ends: correct it [InvalidObject]',
    ]
      .map((line) => `standard input:${line}\n`)
      .join(''),
    err: 'checked 1 registry, 2 errors in 1 of them\n',
  },
  {
    reason: 'registries without a name do not have the same one',
    stdin: [1, 2].map(() => quiet('', 'db')).join('---\n'),
    code: 1,
    out: [4, 28]
      .map(
        (line) =>
          `standard input:${line}:3: error: MCPRegistry default/: metadata.name: must be set: the names of all children begin with it [InvalidObject]\n`,
      )
      .join(''),
    err: 'checked 2 registries, 2 errors in 2 of them\n',
  },
];

for (const { reason, stdin, args = [], code, out, err } of [...cases, ...moreCases]) {
  test(reason, async (t) => {
    t.strictSame(await cli(['validate', ...args, '-f', '-'], { stdin }), { code, out, err });
  });
}

test('mistakes are listed in the order of their lines, also those inside of configYAML', async (t) => {
  const { code, out, err } = await cli(['validate', '-f', '-'], { stdin: wrong });
  t.equal(code, 1);
  t.strictSame(
    out.split('\n').map((line) => line.split(/: (?:must|is) /)[0]),
    [
      'standard input:6:1: error: MCPRegistry own/wrong: spec.registries',
      'standard input:10:9: error: MCPRegistry own/wrong: spec.sources[0].git.repository',
      'standard input:11:3: error: MCPRegistry own/wrong: spec.sorces',
      'standard input:23:5: error: MCPRegistry default/raw: spec.configYAML',
      '',
    ],
  );
  t.equal(err, 'checked 2 registries, 4 errors in 2 of them\n');
});

test('what is not closed is found at the end of configYAML, and not behind the file', async (t) => {
  const text = `apiVersion: ${version}\nkind: MCPRegistry\nmetadata: {name: a}\nspec:\n  configYAML: |\n    sources: [\n`;
  for (const stdin of [text, text.trimEnd(), `${text}\n\n`]) {
    const { out } = await cli(['validate', '-f', '-'], { stdin });
    t.match(out, /^standard input:6:15: error: MCPRegistry default\/a: spec.configYAML: must be YAML: line /);
    t.equal(out.split('\n').length, 2);
  }
});

test('files may come last, as pre-commit names them', async (t) => {
  const folder = t.testdir({ 'a.yaml': quiet('a'), 'b.yaml': quiet('b') });
  const [a, b] = [join(folder, 'a.yaml'), join(folder, 'b.yaml')];
  for (const args of [
    [a, b],
    ['-f', a, b],
    ['-f', a, '-f', b],
  ]) {
    const { err } = await cli(['validate', ...args]);
    t.equal(err, 'checked 2 registries, none is invalid\n', args.join(' '));
  }
  t.strictSame(await cli(['validate']), {
    ...{ code: 2, out: '' },
    err: 'error: there is nothing to validate: name it with -f\n',
  });
});

test('what can not be read is a finding, the rest is read, and the exit code is 2', async (t) => {
  const folder = t.testdir({
    'a.yaml': `a: 1\n---\na: [\n---\n${anonymous}`,
    'b.yaml': Buffer.from([0x61, 0xff]),
    'c.yaml': quiet('c'),
    'd.yaml': `${'['.repeat(201)}${']'.repeat(201)}`,
  });
  symlinkSync(join(folder, 'nowhere'), join(folder, 'e.yaml'));
  const [a, b, d, e] = ['a', 'b', 'd', 'e'].map((name) => join(folder, `${name}.yaml`));
  const notYaml =
    "it can't be read as YAML: Flow sequence in block collection must be sufficiently indented and end with a ]";
  const tooDeep = 'the document has more levels than any object of Kubernetes: give less at a time';
  const notUtf8 = 'it is not valid UTF-8: save it as UTF-8';
  const err = [
    `passed over: ${e}, a symbolic link to a file that does not exist\n`,
    'passed over: 1 that is no Kubernetes object\n',
    "checked 2 registries, none is invalid, 1 warning, 3 documents can't be read\n",
  ].join('');
  t.strictSame(await cli(['validate', '-f', folder]), {
    code: 2,
    out: [
      `${a}:4:1: error: ${notYaml} [NotYaml]\n`,
      `${b}:1:1: error: ${notUtf8} [UnreadableFile]\n`,
      `${d}:1:1: error: ${tooDeep} [NotYaml]\n`,
      `${a}:13:7: warning: MCPRegistry default/anonymous: spec.configYAML: auth.mode: ${anonymousMessage} [AnonymousWrites]\n`,
    ].join(''),
    err,
  });
  const json = await cli(['validate', '-f', folder, '-o', 'json']);
  t.strictSame({ code: json.code, err: json.err }, { code: 2, err });
  t.strictSame(JSON.parse(json.out).findings.slice(0, 2), [
    {
      ...{ file: a, document: 2, line: 4, column: 1 },
      ...{ level: 'error', reason: 'NotYaml', message: notYaml },
    },
    {
      ...{ file: b, document: 1, line: 1, column: 1 },
      ...{ level: 'error', reason: 'UnreadableFile', message: notUtf8 },
    },
  ]);
  const sarif = await cli(['validate', '-f', folder, '-o', 'sarif']);
  t.equal(sarif.code, 2);
  t.strictSame(JSON.parse(sarif.out).runs[0].results[0], {
    ...{ ruleId: 'NotYaml', ruleIndex: 1, level: 'error', message: { text: notYaml } },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: pathToFileURL(a ?? '').href },
          region: { startLine: 4, startColumn: 1 },
        },
      },
    ],
  });
});

test('-o json has all that is known of each finding', async (t) => {
  const folder = t.testdir({ 'a.yaml': `# first\n---\n${anonymous}` });
  const file = join(folder, 'a.yaml');
  const { code, out } = await cli(['validate', '-o', 'json', '-f', folder]);
  t.equal(code, 0);
  t.strictSame(JSON.parse(out), {
    registries: 1,
    findings: [
      {
        ...{ file, document: 1, line: 11, column: 7, namespace: 'default', name: 'anonymous' },
        ...{ level: 'warning', reason: 'AnonymousWrites', field: 'spec.configYAML: auth.mode' },
        message: anonymousMessage,
      },
    ],
  });
});

test('-o sarif is for code scanning', async (t) => {
  const { code, out } = await cli(['validate', '-o', 'sarif', '-f', '-'], {
    stdin: `${anonymous}---\n${quiet('""', 'db')}`,
  });
  t.equal(code, 1);
  const at = (startLine: number, startColumn: number, name: string) => [
    {
      physicalLocation: { artifactLocation: { uri: 'stdin' }, region: { startLine, startColumn } },
      logicalLocations: [{ fullyQualifiedName: `default/${name}` }],
    },
  ];
  const { runs, ...log } = JSON.parse(out);
  t.strictSame(log, { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0' });
  const { tool, ...run } = runs[0];
  t.match(tool, { driver: { name: 'mcpregistry-hook', version: /^\d/ } });
  t.strictSame(tool.driver.rules, [
    { id: 'AnonymousWrites', name: 'AnonymousWrites' },
    { id: 'InvalidObject', name: 'InvalidObject' },
  ]);
  t.strictSame(run, {
    columnKind: 'utf16CodeUnits',
    results: [
      {
        ...{ ruleId: 'AnonymousWrites', ruleIndex: 0, level: 'warning' },
        message: { text: `MCPRegistry default/anonymous: spec.configYAML: auth.mode: ${anonymousMessage}` },
        locations: at(9, 7, 'anonymous/spec.configYAML: auth.mode'),
      },
      {
        ...{ ruleId: 'InvalidObject', ruleIndex: 1, level: 'error' },
        message: {
          text: 'MCPRegistry default/: metadata.name: must be set: the names of all children begin with it',
        },
        locations: at(14, 3, '/metadata.name'),
      },
    ],
  });
});

test('colours are for terminals, and not where NO_COLOR is set', async (t) => {
  const run = async (terminal: boolean, environment: Record<string, string>) =>
    (await cli(['validate', '-f', '-'], { stdin: anonymous, terminal, environment })).out.includes('\u001b[');
  t.equal(await run(true, {}), true);
  t.equal(await run(true, { NO_COLOR: '' }), true, 'an empty variable is not set');
  t.equal(await run(true, { NO_COLOR: '1' }), false);
  t.equal(await run(false, {}), false);
});

test('what the hook accepts is valid, and has no unknown field', async (t) => {
  const registries = [...goldenCases.map(({ registry }) => registry), ...objectCases.values()];
  const stdin = JSON.stringify(registries.map((registry) => ({ kind: 'MCPRegistry', ...registry })));
  const { code, out } = await cli(['validate', '-o', 'json', '-f', '-'], { stdin });
  t.equal(code, 0);
  t.equal(JSON.parse(out).registries, registries.length);
  t.equal((await cli(['validate', '-f', `${root}manifests/examples`])).code, 0);
});

test('of the manifests of ToolHive, those are invalid that the hook refuses', async (t) => {
  const unknown = new Set<string>();
  for (const { name, apiVersion, spec, desired, title } of corpus) {
    const stdin = JSON.stringify({ apiVersion, kind: 'MCPRegistry', metadata: { name }, spec });
    const { code, out } = await cli(['validate', '-o', 'json', '-n', 'toolhive-system', '-f', '-'], {
      stdin,
    });
    const findings: readonly { reason: string; field: string; level: string }[] = JSON.parse(out).findings;
    for (const { reason, field } of findings) if (reason === 'UnknownField') unknown.add(field);
    const others = findings.filter(({ reason, level }) => level === 'error' && reason !== 'UnknownField');
    t.equal(others.length > 0, desired.problems !== undefined, title);
    t.equal(
      code === 0,
      findings.every(({ level }) => level === 'warning'),
      title,
    );
  }
  t.strictSame([...unknown].sort(), []);
});
