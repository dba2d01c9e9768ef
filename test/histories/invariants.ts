import { openAPIV3Schema } from '../../scripts/crd/crd.ts';
import { violations } from '../../scripts/crd/violations.ts';
import type { WatchEvent } from '../simulator/api-server/api-server.ts';
import type { Cluster } from '../simulator/cluster.ts';
import {
  at,
  equal,
  isObject,
  type Json,
  type JsonObject,
  type KubeObject,
  listAt,
  numberAt,
  objectAt,
  type StoredObject,
  stringAt,
} from '../simulator/json.ts';
import type { Call } from '../simulator/metacontroller/metacontroller.ts';
import { type ChildKind, children, NAME } from './actions.ts';
import { CREDENTIAL } from './troubles.ts';
import { NAMESPACE, type Production } from './world.ts';

/** What the hook writes conditions of; all others are somebody else's. */
const ours = [
  ...['Ready', 'PodTemplateValid', 'Reconciling', 'Stalled', 'PodsFailing', 'Exposed', 'SpecWarnings'],
];

/** A rule that was broken, with what was seen. */
export class Broken extends Error {
  constructor(rule: string, seen: unknown) {
    super(`${rule}\n${JSON.stringify(seen, null, 1)}`);
  }
}

export function insist(holds: boolean, rule: string, seen: unknown): void {
  if (!holds) throw new Broken(rule, seen);
}

type Condition = JsonObject & { type: string; status: string };

const conditionsOf = (registry: KubeObject | undefined): Condition[] =>
  listAt(registry, 'status', 'conditions') as Condition[];

const condition = (registry: KubeObject, type: string): Condition | undefined =>
  conditionsOf(registry).find((each) => each.type === type);

export const isReady = (registry: KubeObject): boolean => condition(registry, 'Ready')?.status === 'True';

/** Ready of the very generation that the object has: what `kubectl wait` waits for after an apply. */
export const isCurrent = (registry: KubeObject): boolean =>
  isReady(registry) &&
  numberAt(condition(registry, 'Ready'), 'observedGeneration') === registry.metadata['generation'];

/** Whether the status says that a child can't become what is desired. */
export const isStalled = (registry: KubeObject): boolean =>
  stringAt(condition(registry, 'Stalled'), 'reason') === 'ChildNotApplied';

/** Rule 1: Running ⇔ Ready=True ⇔ url is set, and SpecWarnings goes with a valid spec. */
export function checkWords(registry: StoredObject): void {
  const { phase, url } = objectAt(registry, 'status');
  const said = [phase === 'Running' || phase === 'Ready', isReady(registry), url !== undefined];
  insist(
    said.every((each) => each === said[0]),
    '1: Running, Ready=True and a url go together',
    registry['status'],
  );
  insist(
    objectAt(registry, 'status')['externalUrl'] === undefined ||
      condition(registry, 'Exposed')?.status === 'True',
    '1: what has an external URL is exposed',
    registry['status'],
  );
  const warned = condition(registry, 'SpecWarnings');
  const reason = stringAt(condition(registry, 'Ready'), 'reason') ?? '';
  insist(
    !warned || (warned.status === 'True' && !/^(Invalid|Terminating)/.test(reason)),
    '1: SpecWarnings is True or absent, and absent while the spec is invalid or not read',
    registry['status'],
  );
}

/** What changes with each crash, or is not for a status: each with a name for it. */
const untold: readonly (readonly [string, RegExp])[] = [
  ['a time stamp', /\d{4}[-/]\d\d[-/]\d\d|\d\d:\d\d:\d\d/],
  ['a back-off', /back-off/i],
  ['a count of restarts', /\d+ restarts?\b|restart(Count|ed|s)\D{0,3}\d/i],
  ['a control character', /\p{Cc}/u],
];

/**
 * Rule 10: what a status tells of pods changes with what happens alone, and gives nothing away.
 *
 * @param quiet whether the world had time, and all that kept pods from running well is removed
 */
export function checkTold(registry: StoredObject, quiet: boolean): void {
  const { status } = registry;
  insist(!JSON.stringify(status).includes(CREDENTIAL), '10: a status holds no credential', status);
  const failing = condition(registry, 'PodsFailing');
  insist(!failing || failing.status === 'True', '10: PodsFailing is True or absent', status);
  insist(!quiet || !failing || !isCurrent(registry), '10: of pods that are all well nothing is told', status);
  // Mistakes in a spec are quoted.
  if (stringAt(condition(registry, 'Ready'), 'reason')?.startsWith('Invalid')) return;
  const told = [
    stringAt(status, 'message'),
    ...['Ready', 'Stalled', 'Reconciling', 'PodsFailing'].map((type) =>
      stringAt(condition(registry, type), 'message'),
    ),
  ];
  for (const text of told) {
    const found = untold.find(([, pattern]) => pattern.test(text ?? ''));
    insist(found === undefined, `10: no message holds ${found?.[0]}`, text);
  }
}

