import { test } from 'tap';
import { configMap } from '../../../../hooks/children/config-map.ts';
import { buildDesired } from '../../../../hooks/desired.ts';
import { deepFreeze } from '../../../support/deep-freeze.ts';
import { testRefusals } from '../../../support/refusals.ts';
import { context } from '../../../support/requests.ts';

const fileOf = (...servers: object[]) => JSON.stringify({ data: { servers } });
const clock = { name: 'io.example/clock', description: 'Tells the time' };
const specOf = (...files: string[]) => ({
  sources: files.map((data, index) => ({ name: `s${index}`, inline: { data } })),
  registries: [{ name: 'all', sources: files.map((_, index) => `s${index}`) }],
});
const build = (spec: unknown) =>
  buildDesired({ name: 'a', namespace: 'n' }, deepFreeze(structuredClone(spec)), context.defaults);

/** What the parser says of a text, in the words of this Node.js. */
function errorOf(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch (error) {
    return (error as Error).message;
  }
}

const FIELD = 'spec.sources[0].inline.data';
const empty = `${FIELD}: must have at least one server in data.servers, because the server takes no entries from an empty file: add one, or remove the source`;
const lacks = (index: number) =>
  `${FIELD}: must have a name and a description for each server, but data.servers[${index}] lacks one of them: the server takes no entries from the file otherwise`;

testRefusals([
  {
    spec: specOf('{'),
    expected: `${FIELD}: must be JSON: ${errorOf('{')}`,
    reason: 'a file that breaks off',
  },
  {
    spec: specOf(''),
    expected: `${FIELD}: must be JSON: ${errorOf('')}`,
    reason: 'nothing',
  },
  {
    spec: specOf('{"servers": {"clock": {}}}'),
    expected: `${FIELD}: must be in the upstream format, found the ToolHive format, which servers do not read since v1.2: convert it`,
    reason: 'the former format',
  },
  ...['[]', 'null', '{}', '{"data":{"servers":{}}}', fileOf()].map((text) => ({
    spec: specOf(text),
    expected: empty,
    reason: `a file without servers, ${text}`,
  })),
  {
    spec: specOf(fileOf(clock, { name: 'x' })),
    expected: lacks(1),
    reason: 'a server without a description',
  },
  {
    spec: specOf(fileOf({ ...clock, name: '' })),
    expected: lacks(0),
    reason: 'a server whose name is empty',
  },
  {
    spec: specOf('[['.repeat(100_000)),
    expected: `${FIELD}: must be JSON: ${errorOf('[['.repeat(100_000))}`,
    reason: 'many levels',
  },
  {
    spec: specOf('x'.repeat(262_145)),
    expected: `${FIELD}: may have at most 262144 characters, found 262145: shorten it`,
    reason: 'more than fits in a ConfigMap',
  },
  {
    spec: { registries: [{ name: 'a', inline: { data: fileOf(clock) } }] },
    expected: 'spec.registries[0]: must have exactly one of configMapRef, git, api, pvcRef, found none',
    reason: 'the oldest form never had it',
  },
]);

test('a file of the spec is in the ConfigMap, beside config.yaml', async (t) => {
  const { children } = build(specOf(fileOf(clock), fileOf(clock, clock)));
  const { ConfigMap: configMap, Deployment: deployment } = children?.byKind ?? {};
  t.strictSame(Object.keys(configMap?.data ?? {}), ['config.yaml', 's0.json', 's1.json']);
  t.equal(configMap?.data['s1.json'], fileOf(clock, clock), 'as it was written');
  const [volume] = deployment?.spec.template.spec?.volumes ?? [];
  t.strictSame(
    volume?.configMap,
    {
      items: ['config.yaml', 's0.json', 's1.json'].map((key) => ({ key, path: key })),
      name: 'a-registry-server-config',
    },
    'the pod waits for all of them',
  );
});

test('another file reaches the pods as it is: they are not replaced', async (t) => {
  const [before, after] = [build(specOf(fileOf(clock))), build(specOf(fileOf(clock, clock)))];
  t.strictSame(after.children?.byKind.Deployment, before.children?.byKind.Deployment);
  t.not(
    after.children?.byKind.ConfigMap.metadata.annotations?.['toolhive.stacklok.dev/content-checksum'],
    before.children?.byKind.ConfigMap.metadata.annotations?.['toolhive.stacklok.dev/content-checksum'],
  );
});

test('files that are too big together are refused with the field', async (t) => {
  const description = 'x'.repeat(140_000);
  const { problems } = build(specOf(fileOf({ ...clock, description }), fileOf({ ...clock, description })));
  t.match(problems, [{ field: 'spec.sources', message: /^is too big: the ConfigMap / }]);
  t.equal(problems?.length, 1);
});

test('nothing may be mounted over a file of the spec', async (t) => {
  const { problems } = build({
    ...specOf(fileOf(clock)),
    volumes: [{ name: 'v', emptyDir: {} }],
    volumeMounts: [{ name: 'v', mountPath: '/config/s0.json' }],
  });
  t.strictSame(problems, [
    {
      field: 'spec.volumeMounts[0]',
      message:
        'must not mount at /config/s0.json, because that hides files which the registry server reads: choose another path',
    },
  ]);
});

test('a registry serves once the ConfigMap has the files as well', async (t) => {
  const { children } = build(specOf(fileOf(clock)));
  const desired = children?.byKind.ConfigMap;
  if (!desired) throw new Error('no children');
  const observed = (data: Record<string, string>) => ({ ...desired, data });
  t.equal(configMap.isAsDesired(observed(desired.data), desired, {}), true);
  t.equal(configMap.isAsDesired(observed({ ...desired.data, 's0.json': '{}' }), desired, {}), false);
  t.equal(configMap.isAsDesired(observed({ ...desired.data, other: '' }), desired, {}), true);
});
