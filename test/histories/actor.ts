import { ApiError } from '../simulator/api-server/errors.ts';
import type { Cluster } from '../simulator/cluster.ts';
import { clone, type JsonObject, listAt, objectAt, type StoredObject } from '../simulator/json.ts';
import { type Action, type ChildKind, children, EXTRA_MAP, kinds, NAME } from './actions.ts';
import { drift, undoContainerPort } from './drift.ts';
import { troubleOf } from './troubles.ts';
import { controller, NAMESPACE, registry, type Settings } from './world.ts';

/** Performs actions on a cluster, and removes at the end whatever still keeps the registry from running. */
export class Actor {
  private lifts: (() => void)[] = [];
  private readonly cluster: Cluster;
  private readonly settings: Settings;
  /** Whether a child was changed by hand: a freeze then restores what was applied, so it is followed by writes. */
  hasDrifted = false;
  /** Whether the apply strategy changed under the registry. */
  hasSwitched = false;

  constructor(cluster: Cluster, settings: Settings) {
    this.cluster = cluster;
    this.settings = settings;
  }

  /** Performs an action. Does nothing if the API server refuses it or the object does not exist. */
  async act(action: Action): Promise<void> {
    try {
      await this.perform(action);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  get registry(): StoredObject | undefined {
    return this.cluster.api.get('MCPRegistry', NAMESPACE, NAME);
  }

  /** Removes everything that keeps a registry from running, except its own spec. */
  removeObstacles(): void {
    const { cluster } = this;
    cluster.fault = 'none';
    for (const lift of this.lifts) lift();
    this.lifts = [];
    this.freeNames();
    // A selector that was applied under one strategy and dropped under the other stays in the Deployment
    // (docs/design.md, "Apply"): with nodes for every pod it does no harm.
    cluster.changeNodes({
      labels: 'any',
      starts: () => true,
      trouble: () => undefined,
      podQuota: undefined,
    });
    this.setExtraMap({ key: 'x' });
    cluster.workloads.setReady(NAMESPACE, children.Deployment, true);
    undoContainerPort(cluster);
    const deployment = cluster.api.get('Deployment', NAMESPACE, children.Deployment);
    if (deployment && objectAt(deployment, 'spec')['replicas'] === 0) this.scale(1);
    cluster.routers.answer = 'accepts';
    cluster.routers.look();
  }

  private async perform(action: Action): Promise<void> {
    const { cluster } = this;
    switch (action.do) {
      case 'wait':
        return cluster.run(action.seconds * 1000);
      case 'apply':
        cluster.apply({
          ...registry(NAME, clone(action.spec)),
          apiVersion: `toolhive.stacklok.dev/${this.settings.version}`,
        });
        return;
      case 'annotate':
        this.editRegistry((object) => {
          object.metadata['annotations'] = {
            ...objectAt(object, 'metadata', 'annotations'),
            note: action.value,
          };
        });
        return;
      case 'deleteChild':
        return cluster.delete(action.kind, NAMESPACE, children[action.kind]);
      case 'label':
        return this.edit(action.kind, (object) => {
          object.metadata['labels'] = { ...objectAt(object, 'metadata', 'labels'), team: 'x' };
        });
      case 'takeName':
        return this.takeName(action.kind);
      case 'freeNames':
        return this.freeNames();
      case 'refuse':
        this.lifts.push(
          cluster.refuse((object) => (object.kind === action.kind ? 'a policy says no' : undefined)),
        );
        return;
      case 'allow':
        for (const lift of this.lifts) lift();
        this.lifts = [];
        return;
      case 'drift':
        this.hasDrifted = true;
        return drift(this.cluster, action.how);
      case 'scale':
        return this.scale(action.replicas);
      case 'load':
        cluster.autoscaler.load = action.pods;
        return;
      case 'router':
        cluster.routers.answer = action.answer;
        return cluster.routers.look();
      case 'scaleRegistry':
        cluster.api.scale('MCPRegistry', NAMESPACE, NAME, action.replicas, 'kubectl');
        return;
      case 'ready':
        return cluster.workloads.setReady(NAMESPACE, children.Deployment, action.on);
      case 'starts':
        return cluster.changeNodes({ starts: () => action.on });
      case 'schedules':
        return cluster.changeNodes({ labels: action.on ? [{}] : [] });
      case 'trouble':
        return cluster.changeNodes({ trouble: troubleOf(action.trouble) });
      case 'extraMap':
        return this.setExtraMap(action.data);
      case 'podQuota':
        return cluster.changeNodes({ podQuota: action.on ? 0 : undefined });
      case 'fault':
        cluster.fault = action.fault;
        return;
      case 'foreignCondition':
        return this.addCondition();
      case 'restart':
        return cluster.start({});
      case 'strategy':
        this.hasSwitched = true;
        return cluster.start({ strategy: action.strategy });
      case 'register':
        return cluster.start({
          controller: controller(action.hooks, this.settings.version, this.settings.kinds, action.related),
        });
      case 'deleteRegistry':
        return cluster.delete('MCPRegistry', NAMESPACE, NAME, action.propagation);
    }
  }

  private edit(kind: ChildKind, change: (object: StoredObject) => void): void {
    this.cluster.edit(kind, NAMESPACE, children[kind], change);
  }

  private scale(replicas: number): void {
    this.edit('Deployment', (object) => {
      objectAt(object, 'spec')['replicas'] = replicas;
    });
  }

  /** Makes the ConfigMap that some specs mount what is given: it is absent without data. */
  private setExtraMap(data: JsonObject | undefined): void {
    const { cluster } = this;
    const metadata = { namespace: NAMESPACE, name: EXTRA_MAP };
    const found = cluster.api.get('ConfigMap', NAMESPACE, EXTRA_MAP);
    if (!data) {
      if (found) cluster.delete('ConfigMap', NAMESPACE, EXTRA_MAP);
    } else if (!found) cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
    else
      cluster.edit('ConfigMap', NAMESPACE, EXTRA_MAP, (object) => {
        object['data'] = data;
      });
  }

  private editRegistry(change: (object: StoredObject) => void): void {
    this.cluster.edit('MCPRegistry', NAMESPACE, NAME, change);
  }

  private takeName(kind: ChildKind): void {
    const { cluster } = this;
    if (cluster.api.get(kind, NAMESPACE, children[kind])) cluster.delete(kind, NAMESPACE, children[kind]);
    const { apiVersion } = cluster.api.kind(kind);
    const labels = { 'made-by': 'somebody' };
    const parts: Partial<Record<ChildKind, JsonObject>> = {
      Service: { spec: { ports: [{ port: 80 }] } },
      RoleBinding: { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'x' } },
      Deployment: {
        spec: {
          selector: { matchLabels: { app: 'x' } },
          template: {
            metadata: { labels: { app: 'x' } },
            spec: { containers: [{ name: 'x', image: 'x:1' }] },
          },
        },
      },
    };
    cluster.create({
      apiVersion,
      kind,
      metadata: { namespace: NAMESPACE, name: children[kind], labels },
      ...parts[kind],
    });
  }

  /** Deletes what is in the way: foreign objects, and children of an earlier registry of the name. */
  freeNames(): void {
    const { api } = this.cluster;
    for (const kind of kinds) {
      const object = api.get(kind, NAMESPACE, children[kind]);
      if (object && object.metadata['ownerReferences'] === undefined)
        this.cluster.delete(kind, NAMESPACE, children[kind]);
    }
  }

  private addCondition(): void {
    const registry = this.registry;
    if (!registry?.['status']) return;
    const conditions = listAt(registry, 'status', 'conditions').filter(
      (condition) => objectAt(condition)['type'] !== 'Audited',
    );
    const time = this.cluster.clock.timestamp();
    const audited = {
      type: 'Audited',
      status: 'True',
      reason: 'Seen',
      message: 'ok',
      lastTransitionTime: time,
    };
    const status = { ...objectAt(registry, 'status'), conditions: [...conditions, audited] };
    this.cluster.api.updateStatus({ ...registry, status }, 'auditor');
  }
}
