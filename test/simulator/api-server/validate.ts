import {
  at,
  equal,
  isObject,
  type Json,
  type JsonObject,
  type KubeObject,
  listAt,
  objectAt,
  ownersOf,
} from '../json.ts';

/** The limit on all annotations of an object together, keys and values, in bytes. */
const ANNOTATIONS_LIMIT = 262_144;

/**
 * The refusals of a real API server that a controller of workloads meets: what is wrong with an object, in the API
 * server's own words, nothing where it is accepted.
 *
 * @param before the stored object when this is an update
 */
export function problemsOf(object: KubeObject, before?: KubeObject): string[] {
  return [...metadataProblems(object), ...(problems[object.kind]?.(object, before) ?? [])];
}

const problems: Record<string, (object: KubeObject, before?: KubeObject) => string[]> = {
  ConfigMap: configMapProblems,
  Service: serviceProblems,
  Deployment: deploymentProblems,
  RoleBinding: (object, before) =>
    before && !equal(object['roleRef'], before['roleRef'])
      ? [`roleRef: Invalid value: ${shown(object['roleRef'])}: cannot change roleRef`]
      : [],
};

const shown = (value: Json | undefined): string => JSON.stringify(value ?? null);

function metadataProblems({ metadata }: KubeObject): string[] {
  const found: string[] = [];
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(metadata.name) || metadata.name.length > 253) {
    found.push(
      `metadata.name: Invalid value: ${shown(metadata.name)}: a lowercase RFC 1123 subdomain must consist of …`,
    );
  }
  let size = 0;
  for (const [key, value] of Object.entries(objectAt(metadata, 'annotations'))) {
    size += Buffer.byteLength(key) + Buffer.byteLength(String(value));
  }
  if (size > ANNOTATIONS_LIMIT) {
    found.push(`metadata.annotations: Too long: may not be more than ${ANNOTATIONS_LIMIT} bytes`);
  }
  for (const [key, value] of Object.entries(objectAt(metadata, 'labels'))) {
    if (!/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/.test(String(value))) {
      found.push(`metadata.labels: Invalid value: ${shown(value)}: a valid label must … (${key})`);
    }
  }
  const controllers = ownersOf({ metadata } as KubeObject).filter((owner) => owner['controller'] === true);
  if (controllers.length > 1) {
    const names = controllers.map(({ kind, name }) => `${kind}/${name}`).join(' and ');
    found.push(
      `metadata.ownerReferences: Invalid value: …: Only one reference can have Controller set to true. Found "true" in references for ${names}`,
    );
  }
  return found;
}

function configMapProblems(object: KubeObject, before?: KubeObject): string[] {
  if (before?.['immutable'] !== true) return [];
  const found: string[] = [];
  if (object['immutable'] !== true)
    found.push('immutable: Forbidden: field is immutable when `immutable` is set');
  if (!equal(object['data'], before['data']))
    found.push('data: Forbidden: field is immutable when `immutable` is set');
  return found;
}

function duplicates(
  items: readonly JsonObject[],
  path: string,
  field: string,
  key: (item: JsonObject) => Json | undefined,
): string[] {
  const seen = new Set<string>();
  const found: string[] = [];
  items.forEach((item, index) => {
    const value = key(item);
    if (value === undefined) return;
    const id = shown(value);
    if (seen.has(id)) found.push(`${path}[${index}]${field}: Duplicate value: ${id}`);
    seen.add(id);
  });
  return found;
}

