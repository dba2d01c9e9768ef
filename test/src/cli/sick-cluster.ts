import { readFileSync } from 'node:fs';
import type { Test } from 'tap';
import { parse } from 'yaml';
import type { ChildKind } from '../../../hooks/children/child-kinds.ts';
import { kindsOfChildren } from '../../../hooks/children/child-kinds.ts';
import { children, NAME } from '../../histories/actions.ts';
import { Actor } from '../../histories/actor.ts';
import { controller, NAMESPACE, Production, type Settings } from '../../histories/world.ts';
import type { Cluster } from '../../simulator/cluster.ts';
import type { Pod } from '../../simulator/controllers/replica-set.ts';
import { clone, type JsonObject, objectAt, type StoredObject } from '../../simulator/json.ts';
import { quiet } from '../../support/warnings.ts';

export { NAME, NAMESPACE };

/** An object as kubectl prints it. */
export interface Printed {
  apiVersion: string;
  kind: string;
  metadata: Record<string, unknown> & { name: string; namespace?: string };
  [field: string]: unknown;
}

/** A spec about which there is no warning. */
export const spec = clone(quiet) as unknown as JsonObject;

/** What a kubelet says of the server's container in a pod that is not ready. */
export type Container = Readonly<Record<string, unknown>>;

/** A simulated cluster, and everything in it as kubectl would print it. */
export class SickCluster {
  readonly cluster: Cluster;
  readonly actor: Actor;
  /** The CompositeControllers that there are. */
  controllers: Printed[];
  /** What is said of the server's container of each pod that is not ready. */
  container: Container = { state: { waiting: { reason: 'ContainerCreating' } } };
  /** Objects that the simulator does not know. */
  readonly more: Printed[] = [];

  constructor(
    t: Test,
    { version = 'v1alpha1', strategy = 'dynamic-apply', kinds = [] }: Partial<Settings> = {},
  ) {
    const production = new Production();
    t.teardown(() => production.close());
    const settings: Settings = { strategy, hooks: 'v1', version, callMilliseconds: 3, kinds };
    this.cluster = production.cluster(settings);
    this.actor = new Actor(this.cluster, settings);
    this.controllers = [clone(controller('v1', version, kinds)) as unknown as Printed];
    // Every namespace has it.
    this.cluster.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: NAMESPACE, name: 'kube-root-ca.crt' },
      data: { 'ca.crt': 'a' },
    });
  }

  get now(): Date {
    return new Date(this.cluster.clock.now());
  }

  get registry(): StoredObject {
    const found = this.cluster.api.get('MCPRegistry', NAMESPACE, NAME);
    if (!found) throw new Error('the registry is gone');
    return found;
  }

  /** Applies a spec, and lets a time pass in which all goes well that can. */
  async apply(own: JsonObject = spec, seconds = 30): Promise<void> {
    await this.actor.act({ do: 'apply', spec: own });
    await this.pass(seconds);
  }

  async pass(seconds: number): Promise<void> {
    await this.cluster.run(seconds * 1000);
  }

  /** From now on nobody looks at a registry. */
  stopMetacontroller(): void {
    this.cluster.metacontroller?.stop();
    this.cluster.metacontroller = undefined;
  }

  edit(kind: ChildKind | 'MCPRegistry', change: (object: StoredObject) => void): void {
    this.cluster.edit(kind, NAMESPACE, kind === 'MCPRegistry' ? NAME : children[kind], change);
  }

  /** All objects, as `kubectl get -o json --show-managed-fields` prints them. */
  print(): Printed[] {
    const { api } = this.cluster;
    const registries = api.list('MCPRegistry').map((object) => ({
      ...clone(object),
      // kubectl prints the newest version that is served.
      apiVersion: 'toolhive.stacklok.dev/v1beta1',
    }));
    const others = kindsOfChildren.flatMap((kind) => api.list(kind).map((object) => clone(object)));
    return [
      ...(registries as unknown as Printed[]),
      ...(others as unknown as Printed[]),
      ...this.pods(),
      ...this.events(),
      ...this.controllers,
      ...this.more,
    ];
  }

  private pods(): Printed[] {
    return this.cluster.api.list('Deployment').flatMap(({ metadata: { namespace, name } }) =>
      this.cluster.workloads
        .pods(namespace, name)
        .filter(({ isEnding }) => !isEnding)
        .map((pod) => this.podOf(pod, namespace)),
    );
  }

  private podOf({ name, template, isScheduled, isReady }: Pod, namespace: string): Printed {
    const at = this.cluster.clock.timestamp();
    const condition = (type: string, holds: boolean, parts: object = {}) => ({
      ...{ type, status: holds ? 'True' : 'False', lastTransitionTime: at },
      ...parts,
    });
    const labels = objectAt(template, 'metadata', 'labels');
    const annotations = objectAt(template, 'metadata', 'annotations');
    const owner = name.replace(/-[^-]+$/, '');
    const unscheduled = {
      reason: 'Unschedulable',
      message: '0/1 nodes are available: 1 node(s) had untolerated taints.',
    };
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...{ namespace, name, labels, annotations, creationTimestamp: at },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, controller: true }],
      },
      spec: objectAt(template, 'spec'),
      status: {
        phase: isReady ? 'Running' : 'Pending',
        startTime: at,
        conditions: [
          condition('PodScheduled', isScheduled, isScheduled ? {} : unscheduled),
          condition('PodReadyToStartContainers', isScheduled),
          condition('Ready', isReady),
          condition('ContainersReady', isReady),
        ],
        containerStatuses: !isScheduled
          ? []
          : [{ name: 'registry-api', ready: isReady, restartCount: 0, ...(isReady ? {} : this.container) }],
      },
    };
  }

  /** What Metacontroller said of registries, as the event recorder writes it. */
  private events(): Printed[] {
    // Events name the uid of their object.
    const registry = this.cluster.api.get('MCPRegistry', NAMESPACE, NAME);
    const since = Date.parse(String(registry?.metadata['creationTimestamp']));
    const current = this.cluster.errors.filter(({ time }) => !(time < since));
    return current.map(({ time, key, message }, index) => {
      const [namespace = '', name = ''] = key.split('/');
      const at = `${new Date(time).toISOString().slice(0, 19)}Z`;
      return {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { namespace, name: `${name}.${index}` },
        involvedObject: {
          apiVersion: 'toolhive.stacklok.dev/v1alpha1',
          kind: 'MCPRegistry',
          namespace,
          name,
        },
        type: 'Warning',
        reason: 'SyncError',
        message,
        lastTimestamp: at,
      };
    });
  }
}

/** A schema of a CRD, as far as tests change it. */
export interface Schema {
  properties?: Record<string, Schema>;
  items?: { properties: Record<string, Schema> };
}

interface Version {
  deprecated?: boolean;
  readonly schema: {
    readonly openAPIV3Schema: {
      readonly properties: {
        readonly spec: { properties: Record<string, Schema | undefined> };
        readonly status: { readonly properties: { readonly phase: { enum: string[] } } };
      };
    };
  };
}

/** The CRD of this project. */
export const ourCrd = (): Printed & { readonly spec: { readonly versions: readonly [Version, Version] } } =>
  parse(readFileSync(new URL('../../../manifests/base/crd.yaml', import.meta.url), 'utf8'));