const podReady = (pod: Json | undefined): Json | undefined =>
  listAt(pod, 'status', 'conditions').find((each) => at(each, 'type') === 'Ready');

/**
 * Rule 11: related objects explain, and decide nothing: asked at this instant with all pods and without any, the hook
 * answers the same children, and says the same of whether the registry serves.
 */
export async function checkBothWays(production: Production, cluster: Cluster): Promise<void> {
  const preview = cluster.metacontroller?.preview(`${NAMESPACE}/${NAME}`);
  if (!preview) return;
  const { hook, request } = preview;
  const related = objectAt(request, 'related');
  // A cache that is late shows pods that are gone, beside those that there are.
  const pods = {
    ...objectAt(related, 'Pod.v1'),
    ...Object.fromEntries(cluster.api.list('Pod').map((pod) => [pod.metadata.name, pod])),
  };
  // Of pods that are well there is nothing to tell.
  if (Object.values(pods).every((pod) => stringAt(podReady(pod), 'status') === 'True')) return;
  const ask = async (shown: JsonObject): Promise<JsonObject> => {
    const { status: code, body } = await production.call(hook, { ...request, related: shown });
    insist(code === 200, '11: any related objects are let pass', { code, body, shown });
    const { status, children: desired } = body as JsonObject;
    const registry = { status } as unknown as KubeObject;
    const { phase, url, externalUrl } = objectAt(status);
    const serves = phase === 'Running' || phase === 'Ready';
    const ready = condition(registry, 'Ready');
    const { status: isTrue, observedGeneration } = objectAt(ready);
    return { desired, serves, url, externalUrl, isTrue, observedGeneration };
  };
  const [shown, hidden] = [await ask({ ...related, 'Pod.v1': pods }), await ask({})];
  for (const [what, value] of Object.entries(shown)) {
    const other = hidden[what];
    insist(equal(value, other), `11: related objects decide nothing of ${what}`, [value, other]);
  }
}

/**
 * Rule 2: what Ready=True with the object's generation promises.
 *
 * @param kinds the optional kinds that are promised as well: a registry serves without them
 * @param quiet whether the world had time: the number of ready pods is then that of the pods themselves
 */
export async function checkPromise(
  production: Production,
  cluster: Cluster,
  registry: StoredObject,
  kinds: readonly ChildKind[],
  quiet: boolean,
): Promise<void> {
  if (!isCurrent(registry)) return;
  const rule = '2: Ready of this generation means that its pods serve';
  for (const child of await production.desired(registry, kinds)) {
    const found = cluster.api.get(child.kind, NAMESPACE, child.metadata.name);
    insist(found !== undefined, `${rule}; missing`, child);
    insist(
      contains(found?.['spec'], child['spec']) && contains(found?.['data'], child['data']),
      `${rule}; not as desired`,
      { found, child },
    );
  }
  const template = cluster.api.get('Deployment', NAMESPACE, children.Deployment)?.['spec'] as JsonObject;
  const pods = cluster.workloads.pods(NAMESPACE, children.Deployment).filter((pod) => !pod.isEnding);
  insist(
    pods.every((pod) => equal(pod.template, template['template'])),
    `${rule}; old pods`,
    pods.map((pod) => pod.name),
  );
  if (quiet)
    insist(
      pods.some((pod) => pod.isReady),
      `${rule}; no pod ready`,
      pods.map((pod) => pod.name),
    );
  const service = cluster.api.get('Service', NAMESPACE, children.Service);
  const labels = objectAt(template, 'template', 'metadata', 'labels');
  insist(contains(labels, at(service, 'spec', 'selector')), `${rule}; the Service leads elsewhere`, service);
  insist(
    listAt(service, 'spec', 'ports').some((port) =>
      String(at(registry, 'status', 'url')).endsWith(`:${numberAt(port, 'port')}`),
    ),
    `${rule}; no port of the url`,
    service,
  );
}

/**
 * Rule 8: the number of ready pods in each answer is what was observed. It may be less only while a change is young and
 * older pods serve; a registry that is being deleted has none.
 */
