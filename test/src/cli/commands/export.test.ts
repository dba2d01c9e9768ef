import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { selectorOf } from '../../../../hooks/children/metadata.ts';
import type { Child } from '../../../../hooks/contract/answer.ts';
import { buildDesired } from '../../../../hooks/desired.ts';
import { cli } from '../../../support/cli.ts';
import { matchesGolden } from '../../../support/golden.ts';
import { goldenCases, objectCases, type RegistryManifest } from '../../../support/golden-cases.ts';
import { context } from '../../../support/requests.ts';

/** A part of an object, as the tests walk it. */
// biome-ignore lint/suspicious/noExplicitAny: the objects are JSON, and a wrong step fails its test.
type Json = any;

const cases: readonly { readonly name: string; readonly registry: RegistryManifest }[] = [
  ...goldenCases,
  ...[...objectCases].map(([name, registry]) => ({ name: `objects-${name}`, registry })),
];

const write = (registry: object) => stringify(registry, { compat: 'yaml-1.1' });
const documentsOf = (text: string): Json[] => parseAllDocuments(text).map((each) => each.toJS());

/** What the hook makes of a registry, by kind. */
function childrenOf({ metadata, spec }: RegistryManifest): Readonly<Record<string, Json>> {
  const { children } = buildDesired(metadata, spec, context.defaults);
  return Object.fromEntries((children?.all ?? []).map((child: Child) => [child.kind, child]));
}

const caseOf = (name: string): RegistryManifest =>
  cases.find((each) => each.name === name)?.registry as RegistryManifest;

test('manifests are the children, without what says that the hook has them', async (t) => {
  for (const { name, registry } of cases) {
    const { code, out, err } = await cli(['export', 'manifests', '-f', '-'], { stdin: write(registry) });
    t.strictSame({ code, err }, { code: 0, err: '' }, name);
    const expected = Object.values(childrenOf(registry)).map((child) => {
      const copy = structuredClone(child);
      delete copy.metadata.labels['app.kubernetes.io/managed-by'];
      delete copy.metadata.annotations?.['toolhive.stacklok.dev/template-hash'];
      if (Object.keys(copy.metadata.annotations ?? {}).length === 0) delete copy.metadata.annotations;
      return copy;
    });
    t.strictSame(documentsOf(out), expected, name);
    const json = await cli(['export', 'manifests', '-o', 'json', '-f', '-'], { stdin: write(registry) });
    t.strictSame(JSON.parse(json.out).items, expected, `${name} as JSON`);
  }
});

/** A registry that asks for all that the chart does not have. */
const everyKind: RegistryManifest = {
  apiVersion: 'toolhive.stacklok.dev/v1beta1',
  metadata: { name: 'every-kind', namespace: 'mcp-system' },
  kind: 'MCPRegistry',
  spec: {
    sources: [
      { name: 'here', inline: { data: '{"data":{"servers":[{"name":"a/b","description":"c"}]}}' } },
      { name: 'cluster', kubernetes: { namespaces: ['team-a', 'mcp-system'] } },
    ],
    registries: [{ name: 'all', sources: ['here', 'cluster'] }],
    databaseConfig: { host: 'postgres' },
    volumes: [{ name: 'config', configMap: { name: 'mine' } }],
    volumeMounts: [{ name: 'config', mountPath: '/etc/registry-server' }],
    autoscaling: { minReplicas: 2, maxReplicas: 5 },
    disruptionBudget: { maxUnavailable: 1 },
    networkPolicy: { from: [{ podSelector: { matchLabels: { app: 'a' } } }] },
    monitoring: { enabled: true, labels: { release: 'prometheus' } },
    service: { port: 80, internalPort: true, annotations: { 'example.com/a': 'b' } },
    expose: { httpRoute: { parentRefs: [{ name: 'every-kind-api' }], hostnames: ['a.example.com'] } },
    podTemplateSpec: {
      metadata: { labels: { 'app.kubernetes.io/version': '1', team: 'a' } },
      spec: {
        priorityClassName: 'high',
        initContainers: [
          {
            name: 'check',
            image: 'check:v1',
            volumeMounts: [
              { name: 'registry-server-config', mountPath: '/c' },
              { name: 'config', mountPath: '/m' },
            ],
          },
        ],
        containers: [
          {
            name: 'registry-api',
            env: [{ name: 'THV_REGISTRY_LEADER_ELECTION_ID', value: 'mine' }],
            ports: [{ name: 'debug', containerPort: 6060 }],
            readinessProbe: { httpGet: { port: 'internal' } },
            livenessProbe: null,
          },
        ],
      },
    },
  },
} as Json;

