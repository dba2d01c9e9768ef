import type { Cluster } from '../simulator/cluster.ts';
import { clone, type JsonObject, listAt, objectAt, type StoredObject } from '../simulator/json.ts';
import { type ChildKind, children, type Drift } from './actions.ts';
import { NAMESPACE } from './world.ts';

const container = (object: StoredObject) => objectAt(object, 'spec', 'template', 'spec', 'containers', 0);

/** What each change by hand does, and to which child. */
const changes: Record<Exclude<Drift, 'roleRef'>, readonly [ChildKind, (object: StoredObject) => void]> = {
  config: ['ConfigMap', (object) => set(object, 'data', { 'config.yaml': 'broken', other: 'x' })],
  image: ['Deployment', (object) => set(container(object), 'image', 'somebody/else:1')],
  serviceSelector: ['Service', (object) => set(objectAt(object, 'spec'), 'selector', { app: 'other' })],
  nodePort: ['Service', (object) => set(objectAt(object, 'spec'), 'type', 'NodePort')],
  extraPort: ['Service', (object) => void listAt(object, 'spec', 'ports').push({ name: 'more', port: 9999 })],
  role: ['Role', (object) => set(object, 'rules', [])],
  servicePort: ['Service', (object) => set(objectAt(object, 'spec', 'ports', 0), 'port', 9090)],
  containerPort: [
    'Deployment',
    (object) => set(objectAt(container(object), 'ports', 0), 'containerPort', 9090),
  ],
  immutable: ['ConfigMap', (object) => set(object, 'immutable', true)],
};

function set(object: JsonObject, field: string, value: JsonObject[string]): void {
  object[field] = value;
}

/** Changes a child by hand; throws the API server's refusal. */
export function drift(cluster: Cluster, how: Drift): void {
  if (how === 'roleRef') changeRoleRef(cluster);
  else {
    const [kind, change] = changes[how];
    cluster.edit(kind, NAMESPACE, children[kind], change);
  }
}

/** A roleRef is immutable: to change it, the object is replaced by one that looks like ours. */
function changeRoleRef(cluster: Cluster): void {
  const found = cluster.api.get('RoleBinding', NAMESPACE, children.RoleBinding);
  if (!found) return;
  const metadata = clone(found.metadata) as StoredObject['metadata'] & JsonObject;
  for (const field of ['uid', 'resourceVersion', 'creationTimestamp', 'managedFields'])
    delete metadata[field];
  cluster.delete('RoleBinding', NAMESPACE, children.RoleBinding);
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
  cluster.create({ ...clone(found), metadata, roleRef });
}

/** Under server-side apply, only the manager that set a container's port can remove it. */
export function undoContainerPort(cluster: Cluster): void {
  const found = cluster.api.get('Deployment', NAMESPACE, children.Deployment);
  if (!found || container(found)['name'] !== 'registry-api') return;
  cluster.edit('Deployment', NAMESPACE, children.Deployment, (object) => {
    const ports = listAt(container(object), 'ports') as JsonObject[];
    const left = ports.filter((port) => port['containerPort'] !== 9090);
    if (left.length < ports.length) set(container(object), 'ports', left.length > 0 ? left : [http]);
  });
}

const http: JsonObject = { name: 'http', containerPort: 8080, protocol: 'TCP' };
