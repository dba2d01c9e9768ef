import { readdirSync, readFileSync } from 'node:fs';
import type { Cluster } from '../simulator/cluster.ts';
import { type JsonObject, type KubeObject, listAt, objectAt, type StoredObject } from '../simulator/json.ts';
import type { Script } from './replay.ts';

const namespace = 'mcp-system';

const setServicePort = (cluster: Cluster) => {
  cluster.edit('Service', namespace, 'a-api', (service) => {
    for (const port of listAt(service, 'spec', 'ports') as JsonObject[]) port['port'] = 9090;
  });
};

const setContainerPort = (cluster: Cluster) => {
  cluster.edit('Deployment', namespace, 'a-api', (deployment) => {
    for (const container of listAt(deployment, 'spec', 'template', 'spec', 'containers') as JsonObject[]) {
      for (const port of listAt(container, 'ports') as JsonObject[]) port['containerPort'] = 9090;
    }
  });
};

/** What the customize hook of that day asked for. */
const related: JsonObject[] = [
  { apiVersion: 'v1', resource: 'configmaps', namespace, names: ['internal-catalog'] },
  {
    apiVersion: 'v1',
    resource: 'pods',
    labelSelector: { matchLabels: { 'toolhive.stacklok.io/registry-name': 'production' } },
  },
];

/** The folders with answers, each with what somebody did that day. */
export const scripts: readonly Script[] = [
  {
    folder: 'child-deleted',
    begins: 'ready',
    events: { 1: (cluster) => cluster.delete('Deployment', namespace, 'a-api') },
  },
  { folder: 'invalid-spec', begins: 'ready' },
  { folder: 'ssa-invalid-spec', strategy: 'server-side-apply', begins: 'ready' },
  { folder: 'ssa-spec-change', strategy: 'server-side-apply', begins: 'ready' },
  { folder: 'stuck-rollout', begins: 'ready' },
  { folder: 'service-port-adopted', begins: 'ready', events: { 1: setServicePort } },
  {
    folder: 'container-port-adopted',
    begins: 'ready',
    events: { 1: setContainerPort },
    callMilliseconds: { 1: 13, 2: 7, 4: 7 },
  },
  { folder: 'service-replaced', begins: 'ready', events: { 1: setServicePort } },
  {
    folder: 'ssa-service-replaced',
    strategy: 'server-side-apply',
    begins: 'ready',
    events: { 1: setServicePort },
  },
  {
    folder: 'name-taken',
    begins: (cluster, replay) => {
      const metadata = { namespace, name: 'a-registry-server-config' };
      cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
      const spec = { ports: [{ port: 80 }] };
      cluster.create({ apiVersion: 'v1', kind: 'Service', metadata: { namespace, name: 'a-api' }, spec });
      cluster.start({});
      cluster.apply(replay.applied());
    },
    events: {
      7: (cluster) => {
        cluster.delete('ConfigMap', namespace, 'a-registry-server-config');
        cluster.delete('Service', namespace, 'a-api');
      },
    },
  },
  {
    folder: 'orphaned',
    begins: 'ready',
    events: {
      1: (cluster) => cluster.delete('MCPRegistry', namespace, 'a', 'Orphan'),
      4: async (cluster, replay) => {
        await cluster.run(1000);
        cluster.apply(replay.applied());
      },
    },
  },
  {
    folder: 'deployment-refused',
    begins: 'fresh',
    world: (cluster) => {
      lift = cluster.quota('Deployment', 'deployments.apps', 0);
    },
    events: { 12: () => lift() },
  },
  {
    folder: 're-registered',
    begins: 'ready',
    events: {
      1: (cluster, replay) => cluster.start({ controller: replay.request(1)['controller'] as JsonObject }),
    },
  },
  {
    folder: 'strategy-switch',
    begins: 'ready',
    events: {
      1: (cluster) => cluster.start({ strategy: 'server-side-apply' }),
      8: (cluster) => cluster.start({ strategy: 'dynamic-apply' }),
    },
    cut: 'the old pod was still ending when Metacontroller was stopped',
  },
  { folder: 'create', begins: 'fresh' },
  { folder: 'spec-change', begins: 'loaded' },
  {
    folder: 'drift',
    begins: 'loaded',
    events: { 2: (cluster) => cluster.delete('ConfigMap', namespace, 'production-registry-server-config') },
  },
  {
    folder: 'scaled-by-hand',
    begins: 'loaded',
    stops: {
      after: 2,
      reason:
        'the hook scaled back between the Deployment controller’s scaling and its status, and pods came up in milliseconds; a controller’s turn is one step here',
    },
  },
  { folder: 'delete', begins: 'loaded' },
  {
    folder: 'delete-foreground',
    begins: 'loaded',
    related,
    podsDiffer: 'its pod was gone within milliseconds, before the controller of its ReplicaSet looked',
  },
  { folder: 'quota-blocked', begins: 'fresh', world: (cluster) => void cluster.changeNodes({ podQuota: 0 }) },
  { folder: 'unschedulable', begins: 'fresh' },
  {
    folder: 'hook-v2',
    begins: 'fresh',
    events: { 4: (cluster) => cluster.delete('MCPRegistry', namespace, 'v2demo') },
  },
  { folder: 'server-side-apply', begins: 'fresh', strategy: 'server-side-apply', children: 'hook-v2' },
  {
    folder: 'customize',
    begins: 'fresh',
    related,
    world: (cluster) => {
      cluster.create({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { namespace, name: 'internal-catalog' },
        data: { 'registry.json': '{"servers":[]}' },
      });
      // Nothing was started for this pod: it was ready before its Deployment's controller had counted it.
      cluster.changeNodes({ readyAfterMilliseconds: 7 });
    },
    parentLags: {
      2: 'its own status write reached Metacontroller’s cache after the children; caches are never late here',
    },
  },
  { folder: 'takeover-from-operator', begins: takeOver, shapes: { 'status.conditions': ['type'] } },
];

let lift: () => void = () => {};

/** As documented: label the children, remove the operator's finalizer, register Metacontroller. */
function takeOver(cluster: Cluster, replay: { parent: KubeObject }): void {
  for (const object of operatorMade()) cluster.api.load(object);
  const { kind, metadata } = replay.parent;
  const parent = cluster.api.get(kind, metadata.namespace, metadata.name);
  for (const child of cluster.api.ownedBy(parent?.metadata.uid ?? '')) {
    cluster.edit(
      child.kind,
      namespace,
      child.metadata.name,
      (object) => {
        const labels = objectAt(object, 'metadata', 'labels');
        object.metadata['labels'] = { ...labels, 'controller-uid': parent?.metadata.uid };
      },
      'kubectl-label',
    );
  }
  cluster.edit(kind, namespace, metadata.name, (object) => delete object.metadata['finalizers']);
  cluster.start({});
}

function operatorMade(): StoredObject[] {
  const folder = new URL('../fixtures/recordings/operator-made/', import.meta.url);
  return readdirSync(folder).map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
}