export function checkReplicas({ time, request, answer }: Call): void {
  if (!answer) return;
  const said = numberAt(answer.status, 'readyReplicas');
  const deployments = Object.values(objectAt(request, 'children', 'Deployment.apps/v1')) as KubeObject[];
  const observed = deployments.find(({ metadata }) => metadata.name === children.Deployment);
  const ready = numberAt(observed, 'status', 'readyReplicas') ?? 0;
  const rule = '8: readyReplicas is what is observed';
  const isDeleted = stringAt(answer.status, 'phase') === 'Terminating';
  const registry = { status: answer.status } as unknown as KubeObject;
  const isChanging = condition(registry, 'Reconciling')?.status === 'True' && isReady(registry);
  const edits = listAt(request, 'parent', 'metadata', 'managedFields').filter(
    (entry) => stringAt(entry, 'subresource') === undefined,
  );
  const begun = [
    ...edits.map((entry) => stringAt(entry, 'time')),
    condition(registry, 'Reconciling')?.['lastTransitionTime'],
  ].map((instant) => Date.parse(String(instant)));
  const isYoung = time - Math.max(...begun.filter(Number.isFinite)) <= 60_000;
  const isTrue = said === ready || (isChanging && isYoung && said !== undefined && said < ready);
  insist(isDeleted ? said === undefined : isTrue, rule, { status: answer.status, ready });
}

/** Whether a value holds another: objects key by key, named items by name, amounts and all else as they are. */
export function contains(whole: Json | undefined, part: Json | undefined): boolean {
  if (part === undefined) return true;
  if (isObject(part))
    return isObject(whole) && Object.entries(part).every(([key, value]) => contains(whole[key], value));
  if (!Array.isArray(part)) return equal(whole, part);
  if (!Array.isArray(whole)) return false;
  if (!part.every(isObject)) return equal(whole, part);
  return part.every((item) => whole.some((other) => contains(other, item)));
}

/**
 * Rules 3 and 6, at each write: what an invalid spec leaves alone, and how a status may move.
 *
 * @returns what was broken so far: an error thrown in the middle of a write would look like one of the API server
 */
export function watchWrites(cluster: Cluster, isStill: () => boolean): Broken[] {
  const broken: Broken[] = [];
  cluster.api.watch((event) => {
    if (event.by !== 'metacontroller') return;
    try {
      if (event.object.kind === 'MCPRegistry') checkStatusMove(event, cluster);
      else if (isStill()) checkFreeze(event, cluster);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      broken.push(error);
    }
  });
  return broken;
}

function checkFreeze({ type, object, before }: WatchEvent, cluster: Cluster): void {
  const answer = cluster.lastCall?.answer;
  const reason = stringAt(
    conditionsOf({ status: answer?.status } as unknown as KubeObject).find((each) => each.type === 'Ready'),
    'reason',
  );
  if (!reason?.startsWith('Invalid')) return;
  const content = ({ metadata, spec, data, rules, subjects }: StoredObject) => ({
    labels: metadata['labels'],
    spec,
    data,
    rules,
    subjects,
  });
  const isSame = type === 'modified' && before !== undefined && equal(content(before), content(object));
  insist(isSame, '3: an invalid spec changes and deletes no child', { type, object, before });
}

function checkStatusMove({ object, before }: WatchEvent, cluster: Cluster): void {
  const found = violations(openAPIV3Schema.properties?.['status'] ?? {}, object['status'] ?? {}, 'status');
  insist(found.length === 0, '6: the status is one that the CRD allows', { found, status: object['status'] });
  if (!before) return;
  const now = cluster.clock.timestamp();
  // Metacontroller overwrites changes of the status during a call of the hook: only the posted status counts.
  const shown = objectAt(cluster.lastCall?.request, 'parent') as unknown as KubeObject;
  for (const old of conditionsOf(before)) {
    const fresh = condition(object, old.type);
    if (!ours.includes(old.type)) {
      const wasShown = equal(old, condition(shown, old.type));
      insist(!wasShown || equal(old, fresh), '6: no foreign condition is lost', { old, fresh });
    } else if (fresh && fresh.status === old.status) {
      insist(
        fresh['lastTransitionTime'] === old['lastTransitionTime'],
        '6: lastTransitionTime moves with the status alone',
        { old, fresh },
      );
    } else if (fresh) {
      // A call may take a moment; what it says is of the instant at which it was made.
      const late = Date.parse(now) - Date.parse(String(fresh['lastTransitionTime']));
      insist(late >= 0 && late <= 1000, '6: lastTransitionTime is the moment of the change', {
        old,
        fresh,
        now,
      });
    }
  }
}
