import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { HookRequest } from '../../hooks/contract/request.ts';
import { sync } from '../../hooks/sync.ts';
import { context, recorded } from './requests.ts';

/**
 * Grows each kind of input by ten, and fails where the time of a call grows by much more. The larger size is measured
 * first: only where it takes long enough to be measured is the smaller one compared with it.
 */

type Json = Record<string, unknown>;

/** In milliseconds: a call that is answered sooner holds up nobody, and is too short to be compared. */
const SHORT = 90;
/** How much longer than the time of a tenth: linear is 10, quadratic is 100. */
const FACTOR = 30;

/** The time of the processor, which others on the machine do not take away. */
function millisecondsOf(call: () => unknown): number {
  const begin = process.cpuUsage();
  call();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

function medianOf3(call: () => unknown): number {
  const times = [millisecondsOf(call), millisecondsOf(call), millisecondsOf(call)];
  return times.sort((a, b) => a - b)[1] ?? 0;
}

/**
 * How the time of a call grows from a tenth of a size to that size; undefined where it is not by much more than ten.
 *
 * @param callOf makes the input, which is not measured, and returns the call
 */
export function growthOf(callOf: (size: number) => () => unknown, size: number): string | undefined {
  const large = callOf(size);
  const first = millisecondsOf(large);
  if (first < SHORT) return undefined;
  const before = medianOf3(callOf(size / 10));
  const bound = FACTOR * Math.max(before, SHORT / FACTOR);
  if (first <= bound) return undefined;
  const after = medianOf3(large);
  return after <= bound
    ? undefined
    : `${before.toFixed(1)} ms at ${size / 10}, ${after.toFixed(1)} ms at ${size}`;
}

const callOf = (request: HookRequest) => () => sync(request, context);

/** The time of a sync, in milliseconds. */
export const milliseconds = (request: HookRequest): number => millisecondsOf(callOf(request));

/** How the time of a sync grows with the size of its request: as `growthOf`. */
export const growth = (requestOf: (size: number) => HookRequest, size: number): string | undefined =>
  growthOf((each) => callOf(requestOf(each)), size);

const everything = parse(
  readFileSync(new URL('../golden/registry/everything/registry.yaml', import.meta.url), 'utf8'),
).spec as Json;

/** A pod that has an item in each list that is merged by a key, and a text in each kind of field. */
const pod = {
  metadata: {
    labels: { a: 'b' },
    annotations: { a: 'b' },
    finalizers: ['example.com/a'],
    ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'u' }],
  },
  spec: {
    nodeSelector: { a: 'b' },
    overhead: { cpu: '1' },
    hostname: 'a',
    containers: [
      {
        name: 'side',
        image: 'docker.io/library/side:1',
        command: ['a'],
        args: ['a'],
        workingDir: '/a',
        env: [{ name: 'A', value: 'a' }],
        envFrom: [{ configMapRef: { name: 'a' } }],
        ports: [{ name: 'a', containerPort: 1, protocol: 'UDP' }],
        resources: { limits: { cpu: '1' }, requests: { memory: '1Mi' }, claims: [{ name: 'a' }] },
        volumeMounts: [{ name: 'v', mountPath: '/v', subPath: 'a' }],
        volumeDevices: [{ name: 'v', devicePath: '/d' }],
        livenessProbe: { httpGet: { path: '/a', port: 1, httpHeaders: [{ name: 'a', value: 'b' }] } },
        lifecycle: { preStop: { exec: { command: ['a'] } } },
      },
      {
        name: 'registry-api',
        env: [{ name: 'A', value: 'a' }],
        volumeMounts: [{ name: 'v', mountPath: '/v' }],
      },
    ],
    initContainers: [{ name: 'before', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
    volumes: [
      { name: 'v', emptyDir: { sizeLimit: '1Gi' } },
      { name: 'w', projected: { sources: [{ secret: { name: 's', items: [{ key: 'k', path: 'p' }] } }] } },
      { name: 'x', csi: { driver: 'd', volumeAttributes: { a: 'b' } } },
    ],
    tolerations: [{ key: 'a', operator: 'Exists' }],
    imagePullSecrets: [{ name: 'a' }],
    hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'a',
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { a: 'b' } },
      },
    ],
    resourceClaims: [{ name: 'a', resourceClaimName: 'b' }],
    schedulingGates: [{ name: 'a' }],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }],
        },
      },
    },
    dnsConfig: { nameservers: ['10.0.0.1'], searches: ['a'], options: [{ name: 'a', value: 'b' }] },
  },
};
/** Each path of the spec, and a pod template, with a value in each kind of field. */
export const specs = {
  typed: { ...everything, podTemplateSpec: {} },
  templated: { configYAML: 'a: 1', volumes: [{ name: 'own', emptyDir: {} }], podTemplateSpec: pod },
  inline: {
    registries: [{ name: 'a', git: { repository: 'https://a/b', branch: 'c' }, claims: { a: ['b'] } }],
  },
  single: {
    source: {
      type: 'git',
      git: { repository: 'https://a/b', branch: 'c', tag: 'd' },
      configmap: { name: 'a' },
    },
    syncPolicy: { interval: '1h' },
    filter: { names: { include: ['a'] }, tags: { exclude: ['b'] } },
  },
  raw: { configYAML: 'a: 1', volumes: everything['volumes'], volumeMounts: everything['volumeMounts'] },
};

