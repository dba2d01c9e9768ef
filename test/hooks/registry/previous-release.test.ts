import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { test } from 'tap';
import type { Child } from '../../../hooks/contract/answer.ts';
import { buildDesired } from '../../../hooks/desired.ts';
import { objectOf } from '../../../hooks/json.ts';
import { loadSettings } from '../../../src/settings/load-settings.ts';
import { registryDefaults } from '../../../src/settings/registry-defaults.ts';
import { version } from '../../../src/version.ts';
import { controller, registryKind, registry as registryObject } from '../../histories/world.ts';
import { Cluster } from '../../simulator/cluster.ts';
import { testApp } from '../../support/app.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { documentOf } from '../../support/documents.ts';
import { goldenCases, objectCases, type RegistryManifest } from '../../support/golden-cases.ts';

/**
 * What the previous release answered for each golden case: a line of JSON with the release, then one for each case. It is
 * renewed right after a release, with the code that was released and no other change:
 *
 *     UPDATE_RELEASE=1 npx tap test/hooks/registry/previous-release.test.ts
 *
 * An upgrade may change a child, but what rolls the pods of running registries must be meant. Name the cases in `rolling`,
 * and say in CHANGELOG.md, under the heading "Pods roll" of the coming release, which registries it touches. With the next
 * release both are empty again.
 */
const file = new URL('../../golden/releases/previous.jsonl', import.meta.url);

/** The cases whose pods roll with the coming release, on purpose. */
const rolling: readonly string[] = ['registry/database-pgpass', 'registry/everything', 'registry/raw-config'];

const HEADING = 'Pods roll';

interface ReleasedCase {
  readonly name: string;
  readonly registry: RegistryManifest;
  readonly children: readonly Child[];
}

/** As an installation without any setting answers. */
const defaults = registryDefaults(loadSettings({}));

/** @throws if the registry is refused, which would freeze one that runs */
function childrenOf({ metadata, spec }: RegistryManifest): readonly Child[] {
  const { children, problems } = buildDesired(metadata, spec, defaults);
  if (!children) throw new Error(JSON.stringify(problems));
  return children.all;
}

/** What an upgrade must not do to the children of a registry that runs. */
function harmOf(before: readonly Child[], after: readonly Child[]): { rolls: boolean; breaks: string[] } {
  const idOf = ({ apiVersion, kind, metadata }: Child) => `${apiVersion} ${kind} ${metadata.name}`;
  const breaks: string[] = [];
  let rolls = false;
  for (const old of before) {
    const id = idOf(old);
    const now = after.find((child) => idOf(child) === id);
    if (now === undefined) {
      breaks.push(`${id} is deleted`);
      continue;
    }
    const differs = (key: string) =>
      !isDeepStrictEqual(objectOf(old['spec'])[key], objectOf(now['spec'])[key]);
    if (old.kind === 'Deployment') {
      rolls = differs('template');
      if (differs('selector')) breaks.push(`${id}: the API server refuses another selector`);
    }
    if (!isDeepStrictEqual(old['roleRef'], now['roleRef'])) breaks.push(`${id} is deleted and made again`);
  }
  return { rolls, breaks };
}

/** The sections of a changelog, the newest first. */
const sectionsOf = (text: string) => text.split(/^## /m).slice(1);

const today = [
  ...goldenCases.map(({ name, registry }) => ({ name: `registry/${name}`, registry })),
  ...[...objectCases].map(([name, registry]) => ({ name: `objects/${name}`, registry })),
];

if (process.env['UPDATE_RELEASE']) {
  const cases = today.map(({ name, registry }) => ({ name, registry, children: childrenOf(registry) }));
  writeFileSync(file, [{ release: version }, ...cases].map((line) => `${JSON.stringify(line)}\n`).join(''));
}
const [head, ...released] = deepFreeze(
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line)),
) as [{ release: string }, ...ReleasedCase[]];

