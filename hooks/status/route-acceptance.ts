import { type DesiredHttpRoute, GATEWAY } from '../children/http-route.ts';
import type { KubernetesObject } from '../contract/kubernetes.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf } from '../json.ts';
import { foreignText } from '../text/foreign-text.ts';

/** What the controllers of a route's Gateways say of it. */
export interface RouteAcceptance {
  /** The Gateways that don't take the route, or can't lead to the Service, and why; by their names. */
  readonly refused: readonly Refusal[];
  /** The Gateways of which nothing is known yet, by their names. */
  readonly pending: readonly string[];
}

interface Refusal {
  readonly gateway: string;
  readonly why: string;
}

/** As many as an HTTPRoute may have (gateway-api v1.4.0: config/crd/standard/gateway.networking.k8s.io_httproutes.yaml). */
const PARENTS_LIMIT = 32;
/** Twice as many as it may have. */
const CONDITIONS_LIMIT = 16;
const REASON_LIMIT = 100;
const MESSAGE_LIMIT = 300;

type DesiredParent = NonNullable<DesiredHttpRoute['spec']['parentRefs']>[number];

/**
 * Reads the status of a route, which may hold anything. A Gateway has accepted it once conditions Accepted and ResolvedRefs
 * are True of the route as it is now, by any controller that speaks of the Gateway.
 *
 * @param observed undefined if there is no such route, or not as it should be
 */
export function acceptanceOf(
  observed: KubernetesObject | undefined,
  { metadata: { namespace }, spec: { parentRefs = [] } }: DesiredHttpRoute,
): RouteAcceptance {
  const entries = listOf(objectOf(observed?.['status'])['parents']).slice(0, PARENTS_LIMIT).filter(isObject);
  const generation = numberOf(observed?.metadata['generation']);
  const answers = parentRefs
    .map((parent) => ({
      gateway: nameOf(parent, namespace),
      answers: entries
        .filter(({ parentRef }) => isSameParent(objectOf(parentRef), parent, namespace))
        .map((entry) => answerOf(entry, generation)),
    }))
    .filter(({ answers: all }) => !all.includes('accepted'))
    .sort((a, b) => (a.gateway < b.gateway ? -1 : 1));
  return {
    refused: answers.flatMap(({ gateway, answers: all }) => {
      // Of several controllers the first by the alphabet, since they may come in any order.
      const [why] = all.flatMap((answer) => (typeof answer === 'object' ? [answer.why] : [])).sort();
      return why === undefined ? [] : [{ gateway, why }];
    }),
    pending: answers
      .filter(({ answers: all }) => all.every((answer) => answer === 'pending'))
      .map(({ gateway }) => gateway),
  };
}

const nameOf = ({ name, namespace, sectionName }: DesiredParent, own: string) =>
  `Gateway ${namespace ?? own}/${name}${sectionName === undefined ? '' : ` (listener ${sectionName})`}`;

/** Whether an entry of the status is about a Gateway of ours: what is left out has the defaults of the CRD. */
function isSameParent(ref: JsonObject, { name, namespace, sectionName }: DesiredParent, own: string) {
  const { group = GATEWAY.group, kind = GATEWAY.kind } = ref;
  return (
    group === GATEWAY.group &&
    kind === GATEWAY.kind &&
    ref['name'] === name &&
    (ref['namespace'] ?? own) === (namespace ?? own) &&
    ref['sectionName'] === sectionName &&
    ref['port'] === undefined
  );
}

type Answer = 'accepted' | 'pending' | { readonly why: string };

/** What one controller says of one Gateway. */
function answerOf(entry: JsonObject, generation: number): Answer {
  const conditions = listOf(entry['conditions']).slice(0, CONDITIONS_LIMIT).filter(isObject);
  const answers = ['Accepted', 'ResolvedRefs'].map((wanted): Answer => {
    const condition = conditions.find(({ type }) => type === wanted);
    if (!condition || numberOf(condition['observedGeneration']) < generation) return 'pending';
    if (condition['status'] === 'True') return 'accepted';
    return condition['status'] === 'False' ? { why: wordsOf(condition) } : 'pending';
  });
  const refusal = answers.find((answer) => typeof answer === 'object');
  return refusal ?? (answers.every((answer) => answer === 'accepted') ? 'accepted' : 'pending');
}

const wordsOf = ({ type, reason, message }: JsonObject) =>
  [foreignText(reason, REASON_LIMIT) || `${textOf(type)} is False`, foreignText(message, MESSAGE_LIMIT)]
    .filter(Boolean)
    .join(': ')
    .replace(/\.$/, '');

/** @returns -1 for anything that is no number of a generation */
const numberOf = (value: unknown): number =>
  typeof value === 'number' && Number.isInteger(value) ? value : -1;