test('a release of the chart for a registry that asks for everything', async (t) => {
  for (const print of ['values', 'extra', 'switch']) {
    const { code, out, err } = await cli(['export', 'helm', '--print', print, '-f', '-'], {
      stdin: write(everyKind),
    });
    t.strictSame({ code, err }, { code: 0, err: '' }, print);
    matchesGolden(t, `cli/export/every-kind/${print}.yaml`, out);
  }
  const { out } = await cli(['export', 'helm', '-f', '-'], { stdin: write(caseOf('everything')) });
  matchesGolden(t, 'cli/export/everything/values.yaml', out);
  const ingress = await cli(['export', 'helm', '--print', 'extra', '-f', '-'], {
    stdin: write(caseOf('objects-ingress-tls')),
  });
  matchesGolden(t, 'cli/export/ingress/extra.yaml', ingress.out);
});

test('no object of a release has the name of a child, or selects the pods of the registry', async (t) => {
  for (const { name, registry } of cases) {
    const stdin = write(registry);
    const children = childrenOf(registry);
    const { out } = await cli(['export', 'helm', '--print', 'extra', '-f', '-'], { stdin });
    const ours = JSON.stringify(selectorOf(children['Deployment'].metadata.name)).slice(1, -1);
    for (const object of documentsOf(out)) {
      t.not(object.metadata.name, children[object.kind]?.metadata.name, name);
      t.notOk(JSON.stringify(object).includes(ours), `${name}: ${object.kind}`);
    }
    const switched = documentsOf(
      (await cli(['export', 'helm', '--print', 'switch', '-f', '-'], { stdin })).out,
    )[0];
    t.equal(switched.metadata.name, children['Service'].metadata.name, name);
    t.strictSame(
      switched.spec.ports.map(({ port }: Json) => port),
      children['Service'].spec.ports.map(({ port }: Json) => port),
      name,
    );
  }
});

test('several registries are written to folders of their own, and printed one at a time', async (t) => {
  const stdin = ['a', 'b']
    .map((name) => write({ ...everyKind, metadata: { name, namespace: 'n' } }))
    .join('---\n');
  t.strictSame(await cli(['export', 'helm', '-f', '-'], { stdin }), {
    code: 2,
    out: '',
    err: 'error: the input has 2 registries, and each is a release of its own: give one of them, or --write-to\n',
  });
  const target = t.testdir();
  const { code, out } = await cli(['export', 'helm', '-f', '-', '--write-to', target], { stdin });
  t.strictSame({ code, out }, { code: 0, out: '' });
  t.strictSame(readdirSync(target), ['n_a', 'n_b']);
  for (const name of ['a', 'b']) {
    t.strictSame(readdirSync(join(target, `n_${name}`)), ['extra.yaml', 'switch.yaml', 'values.yaml']);
    const values = readFileSync(join(target, `n_${name}`, 'values.yaml'), 'utf8');
    t.match(values, `\nfullnameOverride: ${name}-mcp\n`);
  }
  t.match(await cli(['export', 'helm', '-f', '-', '--write-to', '/dev/null/x'], { stdin }), {
    code: 2,
    err: /^error: the files can't be written to \/dev\/null\/x/,
  });
});

const findings: readonly {
  readonly reason: string;
  readonly change: object;
  readonly code: number;
  readonly err: RegExp;
}[] = [
  {
    reason: 'a spec with a mistake',
    change: { spec: {} },
    code: 1,
    err: /^standard input:1: MCPRegistry mcp-system\/every-kind: spec\S*: /,
  },
  {
    reason: 'a version that nobody serves',
    change: { apiVersion: 'toolhive.stacklok.dev/v2' },
    code: 1,
    err: /^standard input:1: MCPRegistry mcp-system\/every-kind: apiVersion: must be /,
  },
  {
    reason: 'a registry that is about to go',
    change: { metadata: { ...everyKind.metadata, deletionTimestamp: '2026-11-24T05:00:00Z' } },
    code: 1,
    err: /metadata\.deletionTimestamp: is set: it is being deleted, so export it from its manifest\n$/,
  },
  {
    reason: 'aliases that stand for more than anybody writes',
    change: {
      spec: {
        configYAML: `a: &a [${'x, '.repeat(100)}]\nb: &b [${'*a, '.repeat(100)}]\nc: &c [${'*b, '.repeat(100)}]\n`,
      },
    },
    code: 2,
    err: /^error: spec\.configYAML has more values than can be written out: use fewer aliases\n$/,
  },
  {
    reason: 'no registry',
    change: { kind: 'Service' },
    code: 2,
    err: /^error: there is no MCPRegistry in the input: name a file that has one\n$/,
  },
];

