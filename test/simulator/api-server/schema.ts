/**
 * How the parts of an object merge and are owned: an item or key at a time, or as one. Everything not listed here
 * behaves as most of the API does: objects key by key, lists as one.
 *
 * Paths are field names joined by dots, `[]` after a list. Source: the OpenAPI extensions x-kubernetes-list-type,
 * x-kubernetes-list-map-keys and x-kubernetes-map-type of Kubernetes 1.36.
 */
export type Shape = 'scalar' | 'atomic' | 'granular' | 'set' | readonly string[];

const podRules: readonly [RegExp, Shape][] = [
  [/\.(containers|initContainers|ephemeralContainers)$/, ['name']],
  [/ontainers\[\]\.ports$/, ['containerPort', 'protocol']],
  [/ontainers\[\]\.env$/, ['name']],
  [/ontainers\[\]\.volumeMounts$/, ['mountPath']],
  [/ontainers\[\]\.volumeDevices$/, ['devicePath']],
  [/ontainers\[\]\.env\[\]\.valueFrom\.\w+$/, 'atomic'],
  [/\.volumes$/, ['name']],
  [/\.imagePullSecrets$/, ['name']],
  [/\.hostAliases$/, ['ip']],
  [/\.topologySpreadConstraints$/, ['topologyKey', 'whenUnsatisfiable']],
  [/\.nodeSelector$/, 'atomic'],
];

const metadataRules: readonly [RegExp, Shape][] = [
  [/^metadata\.ownerReferences$/, ['uid']],
  [/^metadata\.ownerReferences\[\]$/, 'atomic'],
  [/^metadata\.finalizers$/, 'set'],
];

const kindRules: Record<string, readonly [RegExp, Shape][]> = {
  Deployment: [
    [/^spec\.selector$/, 'atomic'],
    [/^status\.conditions$/, ['type']],
    ...podRules.map(([path, shape]): [RegExp, Shape] => [
      new RegExp(`^spec\\.template\\.spec.*${path.source}`),
      shape,
    ]),
  ],
  Service: [
    [/^spec\.ports$/, ['port', 'protocol']],
    [/^spec\.selector$/, 'atomic'],
    [/^status\.conditions$/, ['type']],
  ],
  RoleBinding: [[/^roleRef$/, 'atomic']],
  ServiceAccount: [[/^secrets$/, ['name']]],
  PodDisruptionBudget: [[/^spec\.selector$/, 'atomic']],
  NetworkPolicy: [[/^spec\.podSelector$/, 'atomic']],
};

/** What the API server fills into a list key that an applied configuration leaves out. */
export const keyDefaults: Record<string, string> = { protocol: 'TCP' };

/**
 * Parts that a built-in kind's Go type always holds, so that nobody comes to own them as such: `f:spec` of a Service
 * never has a `.`, `f:spec` of a custom resource has.
 */
const alwaysThere: Record<string, ReadonlySet<string>> = {
  Deployment: new Set([
    'spec',
    'spec.strategy',
    'spec.template',
    'spec.template.metadata',
    'spec.template.spec',
    'spec.template.spec.containers',
    'status',
  ]),
  Service: new Set(['spec', 'status', 'status.loadBalancer']),
};

/** A kind, and for a custom one how its CRD says that its lists merge: path to shape. */
export interface Shapes {
  readonly kind: string;
  readonly shapes?: Readonly<Record<string, Shape>>;
}

const known = new WeakMap<Shapes, Map<string, Shape | undefined>>();

export function shapeOf(shapes: Shapes, path: string, value: unknown): Shape {
  const paths = known.get(shapes) ?? new Map<string, Shape | undefined>();
  known.set(shapes, paths);
  if (!paths.has(path)) {
    const rules = [...metadataRules, ...(kindRules[shapes.kind] ?? [])];
    paths.set(path, shapes.shapes?.[path] ?? rules.find(([pattern]) => pattern.test(path))?.[1]);
  }
  const shape = paths.get(path);
  if (Array.isArray(value)) return shape ?? 'atomic';
  if (typeof value === 'object' && value !== null) return shape === 'atomic' ? 'atomic' : 'granular';
  return 'scalar';
}

export const isAlwaysThere = ({ kind }: Shapes, path: string): boolean =>
  path === '' || path === 'metadata' || (alwaysThere[kind]?.has(path) ?? false);
