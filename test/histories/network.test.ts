import { type Test, test } from 'tap';
import { optionalKinds } from '../../hooks/children/child-kinds.ts';
import { clone, type JsonObject, listAt, objectAt, stringAt } from '../simulator/json.ts';
import { children } from './actions.ts';
import { Life } from './history.ts';
import { isCurrent } from './invariants.ts';
import { NAMESPACE, Production } from './world.ts';

/** How a registry is reached, when the spec or somebody else changes it. */

const config = { configYAML: 'sources: []\n' };

for (const strategy of ['dynamic-apply', 'server-side-apply'] as const) {
  const begin = (t: Test) => {
    const production = new Production();
    t.teardown(() => production.close());
    const life = new Life(production, {
      strategy,
      ...{ hooks: 'v1', version: 'v1alpha1', callMilliseconds: 3, kinds: optionalKinds },
    });
    const { api } = life.cluster;
    const service = () => api.get('Service', NAMESPACE, children.Service);
    return {
      life,
      service,
      /** Names and numbers of the ports of the Service, in any order. */
      ports: () =>
        (listAt(service(), 'spec', 'ports') as JsonObject[])
          .map(({ name, port, targetPort }) => `${name} ${port} to ${targetPort}`)
          .sort(),
      apply: async (spec: JsonObject) => {
        await life.step({ do: 'apply', spec: { ...config, ...spec } });
        await life.cluster.run(100_000);
        const { registry } = life.actor;
        t.ok(registry && isCurrent(registry), `Ready with ${JSON.stringify(spec)}`);
      },
    };
  };

  test(`the port of the Service changes, and the registry stays Ready, ${strategy}`, async (t) => {
    const { life, ports, apply, service } = begin(t);
    await apply({});
    t.strictSame(ports(), ['http 8080 to http']);
    const uid = service()?.metadata.uid;
    /** What was said of the registry, in order. */
    const said: string[] = [];
    life.cluster.api.watch(({ object }) => {
      const phase = `${stringAt(object, 'status', 'phase')} ${stringAt(object, 'status', 'url')}`;
      if (object.kind === 'MCPRegistry' && phase !== said.at(-1)) said.push(phase);
    });
    await apply({ service: { port: 80 } });
    t.strictSame(ports(), ['http 80 to http']);
    await apply({ service: { port: 8081 } });
    t.strictSame(ports(), ['http 8081 to http']);
    await apply({ service: { internalPort: true } });
    t.strictSame(ports(), ['http 8080 to http', 'internal 8081 to internal']);
    await apply({ service: { port: 443, type: 'NodePort', annotations: { 'example.com/a': 'b' } } });
    t.strictSame(ports(), ['http 443 to http']);
    t.match(service(), { spec: { type: 'NodePort' }, metadata: { annotations: { 'example.com/a': 'b' } } });
    await apply({});
    t.strictSame(ports(), ['http 8080 to http']);
    t.notOk(stringAt(service(), 'metadata', 'annotations', 'example.com/a'));
    t.equal(service()?.metadata.uid, uid, 'it is the same Service');
    t.strictSame(
      said,
      [8080, 80, 8081, 8080, 443, 8080].map(
        (port) => `Running http://${children.Service}.${NAMESPACE}:${port}`,
      ),
      'it is Ready all the time',
    );
    await life.expectQuiet();
  });

  const tampering: readonly [reason: string, change: (ports: JsonObject[]) => void][] = [
    [
      'a port of the name that the internal one has',
      (ports) => void ports.push({ name: 'internal', port: 9000, protocol: 'TCP', targetPort: 9000 }),
    ],
    [
      'the number of the internal port under another name',
      (ports) => void ports.push({ name: 'more', port: 8081, protocol: 'TCP', targetPort: 9000 }),
    ],
    [
      'the number of the new port under another name',
      (ports) => void ports.push({ name: 'more', port: 80, protocol: 'TCP', targetPort: 9000 }),
    ],
    ['another number of our port', ([first]) => void Object.assign(first ?? {}, { port: 9090 })],
    ['another target of our port', ([first]) => void Object.assign(first ?? {}, { targetPort: 'internal' })],
  ];
  for (const [reason, change] of tampering) {
    test(`both ports come, whatever somebody else set: ${reason}, ${strategy}`, async (t) => {
      const { life, ports, apply } = begin(t);
      await apply({});
      life.cluster.edit('Service', NAMESPACE, children.Service, (object) => {
        const list = clone(listAt(object, 'spec', 'ports')) as JsonObject[];
        change(list);
        objectAt(object, 'spec')['ports'] = list;
      });
      await apply({ service: { port: 80, internalPort: true } });
      const ours = ports().filter((port) => /^(http|internal) /.test(port));
      t.strictSame(ours, ['http 80 to http', 'internal 8081 to internal']);
      await life.expectQuiet();
    });
  }

  test(`the account and the policy change, ${strategy}`, async (t) => {
    const { life, apply } = begin(t);
    const { api } = life.cluster;
    const found = (kind: 'ServiceAccount' | 'RoleBinding' | 'NetworkPolicy') =>
      api.get(kind, NAMESPACE, children[kind]);
    const subjects = () =>
      listAt(found('RoleBinding'), 'subjects').map((one) => stringAt(one as JsonObject, 'name'));
    await apply({ serviceAccount: { annotations: { 'example.com/role': 'a' } } });
    t.match(found('ServiceAccount')?.metadata, { annotations: { 'example.com/role': 'a' } });
    t.strictSame(subjects(), [children.ServiceAccount]);
    await apply({ serviceAccount: { name: 'other' }, networkPolicy: { from: [{ podSelector: {} }] } });
    t.equal(found('ServiceAccount'), undefined);
    t.strictSame(subjects(), ['other']);
    t.match(found('NetworkPolicy'), { spec: { policyTypes: ['Ingress'] } });
    await life.expectQuiet();
    const typed = { sources: [{ name: 'm', managed: {} }], registries: [{ name: 'v', sources: ['m'] }] };
    await life.step({
      do: 'apply',
      spec: { ...typed, networkPolicy: { from: [{ namespaceSelector: {} }] } },
    });
    await life.cluster.run(100_000);
    t.match(found('NetworkPolicy'), { spec: { policyTypes: ['Ingress', 'Egress'] } });
    t.strictSame(subjects(), [children.ServiceAccount]);
    await life.expectQuiet();
    await apply({});
    t.equal(found('NetworkPolicy'), undefined);
    await life.expectQuiet();
  });
}