for (const { reason, change, code, err } of findings) {
  test(`${reason} is not exported`, async (t) => {
    const result = await cli(['export', 'helm', '-f', '-'], {
      stdin: JSON.stringify({ ...everyKind, ...change }),
    });
    t.match(result, { code, out: '', err });
  });
}

const { HELM, HELM_CHART } = process.env;

/** What the chart makes under our values, by kind. */
function templateOf(folder: string, values: string, namespace: string): Readonly<Record<string, Json>> {
  const file = join(folder, 'values.yaml');
  writeFileSync(file, values);
  const release = /^# +2\. helm install (\S+)/m.exec(values)?.[1] as string;
  const args = ['template', release, HELM_CHART as string, '--namespace', namespace, '-f', file];
  const { stdout, stderr, status } = spawnSync(HELM as string, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return Object.fromEntries(
    documentsOf(stdout).map((object) => [
      object.kind === 'Role' ? object.metadata.name : object.kind,
      object,
    ]),
  );
}

const byName = (list: Json[] = [], key = 'name') => Object.fromEntries(list.map((item) => [item[key], item]));

/** What the chart sets itself, or has no value for: all else has to be as the hook makes it. */
function comparable(deployment: Json): object {
  const { spec } = deployment.spec.template;
  const container = spec.containers.find(({ name }: Json) => name === 'registry-api');
  const { THV_REGISTRY_LEADER_ELECTION_ID: _, ...env } = byName(container.env);
  const mounts = container.volumeMounts.filter(
    ({ mountPath, name }: Json) =>
      !(mountPath === '/etc/registry-server' && name === 'config') && mountPath !== '/config',
  );
  const { image, resources, securityContext, livenessProbe, readinessProbe, envFrom } = container;
  return {
    ...{ image, resources, securityContext, livenessProbe, readinessProbe, envFrom },
    env,
    mounts: byName(mounts, 'mountPath'),
    volumes: byName(
      spec.volumes.filter(({ name }: Json) => mounts.some((mount: Json) => mount.name === name)),
    ),
    init: spec.initContainers,
    pullSecrets: spec.imagePullSecrets,
    pod: spec.securityContext,
    ...{ nodeSelector: spec.nodeSelector, tolerations: spec.tolerations, affinity: spec.affinity },
  };
}

test('under the values, the chart makes a configuration and a pod that mean the same', {
  skip: HELM && HELM_CHART ? false : 'HELM names no helm 3, or HELM_CHART no folder of the chart 1.5.1',
}, async (t) => {
  const folder = t.testdir();
  for (const { name, registry } of cases) {
    const children = childrenOf(registry);
    const { out } = await cli(['export', 'helm', '-f', '-'], { stdin: write(registry) });
    const made = templateOf(folder, out, registry.metadata.namespace);
    t.strictSame(
      parse(made['ConfigMap'].data['config.yaml']),
      parse(children['ConfigMap'].data['config.yaml']),
      `${name}: config.yaml`,
    );
    t.strictSame(comparable(made['Deployment']), comparable(children['Deployment']), `${name}: pod`);
    const values = parse(out);
    t.equal(made['Deployment'].metadata.name, values.fullnameOverride, name);
    t.equal(made['Deployment'].spec.template.spec.serviceAccountName, values.serviceAccount.name, name);
    t.strictSame(
      made['Service'].spec.ports.map(({ port }: Json) => port),
      children['Service'].spec.ports.map(({ port }: Json) => port),
      `${name}: Service`,
    );
    const extra = documentsOf(
      (await cli(['export', 'helm', '--print', 'switch', '-f', '-'], { stdin: write(registry) })).out,
    );
    t.strictSame(extra[0].spec.selector, made['Deployment'].spec.selector.matchLabels, `${name}: selector`);
    const ports = made['Deployment'].spec.template.spec.containers[0].ports.map((port: Json) => port.name);
    for (const { targetPort } of extra[0].spec.ports)
      t.ok(ports.includes(targetPort), `${name}: ${targetPort}`);
  }
});
