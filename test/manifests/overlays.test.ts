import { Value } from '@sinclair/typebox/value';
import { test } from 'tap';
import { parse } from 'yaml';
import { EndpointConfig } from '../../scripts/metacontroller/composite-controller.ts';
import { Settings } from '../../src/settings/settings.ts';
import { manifestText, valuesOf } from '../support/manifests.ts';

const read = (path: string) => parse(manifestText(`overlays/${path}`));
const base = parse(manifestText('base/composite-controller.yaml'));
const shared = read('tls/composite-controller.yaml');

const overlays = [
  { name: 'bearer', way: 'authorization', settings: ['AUTH_BEARER_FILE'] },
  { name: 'basic', way: 'basicAuth', settings: ['AUTH_BASIC_FILE'] },
  { name: 'mtls', way: 'clientTLS', settings: ['TLS_CLIENT_CA_FILE', 'TLS_CLIENT_NAMES'] },
] as const;

test('TLS changes the scheme of the hooks and nothing else of the CompositeController', (t) => {
  const { metadata, spec } = shared;
  t.strictSame(Object.keys(spec), ['hooks']);
  t.equal(metadata.name, base.metadata.name);
  for (const hook of ['sync', 'finalize']) {
    const { url } = base.spec.hooks[hook].webhook;
    t.strictSame(spec.hooks[hook], { webhook: { url: url.replace('http://', 'https://') } }, hook);
  }
  t.end();
});

for (const { name, way, settings } of overlays) {
  test(`overlay ${name}`, (t) => {
    const { resources, components, patches } = read(`${name}/kustomization.yaml`);
    t.strictSame(
      { resources, components, patches },
      {
        resources: ['../../base'],
        components: ['../tls'],
        patches: [{ path: 'deployment.yaml' }, { path: 'composite-controller.yaml' }],
      },
      'is the manifests with TLS, two things patched',
    );

    const { metadata, spec } = read(`${name}/composite-controller.yaml`);
    t.equal(metadata.name, base.metadata.name);
    t.strictSame(Object.keys(spec), ['endpointConfigs'], 'patches nothing else of the CompositeController');
    const [config, ...others] = spec.endpointConfigs as EndpointConfig[];
    t.strictSame(others, []);
    t.strictSame([...Value.Errors(EndpointConfig, config)], [], 'Metacontroller knows each field');
    t.strictSame(Object.keys(config ?? {}), ['host', 'caBundle', way], 'and has one kind of credentials');
    t.equal(new URL(shared.spec.hooks.sync.webhook.url).host, config?.host, 'for the host of the hooks');

    const pod = read(`${name}/deployment.yaml`).spec.template.spec;
    const names = pod.containers[0].env.map((variable: { name: string }) => variable.name);
    t.strictSame(names, settings, 'sets what the hook checks them against');
    t.end();
  });
}

test('the Deployments set settings that exist, to files that are mounted', (t) => {
  for (const name of ['tls', ...overlays.map((overlay) => overlay.name)]) {
    const { spec } = read(`${name}/deployment.yaml`).spec.template;
    const [{ env, volumeMounts }] = spec.containers;
    for (const { name: setting, value } of env) {
      t.ok(setting in Settings.properties, setting);
      const isMounted = volumeMounts.some(({ mountPath }: { mountPath: string }) =>
        value.startsWith(`${mountPath}/`),
      );
      t.equal(isMounted, setting.endsWith('_FILE'), setting);
    }
    t.strictSame(
      volumeMounts.map((mount: { name: string }) => mount.name),
      spec.volumes.map((volume: { name: string }) => volume.name),
      name,
    );
  }
  t.strictSame(
    valuesOf(read('tls/deployment.yaml'), 'scheme'),
    ['HTTPS', 'HTTPS'],
    'the kubelet probes over TLS',
  );
  t.end();
});
