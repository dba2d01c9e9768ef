import { isObject, type Json, type JsonObject } from '../simulator/json.ts';

/**
 * A request without what no two clusters share, so that a simulated and a recorded one can be compared whole.
 * Each thing that is made equal has its reason here; everything else has to be equal.
 */
export function normalise(request: unknown): Json {
  const { parent } = request as { parent: { metadata: { uid: string } } };
  // The parent's uid is in labels, owners, managedFields keys and last-applied annotations: text all over.
  const text = JSON.stringify(request).replaceAll(parent.metadata.uid, '<parent>');
  return walk(JSON.parse(text), []) as Json;
}

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
