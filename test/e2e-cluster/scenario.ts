import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Installation } from './installation.ts';
import { apply, type ClusterObject, kubectl, list, read } from './kubectl.ts';
import { NAMESPACE_PREFIX } from './requirements.ts';
import { ownPart, type WriteCounter, type Writes } from './writes.ts';

/** What a step does, and what it found out, in a few words. */
export interface Step {
  readonly name: string;
  readonly run: () => Promise<string>;
}

export interface World {
  readonly installation: Installation;
  readonly writes: WriteCounter;
  /** Whether pods get ready by themselves: then examples are made whose databases are elsewhere, too. */
  readonly simulated: boolean;
  /** The calls that the hook has answered, if this process can know it. */
  readonly calls: (() => Promise<number>) | undefined;
}

/** How long kubectl waits for what may pull images. */
const LONG = '--timeout=10m';
/** Longer than it takes to call for each registry after a change of the CompositeController, in milliseconds. */
const SETTLE_MS = 12_000;
/** How long Metacontroller and the hook may take for what needs no pod, in milliseconds. */
const SOON_MS = 90_000;
const CHILD_KINDS = 'configmap,serviceaccount,role,rolebinding,deployment,service';
/** A child has it, but not what Kubernetes or people put into the namespace. */
const CHILDREN = 'toolhive.stacklok.io/registry-name';
const MCPREG = 'mcpregistries.toolhive.stacklok.dev';
const FINALIZER = 'metacontroller.io/compositecontroller-mcpregistry';

/** Examples that need nothing of the cluster but pods that get ready. */
const WITHOUT_DATABASE = ['configmap', 'git-private', 'postgres-oauth', 'raw-config', 'upstream-api'];

interface Registry {
  readonly namespace: string;
  readonly name: string;
}

const main: Registry = { namespace: `${NAMESPACE_PREFIX}quickstart`, name: 'quickstart' };
const taken: Registry = { namespace: `${NAMESPACE_PREFIX}taken`, name: 'taken' };

/** A registry that is valid and has no database: to be made, not to serve. */
export const smallRegistry = ({ namespace, name }: Registry) => ({
  apiVersion: 'toolhive.stacklok.dev/v1alpha1',
  kind: 'MCPRegistry',
  metadata: { namespace, name },
  spec: { sources: [{ name: 'own', managed: {} }], registries: [{ name: 'all', sources: ['own'] }] },
});

export const namespaceOf = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

const objectOf = ({ namespace, name }: Registry) => read(MCPREG, name, '-n', namespace);

const patch = ({ namespace, name }: Registry, type: 'merge' | 'json', change: unknown) =>
  kubectl(['patch', MCPREG, name, '-n', namespace, `--type=${type}`, `-p=${JSON.stringify(change)}`]);

const waitFor = ({ namespace, name }: Registry, condition: string) =>
  kubectl(['wait', `--for=condition=${condition}`, `${MCPREG}/${name}`, '-n', namespace, LONG]);

const childrenOf = ({ namespace }: Registry) => list(CHILD_KINDS, '-n', namespace, '-l', CHILDREN);

/** The children with their identity, and without what others than Metacontroller write. */
const snapshot = async (registry: Registry) => (await childrenOf(registry)).map(ownPart);

async function deploymentOf(registry: Registry): Promise<Required<ClusterObject>> {
  const found = await read('deployment', `${registry.name}-api`, '-n', registry.namespace);
  assert.ok(found, `${registry.namespace} has no Deployment ${registry.name}-api`);
  return found as Required<ClusterObject>;
}

/** Waits until something is true, and says what was not. */
async function until(what: string, test: () => Promise<boolean>, milliseconds = SOON_MS): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await test())) {
    if (Date.now() > end) throw new Error(`not within ${milliseconds / 1000} s: ${what}`);
    await sleep(500);
  }
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const begin = Date.now();
  await run();
  return (Date.now() - begin) / 1000;
}

const reasonOf = (registry: ClusterObject | undefined, type: string) =>
  (registry?.status?.['conditions'] as { type: string; reason: string }[] | undefined)?.find(
    (condition) => condition.type === type,
  )?.reason;

/** kubectl must not return before the pods of the spec just applied serve. */
async function assertServes(registry: Registry): Promise<void> {
  const [object, { metadata, spec, status }] = [await objectOf(registry), await deploymentOf(registry)];
  assert.equal(object?.status?.['phase'], 'Running');
  assert.equal(status['observedGeneration'], metadata.generation, 'the Deployment has been observed');
  assert.equal(status['updatedReplicas'], spec['replicas'], 'all pods are of the new template');
  assert.ok(Number(status['readyReplicas']) >= 1, 'a pod is ready');
}

