import type { IPolicyRule } from 'kubernetes-models/rbac.authorization.k8s.io/v1/PolicyRule';
import type { IRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role';
import type { ChildKindRow } from './child-kind.ts';
import type { KubernetesChild } from './kubernetes-child.ts';
import { metadataOf } from './metadata.ts';
import { accountName } from './names.ts';

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'update', 'patch', 'delete'];

/**
 * What a registry server may do in its namespace: discover MCP servers and what leads to them, elect a leader
 * among its replicas, and write events (docs/design.md, "Children").
 */
const rules: IPolicyRule[] = [
  {
    apiGroups: ['toolhive.stacklok.dev'],
    resources: ['mcpservers', 'mcpremoteproxies', 'virtualmcpservers'],
    verbs: READ,
  },
  { apiGroups: [''], resources: ['services'], verbs: READ },
  { apiGroups: ['gateway.networking.k8s.io'], resources: ['httproutes', 'gateways'], verbs: READ },
  { apiGroups: [''], resources: ['configmaps'], verbs: [...READ, ...WRITE] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: [...READ, ...WRITE] },
  // Events of leader election: server 1.5.1 writes them to the core group.
  { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
];

export type DesiredRole = KubernetesChild<IRole, 'rules'>;

/** The Role with the rights of a registry server. */
export const role: ChildKindRow<DesiredRole> = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  resource: 'roles',
  nameOf: accountName,
  build: ({ identity }): DesiredRole => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: metadataOf(accountName(identity), identity),
    rules,
  }),
  read: (object) => object,
  isAsDesired: () => true,
};
