import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { parse } from 'yaml';
import { type ChildKind, childKinds, groupKey, optionalKinds } from '../../hooks/children/child-kinds.ts';
import type { Kind } from '../simulator/api-server/api-server.ts';
import { Cluster } from '../simulator/cluster.ts';
import {
  clone,
  type Json,
  type JsonObject,
  type KubeObject,
  objectAt,
  type StoredObject,
} from '../simulator/json.ts';
import type { ApplyStrategy } from '../simulator/metacontroller/children.ts';
import { testApp } from '../support/app.ts';

const manifest = new URL('../../manifests/base/composite-controller.yaml', import.meta.url);
const controllerObject = parse(readFileSync(manifest, 'utf8')) as JsonObject;

export const NAMESPACE = 'mcp-system';
export const registryKind: Kind = {
  kind: 'MCPRegistry',
  apiVersion: 'toolhive.stacklok.dev/v1alpha1',
  plural: 'mcpregistries',
  custom: true,
};

export type ApiVersion = 'v1alpha1' | 'v1beta1';
export type HookVersion = 'v1' | 'v2';
/** Whether there is a customize hook, so that requests show related objects. */
export type RelatedSetting = 'given' | 'withheld';

/** The kinds of children that a cluster has only with a CRD. */
const customKinds: readonly Kind[] = optionalKinds
  .map((kind) => ({ kind, apiVersion: childKinds[kind].apiVersion, plural: childKinds[kind].resource }))
  .filter(({ apiVersion }) => /^(gateway\.networking\.k8s\.io|monitoring\.coreos\.com)\//.test(apiVersion))
  .map((kind) => ({ ...kind, custom: true }));

/**
 * The CompositeController of the manifests, for a version of the hooks and of the parent, and with optional kinds of
 * children and the customize hook, as the components add them.
 */
export function controller(
  hooks: HookVersion,
  version: ApiVersion,
  kinds: readonly ChildKind[] = [],
  related: RelatedSetting = 'withheld',
): JsonObject {
  const object = clone(controllerObject);
  const { spec } = object as { spec: { childResources: JsonObject[] } };
  for (const kind of kinds) {
    const { apiVersion, resource } = childKinds[kind];
    spec.childResources.push({ apiVersion, resource, updateStrategy: { method: 'InPlace' } });
  }
  const registered = objectAt(object, 'spec', 'hooks');
  if (related === 'given') {
    const sync = JSON.stringify(registered['sync']);
    registered['customize'] = JSON.parse(sync.replace('/sync', '/customize'));
  }
  for (const hook of Object.values(registered)) (hook as JsonObject)['version'] = hooks;
  objectAt(object, 'spec', 'parentResource')['apiVersion'] = `toolhive.stacklok.dev/${version}`;
  return object;
}

export interface Settings {
  readonly strategy: ApplyStrategy;
  readonly hooks: HookVersion;
  readonly version: ApiVersion;
  readonly callMilliseconds: number;
  /** The optional kinds of children that are registered; none if left out. */
  readonly kinds?: readonly ChildKind[];
  /** Withheld if left out. */
  readonly related?: RelatedSetting;
  /** How late Metacontroller's cache of pods is; 0 if left out. */
  readonly staleMilliseconds?: number;
}

/** The app that production starts, in a simulated cluster whose clock it reads. */
export class Production {
  /** Milliseconds spent in calls of the hook so far. */
  spent = 0;
  private now = () => new Date();
  private readonly app: FastifyInstance = testApp({
    now: () => this.now(),
    environment: { LOG_LEVEL: 'silent' },
  }).app;

  cluster({ hooks, version, kinds, related, ...settings }: Settings): Cluster {
    const { strategy, callMilliseconds, staleMilliseconds = 0 } = settings;
    const cluster: Cluster = new Cluster({
      controller: controller(hooks, version, kinds, related),
      custom: [registryKind, ...customKinds],
      strategy,
      callMilliseconds,
      staleMilliseconds,
      call: (hook, body) => {
        this.now = () => new Date(cluster.clock.now());
        return this.call(hook, body);
      },
    });
    return cluster;
  }

  async call(hook: string, body: JsonObject) {
    const begun = performance.now();
    const reply = await this.app.inject({ method: 'POST', url: `/${hook}`, payload: body });
    this.spent += performance.now() - begun;
    return {
      status: reply.statusCode,
      headers: reply.headers as Record<string, string>,
      body: reply.json() as Json,
    };
  }

  /** The children that the hook wants for a registry of which nothing is there yet. */
  async desired(parent: StoredObject, kinds: readonly ChildKind[]): Promise<KubeObject[]> {
    const { status: _, ...rest } = parent;
    const request = {
      controller: controllerObject,
      parent: rest,
      children: Object.fromEntries(kinds.map((kind) => [groupKey(kind), {}])),
      related: {},
      finalizing: false,
    };
    const { body } = await this.call('sync', request);
    return (body as JsonObject)['children'] as KubeObject[];
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

export const registry = (name: string, spec: JsonObject): KubeObject => ({
  apiVersion: registryKind.apiVersion,
  kind: registryKind.kind,
  metadata: { namespace: NAMESPACE, name },
  spec,
});