test(`an upgrade from ${head.release} rolls no pods but those that are meant, and deletes nothing`, (t) => {
  t.ok(released.length > 60, 'there are cases');
  const rolled: string[] = [];
  for (const { name, registry, children } of released) {
    const { rolls, breaks } = harmOf(children, childrenOf(registry));
    t.strictSame(breaks, [], name);
    if (rolls) rolled.push(name);
  }
  t.strictSame(
    rolled,
    rolling,
    'if these pods have to roll, name the cases in `rolling` and say it in CHANGELOG.md',
  );
  const [coming = ''] = sectionsOf(documentOf('CHANGELOG.md').text);
  t.equal(
    new RegExp(`^### ${HEADING}\n\n- `, 'm').test(coming),
    rolling.length > 0,
    `CHANGELOG.md has the heading "${HEADING}" for the coming release if pods roll, and only then`,
  );
  t.end();
});

test('what an upgrade must not do is found', (t) => {
  const registry = released.find(({ name }) => name === 'registry/everything')?.registry;
  const before = registry ? childrenOf(registry) : [];
  const cases = [
    { reason: 'nothing changes', change: () => {}, expected: { rolls: false, breaks: [] } },
    {
      reason: 'an annotation of the Deployment itself',
      change: (of: Changeable) => (of('Deployment').metadata.annotations = { a: 'b' }),
      expected: { rolls: false, breaks: [] },
    },
    {
      reason: 'a label of the pods',
      change: (of: Changeable) => (of('Deployment').spec.template.metadata.labels['a'] = 'b'),
      expected: { rolls: true, breaks: [] },
    },
    {
      reason: 'another selector',
      change: (of: Changeable) => (of('Deployment').spec.selector = {}),
      expected: {
        rolls: false,
        breaks: ['apps/v1 Deployment everything-api: the API server refuses another selector'],
      },
    },
    {
      reason: 'another name',
      change: (of: Changeable) => (of('Service').metadata.name = 'other'),
      expected: { rolls: false, breaks: ['v1 Service everything-api is deleted'] },
    },
    {
      reason: 'another role',
      change: (of: Changeable) => (of('RoleBinding').roleRef.name = 'other'),
      expected: {
        rolls: false,
        breaks: [
          'rbac.authorization.k8s.io/v1 RoleBinding everything-registry-api is deleted and made again',
        ],
      },
    },
  ];
  for (const { reason, change, expected } of cases) {
    const after = structuredClone(before) as unknown as ChangeableChild[];
    change((kind) => after.find((child) => child.kind === kind) as ChangeableChild);
    t.strictSame(harmOf(before, after as unknown as Child[]), expected, reason);
  }
  t.end();
});

interface ChangeableChild {
  kind: string;
  metadata: { name: string; annotations: Record<string, string> };
  spec: { selector: object; template: { metadata: { labels: Record<string, string> } } };
  roleRef: { name: string };
}
type Changeable = (kind: string) => ChangeableChild;

test('a call for another release is followed by calls, and by no write', async (t) => {
  const { app } = testApp({ now: () => new Date(cluster.clock.now()), environment: { LOG_LEVEL: 'silent' } });
  let query = `?v=${version}`;
  const cluster: Cluster = new Cluster({
    controller: controller('v2', 'v1alpha1'),
    custom: [registryKind],
    call: async (hook, body) => {
      const reply = await app.inject({ method: 'POST', url: `/${hook}${query}`, payload: body });
      return { status: reply.statusCode, headers: {}, body: reply.json() };
    },
  });
  const configYAML =
    'sources: [{name: a, managed: {}}]\nregistries: [{name: all, sources: [a]}]\ndatabase: {host: db}\n';
  cluster.apply(registryObject('one', { configYAML }));
  cluster.apply(registryObject('wrong', { configYAML: 'a: [' }));
  t.ok(await cluster.settle(), 'both are settled');

  const cases = [
    { reason: 'the same release', release: version, asked: 0 },
    // Once for the changed CompositeController and then every 30 seconds, for each of the two.
    { reason: 'the next one', release: '99.0.0', asked: 2 * 20 },
  ];
  for (const { reason, release, asked } of cases) {
    query = `?v=${release}`;
    cluster.start({});
    await cluster.run(5000);
    const before = { calls: cluster.calls.length, writes: cluster.writes.length };
    await cluster.run(600_000);
    t.equal(cluster.calls.length - before.calls, asked, `${reason}: calls`);
    t.equal(cluster.writes.length - before.writes, 0, `${reason}: writes`);
  }
  await app.close();
});
