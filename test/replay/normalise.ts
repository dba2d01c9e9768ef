import { at, isObject, type Json, type JsonObject, listAt, objectAt } from '../simulator/json.ts';

/**
 * A request without what no two clusters share, so that a simulated and a recorded one can be compared whole.
 * Each thing that is made equal has its reason here; everything else has to be equal.
 */
export function normalise(request: unknown): Json {
  const { parent } = request as { parent: { metadata: { uid: string } } };
  // The parent's uid is in labels, owners, managedFields keys and last-applied annotations: text all over.
  const text = JSON.stringify(request).replaceAll(parent.metadata.uid, '<parent>');
  const walked = walk(JSON.parse(text), []) as JsonObject;
  const pods = at(walked, 'related', 'Pod.v1');
  if (isObject(pods)) objectAt(walked, 'related')['Pod.v1'] = normalisePods(pods);
  return walked;
}

/**
 * Pods end in random letters, and their writers are not simulated. The nodes of the recordings ran no containers: a
 * stand-in for the kubelet wrote their status, in its own order, and what only a kubelet writes is not in it.
 */
function normalisePods(pods: JsonObject): JsonObject {
  const entries = Object.entries(pods).map(([key, pod], index) => {
    const { managedFields: _, ...metadata } = objectAt(pod, 'metadata');
    const nodeName = at(pod, 'spec', 'nodeName') && '<node>';
    const whole: Json = JSON.parse(
      JSON.stringify({
        ...(pod as JsonObject),
        metadata,
        spec: { ...objectAt(pod, 'spec'), nodeName },
        status: summaryOf(objectAt(pod, 'status')),
      }).replace(/(-api)-[a-z0-9]{5,10}(-[a-z0-9]{5})?(-?")/g, '$1-<hash>$3'),
    );
    objectAt(whole, 'metadata', 'labels')['pod-template-hash'] = '<hash>';
    return [key.replace(/-[a-z0-9]{5,10}-[a-z0-9]{5}$/, `-<hash>-${index}`), whole];
  });
  return Object.fromEntries(entries);
}

const summaryOf = (status: JsonObject): JsonObject => ({
  phase: status['phase'],
  qosClass: status['qosClass'],
  conditions: listAt(status, 'conditions')
    .map((condition) => `${at(condition, 'type')}=${at(condition, 'status')}`)
    .filter((condition) => !condition.startsWith('PodReadyToStartContainers='))
    .sort(),
  containers: listAt(status, 'containerStatuses').map((container) => ({
    name: at(container, 'name'),
    image: at(container, 'image'),
    ready: at(container, 'ready'),
    restartCount: at(container, 'restartCount'),
    state: Object.keys(objectAt(container, 'state')),
  })),
});

function walk(value: Json, path: string[]): Json {
  const field = path.at(-1) ?? '';
  if (typeof value === 'string') return text(value, field);
  if (Array.isArray(value)) {
    // Two entries of one second are ordered by manager, of two seconds by time: how fast somebody was.
    if (field === 'managedFields') value.sort((left, right) => (entryKey(left) < entryKey(right) ? -1 : 1));
    return value.map((item) => walk(item, path));
  }
  if (!isObject(value)) return value;
  const walked: JsonObject = {};
  for (const [key, part] of Object.entries(value))
    if (part !== undefined) walked[key] = walk(part, [...path, key]);
  return walked;
}

function text(value: string, field: string): string {
  // uids are random; resourceVersions count all writes of a cluster; cluster addresses are drawn from a range.
  if (field === 'uid' && value !== '<parent>') return '<uid>';
  if (field === 'resourceVersion') return '<version>';
  if (field === 'clusterIP' || field === 'clusterIPs') return '<address>';
  // Times are those of the recording's day.
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) return '<time>';
  // A ReplicaSet's and a pod's name end in a hash of the template by an algorithm of Kubernetes' own, and in random letters.
  if (field === 'message') return value.replace(/(-api)-[a-z0-9]{5,10}(-[a-z0-9]{5})?"/g, '$1-<hash>"');
  return value;
}

const entryKey = (entry: Json): string => {
  const { manager, operation, subresource, apiVersion } = entry as JsonObject;
  return [operation, manager, subresource, apiVersion].join(' ');
};
