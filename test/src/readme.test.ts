import { readFileSync } from 'node:fs';
import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { test } from 'tap';
import { parse } from 'yaml';
import { readmeDocuments, readmeSection } from '../../scripts/readme/documents.ts';
import { Settings } from '../../src/settings/settings.ts';
import { testApp } from '../support/app.ts';

const root = new URL('../../', import.meta.url);
const documents = readmeDocuments('Security').map(({ value }) => value);

const strict = <P extends Record<string, TSchema>>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });
const key = { name: Type.String(), namespace: Type.String(), key: Type.String() };
const secret = strict({ name: Type.String(), namespace: Type.String() });

/** What Metacontroller takes (v4.17.2: manifests/production/metacontroller-crds-v1.yaml). */
const EndpointConfig = strict({
  host: Type.String(),
  caBundle: Type.Optional(strict({ secretRef: Type.Optional(strict(key)) })),
  authorization: Type.Optional(strict({ type: Type.Optional(Type.String()), secretRef: strict(key) })),
  basicAuth: Type.Optional(
    strict({
      secretRef: secret,
      usernameKey: Type.Optional(Type.String()),
      passwordKey: Type.Optional(Type.String()),
    }),
  ),
  clientTLS: Type.Optional(
    strict({
      secretRef: secret,
      certKey: Type.Optional(Type.String()),
      privateKeyKey: Type.Optional(Type.String()),
    }),
  ),
});
type EndpointConfig = Static<typeof EndpointConfig>;

test('each way to authenticate is the CompositeController of the manifests, over TLS and with credentials', async (t) => {
  const controllers = documents.filter(({ kind }) => kind === 'CompositeController');
  const plain = parse(readFileSync(new URL('manifests/composite-controller.yaml', root), 'utf8'));
  const ways: (keyof EndpointConfig)[] = ['authorization', 'basicAuth', 'clientTLS'];
  t.equal(controllers.length, ways.length);
  for (const [index, way] of ways.entries()) {
    const { endpointConfigs, ...spec } = controllers[index].spec;
    const text = JSON.stringify({ ...controllers[index], spec }).replaceAll('https://', 'http://');
    t.strictSame(JSON.parse(text), plain, way);
    t.equal(endpointConfigs.length, 1, way);
    const [config] = endpointConfigs;
    t.ok(
      Value.Check(EndpointConfig, config),
      `${way}: ${Value.Errors(EndpointConfig, config).First()?.path}`,
    );
    t.strictSame(Object.keys(config), ['host', 'caBundle', way]);
    for (const hook of ['sync', 'finalize']) {
      t.equal(new URL(controllers[index].spec.hooks[hook].webhook.url).host, config.host, `${way}: ${hook}`);
    }
  }
});

test('the patch of the Deployment sets settings that there are, to files that are mounted', async (t) => {
  const { spec } = documents.find(({ kind }) => kind === 'Deployment').spec.template;
  const [{ env, volumeMounts }] = spec.containers;
  for (const { name, value } of env) {
    t.ok(name in Settings.properties, name);
    const isFile = name.endsWith('_FILE');
    t.equal(
      volumeMounts.some(({ mountPath }: { mountPath: string }) => value.startsWith(`${mountPath}/`)),
      isFile,
      name,
    );
  }
  const names = (list: { name: string }[]) => list.map(({ name }) => name);
  t.strictSame(names(volumeMounts), names(spec.volumes));
});

test('the table of metrics names those that there are', async (t) => {
  const { app } = testApp({ environment: { METRICS_REGISTRY_NAMES: 'true' } });
  const { payload } = await app.inject('/metrics');
  const told = [...readmeSection('Metrics').matchAll(/^\| `(mcpregistry_hook_\w+)`/gm)].map(
    ([, name]) => name,
  );
  const served = [...payload.matchAll(/^# TYPE (mcpregistry_hook_\w+) /gm)].map(([, name]) => name);
  t.strictSame(told.sort(), served.sort());
});

test('every dependency of production is named with what it is for', async (t) => {
  const { dependencies } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  const told = [...readmeSection('Dependencies').matchAll(/^\| ([^|]+) \|/gm)].flatMap(
    ([, names]) => names?.split(', ') ?? [],
  );
  t.strictSame(
    told.filter((name) => name !== 'package' && name !== '---').sort(),
    Object.keys(dependencies).sort(),
  );
});
