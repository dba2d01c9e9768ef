import { groupKey, kindsOfChildren } from '../../hooks/children/child-kinds.ts';
import type { Context } from '../../hooks/context.ts';
import type { HookRequest } from '../../hooks/contract/request.ts';
import { customize } from '../../hooks/customize.ts';
import { finalize } from '../../hooks/finalize.ts';
import { sync } from '../../hooks/sync.ts';
import { loadSettings } from '../settings/load-settings.ts';
import { registryDefaults } from '../settings/registry-defaults.ts';

/**
 * The request of Metacontroller for a registry that was just created, without `controller` and managed fields. No child
 * exists yet.
 */
const created: HookRequest = {
  parent: {
    apiVersion: 'toolhive.stacklok.dev/v1alpha1',
    kind: 'MCPRegistry',
    metadata: {
      name: 'example',
      namespace: 'mcp-system',
      uid: '0a4b6c1e-5d1f-4a52-9a3b-0c7a5d1e2f30',
      generation: 1,
      ...{
        resourceVersion: '1042',
        creationTimestamp: '2026-01-01T00:00:00Z',
        finalizers: ['metacontroller.io/compositecontroller-mcpregistry'],
      },
    },
    spec: {
      sources: [
        {
          name: 'main',
          format: 'upstream',
          git: { repository: 'https://github.com/example/registry', branch: 'main' },
        },
      ],
      registries: [{ name: 'default', sources: ['main'] }],
    },
  },
  children: Object.fromEntries(kindsOfChildren.map((kind) => [groupKey(kind), {}])),
  ...{ related: {}, finalizing: false },
};

const { parent, children } = created;
const metadata = { ...parent.metadata, deletionTimestamp: '2026-01-02T00:00:00Z' };
const deleted: HookRequest = {
  parent: { ...parent, metadata },
  children,
  ...{ related: {}, finalizing: true },
};

/**
 * A request of each hook with its answer under the default settings. The settings of this process are not used, because
 * the document is public and may not name a private image.
 */
export function exampleCalls() {
  const context: Context = {
    now: new Date('2026-01-01T00:00:00Z'),
    defaults: registryDefaults(loadSettings({})),
  };
  return {
    sync: { request: created, answer: sync(created, context) },
    finalize: { request: deleted, answer: finalize(deleted, context) },
    customize: { request: { parent }, answer: customize({ parent }, context) },
  };
}