/** A step to a value, and the steps to each of the values in it. */
type Path = readonly string[];
export function pathsIn(value: unknown): Path[] {
  if (typeof value !== 'object' || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([key, item]) => pathsIn(item).map((path) => [key, ...path]))];
}

/** The value at a path. */
export const at = (value: unknown, path: Path) =>
  path.reduce<unknown>((found, key) => (found as Json)[key], value);

/** A copy of a value with another one at a path. */
export function replaced(value: unknown, path: Path, replacement: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return replacement;
  const inner = replaced((value as Json)[key], rest, replacement);
  return Array.isArray(value)
    ? value.map((item, index) => (index === Number(key) ? inner : item))
    : { ...(value as Json), [key]: inner };
}

const nested = (size: number, kind: 'list' | 'object') => {
  let value: unknown = 1;
  for (let level = 0; level < size; level += 1) value = kind === 'list' ? [value] : { a: value };
  return value;
};

/** The item of a list once more, under a key of its own where it has one. */
function again(item: unknown, index: number): unknown {
  if (typeof item === 'string') return `${item}${index}`;
  if (typeof item === 'number') return item + index;
  if (typeof item !== 'object' || item === null) return item;
  const keys = [
    'containerPort',
    'port',
    'mountPath',
    'name',
    'uid',
    'ip',
    'devicePath',
    'topologyKey',
    'key',
    'path',
  ];
  return Object.fromEntries(
    Object.entries(item).map(([key, value]) => {
      const isKey = keys.includes(key) && (typeof value === 'string' || typeof value === 'number');
      return [key, isKey ? (typeof value === 'number' ? value + index : `${value}${index}`) : value];
    }),
  );
}

interface Growth {
  readonly how: string;
  readonly of: (size: number) => unknown;
  /** A multiple of 10. */
  readonly size: number;
}

/** Every way in which a value is made larger. */
export function growthsOf(value: unknown, values: number, depth: number): Growth[] {
  const deep: Growth[] = (['list', 'object'] as const).map((kind) => ({
    how: `nested ${kind}s`,
    of: (size) => nested(size, kind),
    size: depth,
  }));
  if (Array.isArray(value)) {
    const [first = 'a'] = value;
    // As many as fit in the bounds, or they would be refused before anything looks at them.
    const count = Math.floor(values / pathsIn(first).length / 20) * 20;
    const items = (make: (index: number) => unknown) => (size: number) =>
      Array.from({ length: size }, (_, index) => make(index));
    const directive = typeof first === 'object' ? { ...(first as Json), $patch: 'delete' } : first;
    return [
      ...deep,
      {
        how: 'items',
        of: (size) => [...value, ...items((index) => again(first, index))(size)],
        size: count,
      },
      { how: 'equal items', of: (size) => [...value, ...items(() => first)(size)], size: count },
      { how: 'wrong items', of: items((index) => index), size: count },
      { how: 'null items', of: items(() => null), size: count },
      {
        how: 'deleted items',
        of: (size) => [
          ...items(() => directive)(size / 2),
          ...items((index) => again(directive, index))(size / 2),
        ],
        size: count,
      },
    ];
  }
  if (typeof value === 'object' && value !== null) {
    const keys =
      (make: (index: number) => unknown, name = 'key') =>
      (size: number) => ({
        ...value,
        ...Object.fromEntries(Array.from({ length: size }, (_, index) => [`${name}${index}`, make(index)])),
      });
    return [
      ...deep,
      { how: 'keys', of: keys((index) => `${index}`), size: values },
      { how: 'keys with a slash', of: keys((index) => `${index}`, 'a/'), size: values },
      { how: 'keys of directives', of: keys(() => ['a'], '$deleteFromPrimitiveList/a'), size: values / 2 },
      {
        how: 'kept keys',
        of: (size) => ({ ...value, $retainKeys: Object.keys(keys(() => 1)(size)) }),
        size: values,
      },
      {
        how: 'a long key',
        of: (size) => ({ ...value, ['k/.[~'.repeat(size / 5)]: 1 }),
        size: 500_000,
      },
    ];
  }
  return [
    {
      how: 'digits',
      of: (size) => `1${'0'.repeat(size)}e0`,
      size: 250_000,
    },
  ];
}

const first = recorded('create', 1);
/** A first call for a registry of a spec. */
export const withSpec = (spec: unknown): HookRequest => ({ ...first, parent: { ...first.parent, spec } });
