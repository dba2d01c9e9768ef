import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { childKinds, isOptional } from '../../hooks/children/child-kinds.ts';
import { crd } from '../../scripts/crd/crd.ts';
import { manifestFolder, valuesOf } from '../support/manifests.ts';

const { files, resources, objects } = manifestFolder('base/');
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

interface ServicePort {
  readonly port: number;
  readonly targetPort: string;
}
interface Webhook {
  readonly url: string;
  readonly timeout: string;
}

/** The one object of a kind, as the type of what the test reads of it. */
const only = <T>(kind: string) => objects.find((each) => each.kind === kind) as unknown as T;

const deployment = only<{
  spec: { template: { metadata: { labels: Record<string, string> }; spec: Record<string, unknown> } };
}>('Deployment');
const pod = deployment.spec.template;
const service = only<{
  metadata: { name: string; namespace: string };
  spec: { selector: Record<string, string>; ports: readonly ServicePort[] };
}>('Service');
const controller = only<{
  spec: {
    parentResource: Record<string, unknown>;
    generateSelector: boolean;
    childResources: readonly unknown[];
    hooks: Record<string, { webhook: Webhook }>;
  };
}>('CompositeController').spec;

test('the kustomization applies every file of its folder', (t) => {
  t.strictSame(manifestFolder('').resources, ['base']);
  t.strictSame([...resources, 'kustomization.yaml'].sort(), [...files].sort());
  t.end();
});

test('Metacontroller reaches both hooks through the Service', (t) => {
  const { name, namespace } = service.metadata;
  for (const [hook, path] of [
    ['sync', '/sync'],
    ['finalize', '/finalize'],
  ] as const) {
    const { url, timeout } = controller.hooks[hook]?.webhook ?? { url: '', timeout: '' };
    const { protocol, hostname, port, pathname, search } = new URL(url);
    t.strictSame(
      { protocol, hostname, pathname, search },
      { protocol: 'http:', hostname: `${name}.${namespace}.svc`, pathname: path, search: `?v=${version}` },
    );
    const served = service.spec.ports.find((each) => each.port === Number(port || 80));
    const containerPorts = valuesOf(pod, 'ports').flat() as { name: string }[];
    t.ok(
      containerPorts.some((each) => each.name === served?.targetPort),
      `${url} ends at a port of the container`,
    );
    t.equal(timeout, '10s');
  }
  t.match(pod.metadata.labels, service.spec.selector, 'the Service selects the pods');
  t.match(valuesOf(pod, 'env').flat(), [{ name: 'HOST', value: '0.0.0.0' }], 'and they listen to it');
  t.end();
});

test('Metacontroller watches the kinds that every registry has, and updates their objects', (t) => {
  const rows = Object.entries(childKinds)
    .filter(([kind]) => !isOptional(kind))
    .map(([, { apiVersion, resource }]) => ({ apiVersion, resource, updateStrategy: { method: 'InPlace' } }));
  const byResource = (list: readonly unknown[]) => list.map((each) => JSON.stringify(each)).sort();
  t.strictSame(byResource(controller.childResources), byResource(rows));
  t.equal(controller.generateSelector, true, 'a parent has no selector');
  t.strictSame(controller.parentResource, {
    apiVersion: `${crd.spec.group}/${crd.spec.versions[0]?.name}`,
    resource: crd.spec.names.plural,
    ignoreStatusChanges: true,
  });
  t.end();
});

test('the hook runs without rights', (t) => {
  t.match(only('ServiceAccount'), { automountServiceAccountToken: false });
  t.match(pod.spec, {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      },
    ],
  });
  t.match(only('Namespace'), {
    metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  });
  t.end();
});

test('the image is the one of this release', (t) => {
  t.strictSame(valuesOf(pod, 'image'), [`ghcr.io/mcpregistry-hook/mcpregistry-hook:v${version}`]);
  t.end();
});
