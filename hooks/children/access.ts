import type { Child } from '../contract/answer.ts';
import type { Identity } from '../identity.ts';
import { metadataOf } from './metadata.ts';
import { accountName } from './names.ts';

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'update', 'patch', 'delete'];

/**
 * What a registry server may do in its namespace: discover MCP servers and what leads to them, elect a leader
 * among its replicas, and write events (docs/design.md, "Children").
 */
const rules = [
  {
    apiGroups: ['toolhive.stacklok.dev'],
    resources: ['mcpservers', 'mcpremoteproxies', 'virtualmcpservers'],
    verbs: READ,
  },
  { apiGroups: [''], resources: ['services'], verbs: READ },
  { apiGroups: ['gateway.networking.k8s.io'], resources: ['httproutes', 'gateways'], verbs: READ },
  { apiGroups: [''], resources: ['configmaps'], verbs: [...READ, ...WRITE] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: [...READ, ...WRITE] },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
];

const RBAC = 'rbac.authorization.k8s.io';

/** @param imagePullSecrets names of Secrets that pods of this account pull images with */
export function buildServiceAccount(identity: Identity, imagePullSecrets: readonly string[]): Child {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: metadataOf(accountName(identity), identity),
    ...(imagePullSecrets.length > 0 ? { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) } : {}),
  };
}

export function buildRole(identity: Identity): Child {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'Role',
    metadata: metadataOf(accountName(identity), identity),
    rules,
  };
}

export function buildRoleBinding(identity: Identity): Child {
  const name = accountName(identity);
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: metadataOf(name, identity),
    roleRef: { apiGroup: RBAC, kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace: identity.namespace }],
  };
}
