import { test } from 'tap';
import { recordings } from '../fixtures/recordings.ts';
import { Production, type Settings } from '../histories/world.ts';
import type { Cluster } from '../simulator/cluster.ts';
import {
  equal,
  isObject,
  type Json,
  type JsonObject,
  type KubeObject,
  listAt,
  objectAt,
} from '../simulator/json.ts';

interface Life {
  readonly folder: string;
  readonly settings?: Partial<Settings>;
  readonly world?: (cluster: Cluster) => void;
  /** After the first life: what ends the recording. */
  readonly end?: (cluster: Cluster, parent: KubeObject) => void;
  /** How long the recording took, in virtual milliseconds. */
  readonly lasts: number;
}

/** The folders that begin with a new registry: their hook was another, the life of the children is the same. */
const lives: readonly Life[] = [
  { folder: 'create', lasts: 20_000 },
  { folder: 'server-side-apply', settings: { strategy: 'server-side-apply' }, lasts: 20_000 },
  { folder: 'quota-blocked', world: (cluster) => cluster.changeNodes({ podQuota: 0 }), lasts: 700_000 },
  { folder: 'unschedulable', lasts: 700_000 },
  {
    folder: 'hook-v2',
    settings: { hooks: 'v2' },
    lasts: 20_000,
    end: (cluster, { kind, metadata }) => cluster.delete(kind, metadata.namespace, metadata.name),
  },
];

/** What is seen of the children in a request: which there are, and how far the rollout is. */
function seen(request: JsonObject): Json {
  const groups = objectAt(request, 'children') as Record<string, Record<string, JsonObject>>;
  const [deployment] = Object.values(groups['Deployment.apps/v1'] ?? {});
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0 } = objectAt(deployment, 'status');
  const conditions = listAt(deployment, 'status', 'conditions').filter(isObject);
  return {
    finalizing: request['finalizing'] === true,
    kinds: Object.entries(groups)
      .filter(([, group]) => Object.keys(group).length > 0)
      .map(([key]) => key)
      .sort(),
    replicas,
    updatedReplicas,
    readyReplicas,
    conditions: conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`).sort(),
  };
}

for (const { folder, settings, world, end, lasts } of lives) {
  test(`${folder}: the same life of the children with the hooks of this project`, async (t) => {
    const production = new Production();
    t.teardown(() => production.close());
    const [first, ...rest] = recordings(folder).map(({ request }) => request as JsonObject);
    const parent = objectAt(first, 'parent') as KubeObject;
    const cluster = production.cluster({
      strategy: 'dynamic-apply',
      hooks: 'v1',
      version: 'v1alpha1',
      callMilliseconds: 0,
      ...settings,
    });
    world?.(cluster);
    const { kind, apiVersion, metadata, spec } = parent;
    cluster.apply({
      kind,
      apiVersion,
      metadata: { name: metadata.name, namespace: metadata.namespace },
      spec,
    });
    await cluster.run(lasts);
    end?.(cluster, parent);
    await cluster.run(5000);

    const lived = cluster.calls.map(({ request }) => seen(request));
    // A real Metacontroller that was slow saw two changes as one: what it saw comes in this order, among more.
    let from = 0;
    for (const wanted of [first, ...rest].map((request) => seen(request as JsonObject))) {
      const index = lived.findIndex((each, at) => at >= from && equal(each, wanted));
      t.ok(index >= 0, 'what was seen is seen', { wanted, lived: lived.slice(from) });
      from = Math.max(index, from);
    }
  });
}
