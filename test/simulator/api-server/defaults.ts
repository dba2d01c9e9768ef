import { isObject, type JsonObject, type KubeObject, listAt, objectAt } from '../json.ts';
import { canonicalQuantity } from './quantity.ts';

/** Fills in what the API server stores for fields that a client left out. Changes the object given. */
export function setDefaults(object: KubeObject): void {
  const forKind = defaultsOf[object.kind];
  if (!forKind) return;
  dropEmpty(object);
  forKind(object);
}

const defaultsOf: Record<string, (object: KubeObject) => void> = {
  ConfigMap: () => {},
  ServiceAccount: () => {},
  Role: () => {},
  RoleBinding: (object) => {
    fill(objectAt(object, 'roleRef'), { apiGroup: 'rbac.authorization.k8s.io' });
    for (const subject of listAt(object, 'subjects') as JsonObject[]) {
      if (subject['kind'] === 'User' || subject['kind'] === 'Group')
        fill(subject, { apiGroup: 'rbac.authorization.k8s.io' });
    }
  },
  Service: defaultService,
  Deployment: defaultDeployment,
  HorizontalPodAutoscaler: (object) => {
    fill(child(object, 'spec'), { minReplicas: 1 });
    if (!isObject(object['status'])) object['status'] = { currentMetrics: null, desiredReplicas: 0 };
  },
  PodDisruptionBudget: (object) => {
    const counts = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
    if (!isObject(object['status'])) object['status'] = counts;
  },
  NetworkPolicy: (object) => {
    const spec = child(object, 'spec');
    fill(spec, { policyTypes: spec['egress'] ? ['Ingress', 'Egress'] : ['Ingress'] });
    for (const rule of [...listAt(spec, 'ingress'), ...listAt(spec, 'egress')]) {
      for (const port of listAt(rule, 'ports') as JsonObject[]) fill(port, { protocol: 'TCP' });
    }
  },
  Ingress: (object) => {
    if (!isObject(object['status'])) object['status'] = { loadBalancer: {} };
  },
};

function fill(target: JsonObject, defaults: JsonObject): void {
  for (const [key, value] of Object.entries(defaults)) if (target[key] === undefined) target[key] = value;
}

function child(target: JsonObject, key: string): JsonObject {
  const found = target[key];
  if (isObject(found)) return found;
  const made: JsonObject = {};
  target[key] = made;
  return made;
}

function defaultService(object: KubeObject): void {
  const spec = child(object, 'spec');
  fill(spec, { sessionAffinity: 'None', type: 'ClusterIP' });
  if (spec['type'] !== 'ExternalName') fill(spec, { internalTrafficPolicy: 'Cluster' });
  if (spec['type'] === 'NodePort' || spec['type'] === 'LoadBalancer')
    fill(spec, { externalTrafficPolicy: 'Cluster' });
  if (spec['type'] === 'LoadBalancer') fill(spec, { allocateLoadBalancerNodePorts: true });
  for (const port of listAt(spec, 'ports') as JsonObject[]) {
    fill(port, { protocol: 'TCP' });
    if (port['targetPort'] === undefined && port['port'] !== undefined) port['targetPort'] = port['port'];
  }
  if (!isObject(object['status'])) object['status'] = { loadBalancer: {} };
}

function defaultDeployment(object: KubeObject): void {
  const spec = child(object, 'spec');
  fill(spec, { progressDeadlineSeconds: 600, replicas: 1, revisionHistoryLimit: 10 });
  const strategy = child(spec, 'strategy');
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy['type'] === 'RollingUpdate') {
    fill(child(strategy, 'rollingUpdate'), { maxSurge: '25%', maxUnavailable: '25%' });
  }
  const template = child(spec, 'template');
  child(template, 'metadata');
  defaultPod(child(template, 'spec'));
  if (!isObject(object['status'])) object['status'] = {};
}

function defaultPod(pod: JsonObject): void {
  fill(pod, {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
  });
  // The old and the new name of one field always agree; the new one wins.
  const account = pod['serviceAccountName'] ?? pod['serviceAccount'];
  if (account !== undefined) Object.assign(pod, { serviceAccount: account, serviceAccountName: account });
  for (const volume of listAt(pod, 'volumes') as JsonObject[]) defaultVolume(volume);
  for (const list of ['containers', 'initContainers']) {
    for (const container of listAt(pod, list) as JsonObject[]) defaultContainer(container);
  }
}

function defaultVolume(volume: JsonObject): void {
  // A volume of no kind is an empty one.
  if (Object.keys(volume).length === 1) volume['emptyDir'] = {};
  for (const kind of ['configMap', 'secret', 'projected', 'downwardAPI']) {
    const source = volume[kind];
    if (isObject(source)) fill(source, { defaultMode: 420 });
  }
  const emptyDir = volume['emptyDir'];
  if (isObject(emptyDir) && emptyDir['sizeLimit'] !== undefined) {
    emptyDir['sizeLimit'] = canonicalQuantity(emptyDir['sizeLimit']);
  }
}

function defaultContainer(container: JsonObject): void {
  const image = String(container['image'] ?? '');
  const tag = image.includes('@') ? 'digest' : (image.split('/').at(-1) ?? '').split(':')[1];
  fill(container, {
    imagePullPolicy: tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent',
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
  for (const port of listAt(container, 'ports') as JsonObject[]) fill(port, { protocol: 'TCP' });
  for (const variable of listAt(container, 'env') as JsonObject[]) {
    const field = objectAt(variable, 'valueFrom')['fieldRef'];
    if (isObject(field)) fill(field, { apiVersion: 'v1' });
  }
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const found = container[probe];
    if (!isObject(found)) continue;
    fill(found, { failureThreshold: 3, periodSeconds: 10, successThreshold: 1, timeoutSeconds: 1 });
    const get = found['httpGet'];
    if (isObject(get)) fill(get, { path: '/', scheme: 'HTTP' });
  }
  for (const part of ['requests', 'limits']) {
    const amounts = objectAt(container, 'resources')[part];
    if (!isObject(amounts)) continue;
    for (const [name, amount] of Object.entries(amounts)) amounts[name] = canonicalQuantity(amount);
  }
}

/** Maps whose values are the user's own: an empty string in them means something. */
const userMaps = new Set([
  'annotations',
  'labels',
  'data',
  'binaryData',
  'matchLabels',
  'selector',
  'nodeSelector',
]);

/** Pointers to structs: `{}` says something, and stays. */
const meaningful = new Set([
  'emptyDir',
  'securityContext',
  'resources',
  'loadBalancer',
  'status',
  'namespaceSelector',
  'podSelector',
]);

/** The wire form of Go's omitempty: null, "", [] and {} don't reach the store. */
function dropEmpty(object: JsonObject): void {
  for (const [key, value] of Object.entries(object)) {
    if (value === null || value === undefined) delete object[key];
    else if (userMaps.has(key) && isObject(value)) {
      if (Object.keys(value).length === 0) delete object[key];
    } else if (Array.isArray(value)) {
      if (value.length === 0) delete object[key];
      else for (const item of value) if (isObject(item)) dropEmpty(item);
    } else if (isObject(value)) {
      dropEmpty(value);
      if (Object.keys(value).length === 0 && !meaningful.has(key)) delete object[key];
    } else if (value === '') delete object[key];
  }
}
