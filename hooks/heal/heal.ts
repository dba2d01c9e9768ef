import type { Child } from '../contract/answer.ts';
import type { KubernetesObject } from '../contract/kubernetes.ts';
import { appliedBy, appliedParts } from '../observed/freeze.ts';
import { adopt, type CollisionRule, mayCollide } from './collisions.ts';

/** A child that needs more than a merge to become what is desired. */
export interface Healing {
  readonly kind: string;
  readonly name: string;
  /**
   * `adopted`: answered for one call with what another hand put there, so that the next call can drop it.
   * `replaced`: left out of one answer, so that it is deleted, and made anew at the next call.
   * `blocked`: it can't be healed without deleting it, and it is never deleted.
   */
  readonly how: 'adopted' | 'replaced' | 'blocked';
  readonly why: string;
}

export interface Healed {
  /** What to answer for this call. */
  readonly children: readonly Child[];
  readonly healing: readonly Healing[];
}

const probe: CollisionRule = { oneOf: ['exec', 'httpGet', 'tcpSocket', 'grpc'] };
const containers: CollisionRule = {
  key: 'name',
  item: {
    fields: {
      ports: { key: 'containerPort', unique: 'name' },
      env: { key: 'name', item: { oneOf: ['value', 'valueFrom'] } },
      livenessProbe: probe,
      readinessProbe: probe,
      startupProbe: probe,
    },
  },
};
const podSpec: CollisionRule = {
  fields: { containers, initContainers: containers, volumes: { key: 'name', item: { oneOf: '*' } } },
};

/** What can collide in a kind; `ports` is a list with a name that must be unique, and so on. */
const rules: Readonly<Record<string, CollisionRule>> = {
  Service: {
    fields: { spec: { fields: { ports: { key: 'port', unique: 'name' }, selector: { closed: true } } } },
  },
  Deployment: { fields: { spec: { fields: { template: { fields: { spec: podSpec } } } } } },
};

/**
 * Decides for each child that is there whether it can be applied as desired.
 *
 * @param desired the children that the spec asks for
 * @param observedOf finds a child as the API server has it; undefined if it is not there or on its way out
 */
export function heal(
  desired: readonly Child[],
  observedOf: (child: Child) => KubernetesObject | undefined,
): Healed {
  const results = desired.map((child) => {
    const observed = observedOf(child);
    return observed ? healChild(child, observed) : { children: [child], healing: [] };
  });
  return {
    children: results.flatMap(({ children }) => children),
    healing: results.flatMap(({ healing }) => healing),
  };
}

function healChild(child: Child, observed: KubernetesObject): Healed {
  const told = (how: Healing['how'], why: string): Healing[] => [
    { kind: child.kind, name: child.metadata.name, how, why },
  ];
  const unchangeable = whyUnchangeable(child, observed);
  if (unchangeable) return { children: [], healing: told('replaced', unchangeable) };

  const rule = rules[child.kind];
  if (!rule) return { children: [child], healing: [] };
  const serverSide = appliedBy(observed) === 'server-side';
  const doubled = serverSide ? [] : doubledPorts(observed, child);
  const { value, foreign } = mayCollide(child, observed, rule)
    ? adopt(child, observed, appliedParts(observed, true), rule)
    : { value: child, foreign: [] };
  if (foreign.length + doubled.length === 0) return { children: [child], healing: [] };

  const places = foreign.map((place) => place.replace(/^spec (template spec )?/, ''));
  const why = `somebody else set ${[...places, ...doubled].join(', ')}`;
  // Under server-side apply the other hand still owns what we would drop.
  if (doubled.length === 0 && !serverSide) {
    return { children: [value as Child], healing: told('adopted', why) };
  }
  return child.kind === 'Deployment'
    ? { children: [child], healing: told('blocked', why) }
    : { children: [], healing: told('replaced', why) };
}

/** Fields that the API server lets nobody change. */
function whyUnchangeable(child: Child, observed: KubernetesObject): string | undefined {
  if (child.kind === 'ConfigMap') {
    const { data, binaryData, immutable } = observed as {
      data?: unknown;
      binaryData?: object;
      immutable?: boolean;
    };
    const wanted = child['data'] as object;
    const differs = Object.entries(wanted).some(
      ([key, text]) => (data as Record<string, unknown>)?.[key] !== text,
    );
    if (immutable && differs) return 'it was made immutable and holds something else';
    const doubled = Object.keys(wanted).find((key) => key in (binaryData ?? {}));
    return doubled && `somebody else set binaryData ${doubled}`;
  }
  if (child.kind === 'RoleBinding' && !isSame(child['roleRef'], observed['roleRef'])) {
    return 'its roleRef was changed, which nobody can change back';
  }
  return undefined;
}

/**
 * Ports of one number and two protocols. Dynamic apply tells them apart by the number alone, makes two equal
 * ones of them, and can't take either away.
 */
function doubledPorts({ spec }: KubernetesObject, child: Child): string[] {
  const { ports = [], template } = (spec ?? {}) as {
    ports?: Port[];
    template?: { spec?: { containers?: { name: string; ports?: Port[] }[] } };
  };
  // A container that is none of ours is left as it is by a merge.
  const containers = (template?.spec?.containers ?? []).filter(({ name }) =>
    containerNames(child).includes(name),
  );
  const lists = [ports, ...containers.map((container) => container.ports ?? [])];
  return lists.flatMap((list) =>
    list
      .filter((port, index) => list.findIndex((other) => numberOf(other) === numberOf(port)) !== index)
      .map((port) => `the port ${numberOf(port)}/${port.protocol ?? 'TCP'}`),
  );
}

function containerNames(child: Child): readonly string[] {
  const { template } = (child['spec'] ?? {}) as { template?: { spec: { containers: { name: string }[] } } };
  return (template?.spec.containers ?? []).map(({ name }) => name);
}

interface Port {
  readonly port?: number;
  readonly containerPort?: number;
  readonly protocol?: string;
}
const numberOf = ({ port, containerPort }: Port) => port ?? containerPort;

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => isSame((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]))
  );
}