/** The steps of one run, in their order: each begins where the one before ended. */
export function scenario({ installation, writes, simulated, calls }: World): readonly Step[] {
  const examples = ['quickstart', ...(simulated ? WITHOUT_DATABASE : [])];
  const registries = examples.map((name) => ({ namespace: `${NAMESPACE_PREFIX}${name}`, name }));
  const count = (registry: Registry) => writes.of(registry.namespace, registry.name);
  /** Writes of a registry while something was done; events arrive after the write that they tell of. */
  const during = async (registry: Registry, run: () => Promise<unknown>): Promise<Writes> => {
    const before = count(registry);
    await run();
    await sleep(1000);
    const after = count(registry);
    return { status: after.status - before.status, children: after.children - before.children };
  };
  const said = ({ status, children }: Writes) => `${status} status and ${children} child writes`;
  const templates = async () =>
    Object.fromEntries(
      await Promise.all(
        registries.map(async (registry) => {
          const { metadata, spec } = await deploymentOf(registry);
          return [registry.namespace, { uid: metadata.uid, template: spec['template'] }];
        }),
      ),
    );

  return [
    {
      name: 'takes a name that somebody has',
      run: async () => {
        const { namespace, name } = taken;
        const configMap = (of: string, rest: object = {}) => ({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { namespace, name: of, ...rest },
          data: { mine: 'yes' },
        });
        await apply(namespaceOf(namespace), configMap('owner'));
        const uid = (await read('configmap', 'owner', '-n', namespace))?.metadata.uid;
        // It belongs to something: what has no owner, server-side apply takes over.
        const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid, controller: true };
        await apply(configMap(`${name}-registry-server-config`, { ownerReferences: [owner] }));
        await apply(smallRegistry(taken));
        return 'looked at below, when it has lasted for a minute';
      },
    },
    {
      name: `creates ${examples.length} examples, and kubectl waits until they are Ready`,
      run: async () => {
        const seconds = await Promise.all(
          registries.map((registry) =>
            timed(async () => {
              await installation.applyExample(registry.name);
              await waitFor(registry, 'Ready');
            }),
          ),
        );
        for (const registry of registries) await assertServes(registry);
        await sleep(1000);
        const each = registries.map(
          (registry, index) => `${registry.name} ${seconds[index]?.toFixed(1)} s, ${said(count(registry))}`,
        );
        return each.join('; ');
      },
    },
    {
      name: 'stays quiet while nothing happens',
      run: async () => {
        const found = await during(main, () => sleep(SETTLE_MS));
        assert.deepEqual(found, { status: 0, children: 0 });
        return `${SETTLE_MS / 1000} s, ${said(found)}`;
      },
    },
    {
      name: 'changes a registry, and kubectl waits for its new pods',
      run: async () => {
        const before = await deploymentOf(main);
        let seconds = 0;
        const found = await during(main, async () => {
          await patch(main, 'json', [
            { op: 'replace', path: '/spec/sources/0/syncPolicy/interval', value: '7m' },
          ]);
          seconds = await timed(() => waitFor(main, 'Ready'));
        });
        await assertServes(main);
        assert.notDeepEqual((await deploymentOf(main)).spec['template'], before.spec['template']);
        return `Ready after ${seconds.toFixed(1)} s, ${said(found)}`;
      },
    },
    {
      name: 'breaks a registry: it is Stalled, and its children stay as they are',
      run: async () => {
        const before = await snapshot(main);
        const found = await during(main, async () => {
          await patch(main, 'merge', { spec: { podTemplateSpec: { spec: { containers: 'none' } } } });
          await waitFor(main, 'Stalled');
        });
        assert.equal(reasonOf(await objectOf(main), 'Ready'), 'InvalidPodTemplateSpec');
        assert.deepEqual(await snapshot(main), before);
        const repaired = await during(main, async () => {
          await patch(main, 'json', [{ op: 'remove', path: '/spec/podTemplateSpec' }]);
          await waitFor(main, 'Ready');
        });
        assert.deepEqual(await snapshot(main), before);
        return `${said(found)}; repaired: ${said(repaired)}`;
      },
    },
    {
      name: 'scales: the number of pods stays as kubectl scale left it',
      run: async () => {
        const { namespace, name } = main;
        await kubectl(['scale', `deployment/${name}-api`, '--replicas=2', '-n', namespace]);
        await until(
          'two pods are ready',
          async () => (await objectOf(main))?.status?.['readyReplicas'] === 2,
          600_000,
        );
        await kubectl(['scale', `${MCPREG}/${name}`, '--replicas=3', '-n', namespace]);
        await until(
          'the registry has three ready pods',
          async () => (await objectOf(main))?.status?.['readyReplicas'] === 3,
          600_000,
        );
        await kubectl(['scale', `${MCPREG}/${name}`, '--replicas=1', '-n', namespace]);
        await waitFor(main, 'Ready');
        assert.equal((await deploymentOf(main)).spec['replicas'], 1);
        return 'the Deployment to 2, the registry to 3 and to 1';
      },
    },
    {
      name: 'drifts: what somebody changed or deleted is as it was',
      run: async () => {
        const { namespace, name } = main;
        const ports = async () => (await read('service', `${name}-api`, '-n', namespace))?.spec?.['ports'];
        const portsBefore = await ports();
        const config = async () =>
          (
            (await read('configmap', `${name}-registry-server-config`, '-n', namespace)) as
              | { data?: unknown }
              | undefined
          )?.data;
        const configBefore = await config();
        await kubectl([
          ...['patch', 'service', `${name}-api`, '-n', namespace, '--type=json'],
          `-p=${JSON.stringify([{ op: 'replace', path: '/spec/ports/0/port', value: 9090 }])}`,
        ]);
        await kubectl([
          ...['patch', 'configmap', `${name}-registry-server-config`, '-n', namespace, '--type=merge'],
          `-p=${JSON.stringify({ data: { 'config.yaml': 'sources: []' } })}`,
        ]);
        await kubectl(['delete', 'rolebinding', `${name}-registry-api`, '-n', namespace]);
        const seconds = await timed(() =>
          until('Service, ConfigMap and RoleBinding are as they were', async () => {
            const [service, configMap, children] = [await ports(), await config(), await childrenOf(main)];
            return (
              JSON.stringify(service) === JSON.stringify(portsBefore) &&
              JSON.stringify(configMap) === JSON.stringify(configBefore) &&
              children.length === 6
            );
          }),
        );
        await waitFor(main, 'Ready');
        return `port of the Service, content of the ConfigMap, no RoleBinding: ${seconds.toFixed(1)} s`;
      },
    },
    {
      name: 'a name that is taken is said, the other object stays, and the registry gets on when the name is free',
      run: async () => {
        await waitFor(taken, 'Stalled');
        const registry = await objectOf(taken);
        assert.equal(reasonOf(registry, 'Stalled'), 'ChildNotApplied');
        assert.match(String(registry?.status?.['message']), /taken-registry-server-config/);
        const foreign = `configmap/${taken.name}-registry-server-config`;
        assert.deepEqual(
          ((await read(foreign, '-n', taken.namespace)) as { data?: unknown } | undefined)?.data,
          { mine: 'yes' },
        );
        await kubectl(['delete', foreign, '-n', taken.namespace]);
        await until('all six children are there', async () => (await childrenOf(taken)).length === 6);
        return 'ChildNotApplied, then six children';
      },
    },
    {
      name: 'upgrades: another release reaches every registry, and changes no child',
      run: async () => {
        const [before, callsBefore] = [await templates(), await calls?.()];
        const found = await during(main, async () => {
          await installation.change({ release: '999.0.0' });
          await sleep(SETTLE_MS);
        });
        const called = calls && (await calls()) - (callsBefore ?? 0);
        if (called !== undefined) assert.ok(called > registries.length, `${called} calls`);
        assert.equal(found.children, 0);
        assert.deepEqual(await templates(), before);
        await installation.change({});
        return `${called === undefined ? '' : `${called} calls, `}${said(found)}`;
      },
    },
    {
      name: 'leaves: no registry keeps a finalizer, and what runs keeps running',
      run: async () => {
        const before = await templates();
        const found = await during(main, async () => {
          await installation.change({ finalize: false });
          await until('no registry has the finalizer', async () =>
            (await list(MCPREG, '-A')).every(({ metadata }) => !metadata.finalizers?.includes(FINALIZER)),
          );
          await installation.removeController();
          await sleep(SETTLE_MS);
        });
        assert.equal(found.children, 0);
        assert.deepEqual(await templates(), before);
        return said(found);
      },
    },
    {
      name: 'comes back: every registry is taken over, and no pod rolls',
      run: async () => {
        const before = await templates();
        const found = await during(main, async () => {
          await installation.change({});
          await until('every registry has the finalizer', async () =>
            (await list(MCPREG, '-A')).every(({ metadata }) => metadata.finalizers?.includes(FINALIZER)),
          );
          await sleep(SETTLE_MS);
          await waitFor(main, 'Ready');
        });
        assert.equal(found.children, 0);
        assert.deepEqual(await templates(), before);
        return said(found);
      },
    },
    {
      name: 'deletes: registries go, with their children',
      run: async () => {
        const all = [...registries, taken];
        const seconds = await timed(() =>
          Promise.all(
            all.map(({ namespace, name }) =>
              kubectl(['delete', MCPREG, name, '-n', namespace, '--wait=true', '--timeout=5m']),
            ),
          ),
        );
        for (const registry of all) {
          await until(`no child is left in ${registry.namespace}`, async () => {
            const left = await childrenOf(registry);
            return left.length === 0;
          });
        }
        return `${all.length} registries in ${seconds.toFixed(1)} s`;
      },
    },
  ];
}
