import { childKinds, optionalKinds } from '../../hooks/children/child-kinds.ts';

/** A kind of child that only some registries ask for, as Metacontroller and RBAC know it. */
interface RegisteredKind {
  readonly kind: string;
  readonly apiVersion: string;
  readonly group: string;
  readonly resource: string;
  /** The field of the spec that asks for it. */
  readonly field: string;
}

/** A kustomize component: a folder of manifests/components. */
export interface Component extends RegisteredKind {
  readonly name: string;
  /** Who brings the kind, where not every cluster has it. */
  readonly needs: Requirement | undefined;
}

interface Requirement {
  readonly what: string;
  readonly url: string;
}

/** API groups of Kubernetes itself, which every cluster has. */
const builtIn: ReadonlySet<string> = new Set(['autoscaling', 'networking.k8s.io', 'policy']);

/** API groups that somebody has to add to a cluster. */
const added: Readonly<Record<string, Requirement>> = {
  'gateway.networking.k8s.io': {
    what: 'the CRDs of the Gateway API',
    url: 'https://gateway-api.sigs.k8s.io/guides/getting-started/introduction/',
  },
  'monitoring.coreos.com': {
    what: 'the CRDs of the Prometheus operator',
    url: 'https://prometheus-operator.dev/docs/getting-started/installation/',
  },
};

/**
 * The components, one for each optional kind of the table.
 *
 * @throws Error that names a kind of which it is not said whether every cluster has it
 */
export const components: readonly Component[] = optionalKinds.flatMap((kind) => {
  const { apiVersion, resource, optional } = childKinds[kind];
  if (!optional) return [];
  const group = apiVersion.includes('/') ? apiVersion.replace(/\/.*/, '') : '';
  const needs = added[group];
  if (!needs && !builtIn.has(group)) {
    throw new Error(`scripts/components/component.ts does not say who brings ${kind} to a cluster`);
  }
  const { component: name, field } = optional;
  return [{ name, kind, apiVersion, group, resource, field, needs }];
});

/** What a component adds to `spec.childResources` of the CompositeController. */
export const childResourceOf = ({ apiVersion, resource }: RegisteredKind) => ({
  apiVersion,
  resource,
  // The default, OnDelete, never updates a child.
  updateStrategy: { method: 'InPlace' },
});

/** What a component adds to the rules of the two ClusterRoles of Metacontroller, by their names. */
export const rulesOf = ({ group, resource }: RegisteredKind) => ({
  'mcpregistry-metacontroller-watch': {
    apiGroups: [group],
    resources: [resource],
    verbs: ['list', 'watch'],
  },
  'mcpregistry-metacontroller-manage': {
    apiGroups: [group],
    resources: [resource],
    verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
  },
});

/** The component that registers the customize hook. It is no kind of child: its kustomization is written by hand. */
export const EXPLAIN = 'explain';

/** What it adds to `spec.hooks` of the CompositeController, beside the hook of which it takes scheme and host. */
export const customizeHook = (syncUrl: string) => ({
  version: 'v1',
  webhook: { url: syncUrl.replace(/\/sync(?=\?|$)/, '/customize'), timeout: '10s' },
});

/** The label by which components that change URLs know that there is this one. */
export const EXPLAIN_LABEL = { 'mcpregistry-hook/explain': 'true' };

/** What Metacontroller watches for it, beside ConfigMaps, which it watches as children. */
export const watchedToExplain = {
  'mcpregistry-metacontroller-watch': {
    apiGroups: [''],
    resources: ['pods', 'persistentvolumeclaims'],
    verbs: ['list', 'watch'],
  },
};