function serviceProblems(object: KubeObject, before?: KubeObject): string[] {
  const spec = objectAt(object, 'spec');
  const found: string[] = [];
  if (object.metadata.name.length > 63)
    found.push(
      `metadata.name: Invalid value: ${shown(object.metadata.name)}: must be no more than 63 characters`,
    );
  const ports = listAt(spec, 'ports') as JsonObject[];
  if (ports.length === 0 && spec['type'] !== 'ExternalName' && spec['clusterIP'] !== 'None')
    found.push('spec.ports: Required value');
  if (ports.length > 1) {
    ports.forEach((port, index) => {
      if (port['name'] === undefined) found.push(`spec.ports[${index}].name: Required value`);
    });
  }
  found.push(...duplicates(ports, 'spec.ports', '.name', (port) => port['name']));
  found.push(...duplicates(ports, 'spec.ports', '', ({ port, protocol }) => ({ port, protocol })));
  if (spec['type'] === 'ExternalName' && spec['externalName'] === undefined)
    found.push('spec.externalName: Required value');
  const [ip, old] = [spec['clusterIP'], at(before, 'spec', 'clusterIP')];
  const wasNamed = at(before, 'spec', 'type') === 'ExternalName' || spec['type'] === 'ExternalName';
  if (before && old !== undefined && ip !== old && !wasNamed) {
    found.push(
      `spec.clusterIPs[0]: Invalid value: ${shown(listAt(spec, 'clusterIPs'))}: may not change once set`,
    );
  }
  return found;
}

function deploymentProblems(object: KubeObject, before?: KubeObject): string[] {
  const found: string[] = [];
  const selector = objectAt(object, 'spec', 'selector', 'matchLabels');
  const labels = objectAt(object, 'spec', 'template', 'metadata', 'labels');
  if (Object.entries(selector).some(([key, value]) => labels[key] !== value)) {
    found.push(
      `spec.template.metadata.labels: Invalid value: ${shown(labels)}: \`selector\` does not match template \`labels\``,
    );
  }
  if (before && !equal(at(object, 'spec', 'selector'), at(before, 'spec', 'selector'))) {
    found.push(`spec.selector: Invalid value: ${shown(at(object, 'spec', 'selector'))}: field is immutable`);
  }
  return [...found, ...podProblems(objectAt(object, 'spec', 'template', 'spec'), 'spec.template.spec')];
}

function podProblems(pod: JsonObject, path: string): string[] {
  const volumes = listAt(pod, 'volumes') as JsonObject[];
  const names = new Set(volumes.map((volume) => volume['name']));
  const found = duplicates(volumes, `${path}.volumes`, '.name', (volume) => volume['name']);
  volumes.forEach((volume, index) => {
    const sources = Object.keys(volume).filter((key) => key !== 'name' && isObject(volume[key]));
    if (sources.length > 1)
      found.push(
        `${path}.volumes[${index}].${sources[1]}: Forbidden: may not specify more than 1 volume type`,
      );
  });
  if (listAt(pod, 'containers').length === 0) found.push(`${path}.containers: Required value`);
  const all = [...listAt(pod, 'initContainers'), ...listAt(pod, 'containers')] as JsonObject[];
  found.push(...duplicates(all, `${path}.containers`, '.name', (container) => container['name']));
  for (const list of ['initContainers', 'containers']) {
    (listAt(pod, list) as JsonObject[]).forEach((container, index) => {
      const here = `${path}.${list}[${index}]`;
      if (!container['image']) found.push(`${here}.image: Required value`);
      found.push(...probeProblems(container, here));
      const ports = listAt(container, 'ports') as JsonObject[];
      found.push(...duplicates(ports, `${here}.ports`, '.name', (port) => port['name']));
      const mounts = listAt(container, 'volumeMounts') as JsonObject[];
      mounts.forEach((mount, at) => {
        if (!names.has(mount['name']))
          found.push(`${here}.volumeMounts[${at}].name: Not found: ${shown(mount['name'])}`);
      });
      const paths = mounts.map((mount) => mount['mountPath']);
      paths.forEach((mountPath, at) => {
        if (paths.indexOf(mountPath) !== at)
          found.push(
            `${here}.volumeMounts[${at}].mountPath: Invalid value: ${shown(mountPath)}: must be unique`,
          );
      });
    });
  }
  return found;
}

/** A probe has exactly one handler. */
function probeProblems(container: JsonObject, path: string): string[] {
  return ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) => {
    const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'].filter((handler) =>
      isObject(objectAt(container, probe)[handler]),
    );
    const [, second] = handlers;
    return second === undefined
      ? []
      : [`${path}.${probe}.${second}: Forbidden: may not specify more than 1 handler type`];
  });
}
