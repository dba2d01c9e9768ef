import type { Child } from '../contract/answer.ts';
import type { KubernetesObject } from '../contract/kubernetes.ts';
import { type JsonObject, objectOf, objectsOf } from '../json.ts';
import { appliedBy, appliedParts } from '../observed/freeze.ts';
import { type CollisionRule, mayCollide, takeOver, wordOf } from './collisions.ts';

/** A child that needs more than a merge to become what is desired. */
export interface Repair {
  readonly kind: string;
  readonly name: string;
  /**
   * `takenOver`: answered for one call with what somebody else added, so that the next call can remove it.
   * `recreated`: left out of one answer, so that it is deleted, and created again at the next call.
   * `blocked`: only deleting it would help, and it is never deleted.
   */
  readonly action: 'takenOver' | 'recreated' | 'blocked';
  readonly why: string;
}

export interface Repairs {
  /** What to answer for this call. */
  readonly children: readonly Child[];
  readonly repairs: readonly Repair[];
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
export function repairChildren(
  desired: readonly Child[],
  observedOf: (child: Child) => KubernetesObject | undefined,
): Repairs {
  const results = desired.map((child) => {
    const observed = observedOf(child);
    return observed ? repairChild(child, observed) : { children: [child], repairs: [] };
  });
  return {
    children: results.flatMap(({ children }) => children),
    repairs: results.flatMap(({ repairs }) => repairs),
  };
}

function repairChild(child: Child, observed: KubernetesObject): Repairs {
  const repairOf = (action: Repair['action'], why: string): Repair[] => [
    { kind: child.kind, name: child.metadata.name, action, why },
  ];
  const unchangeable = whyUnchangeable(child, observed);
  if (unchangeable) return { children: [], repairs: repairOf('recreated', unchangeable) };

  const rule = rules[child.kind];
  if (!rule) return { children: [child], repairs: [] };
  const serverSide = appliedBy(observed) === 'server-side';
  const doubled = serverSide ? [] : doubledPorts(observed, child);
  const { value, foreign } = mayCollide(child, observed, rule)
    ? takeOver(child, observed, appliedParts(observed, true), rule)
    : { value: child, foreign: [] };
  if (foreign.length + doubled.length === 0) return { children: [child], repairs: [] };

  const places = foreign.map((place) => place.replace(/^spec (template spec )?/, ''));
  const why = `somebody else set ${listed([...places, ...doubled])}`;
  // Under server-side apply the other manager still owns what we would remove.
  if (doubled.length === 0 && !serverSide) {
    return { children: [value as Child], repairs: repairOf('takenOver', why) };
  }
  return child.kind === 'Deployment'
    ? { children: [child], repairs: repairOf('blocked', why) }
    : { children: [], repairs: repairOf('recreated', why) };
}

/** Fields that the API server lets nobody change. */
function whyUnchangeable(child: Child, observed: KubernetesObject): string | undefined {
  if (child.kind === 'ConfigMap') {
    const [data, binaryData] = [objectOf(observed['data']), objectOf(observed['binaryData'])];
    const wanted = objectOf(child['data']);
    const differs = Object.entries(wanted).some(([key, text]) => data[key] !== text);
    if (observed['immutable'] && differs) return 'it was made immutable and holds something else';
    const doubled = Object.keys(wanted).find((key) => Object.hasOwn(binaryData, key));
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
function doubledPorts(observed: KubernetesObject, child: Child): string[] {
  const spec = objectOf(observed['spec']);
  // A container that is none of ours is left as it is by a merge.
  const ours = new Set(containersOf(child).map(({ name }) => name));
  const containers = containersOf(observed).filter(({ name }) => ours.has(name));
  const lists = [spec['ports'], ...containers.map(({ ports }) => ports)];
  return lists.flatMap((list) => {
    const numbers = new Set<unknown>();
    return objectsOf(list)
      .filter((port) => numbers.has(numberOf(port)) || !numbers.add(numberOf(port)))
      .map((port) => `the port ${wordOf(numberOf(port))}/${wordOf(port['protocol'] ?? 'TCP')}`);
  });
}

const containersOf = (deployment: JsonObject) => {
  const template = objectOf(objectOf(deployment['spec'])['template']);
  return objectsOf(objectOf(template['spec'])['containers']);
};

const numberOf = (port: JsonObject) => port['port'] ?? port['containerPort'];

/** As many places as a message names. */
const SHOWN = 10;

const listed = (places: readonly string[]) =>
  [...places.slice(0, SHOWN), ...(places.length > SHOWN ? [`and ${places.length - SHOWN} more`] : [])].join(
    ', ',
  );

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => isSame((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]))
  );
}
