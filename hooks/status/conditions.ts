import type { Clock } from '../context.ts';
import type { ObservedCondition } from '../contract/kubernetes.ts';
import type { Condition } from '../contract/status.ts';
import { shorten } from '../problem.ts';

/**
 * The condition types that this project writes, in the order in which they are written. Readers of kstatus go by
 * the first of Stalled and Reconciling that is True: while both are, what needs a person comes first. PodsFailing, Exposed
 * and SpecWarnings are last, because they change nothing in what those say.
 */
const OURS = [
  ...(['Ready', 'PodTemplateValid', 'Stalled', 'Reconciling'] as const),
  ...(['PodsFailing', 'Exposed', 'SpecWarnings'] as const),
] as const;
export type OurConditionType = (typeof OURS)[number];

/**
 * Condition types that ToolHive's Go operator wrote before v0.17.0 and no one updates any more: on a registry that was
 * made by such a release they would stay True for ever (stacklok/toolhive:
 * cmd/thv-operator/api/v1alpha1/mcpregistry_types.go, "Condition types for MCPRegistry", v0.2.17 to v0.16.0). Its
 * PodTemplateValid and Ready are ours as well.
 */
const OBSOLETE: readonly string[] = ['APIReady', 'DataValid', 'SourceAvailable', 'SyncSuccessful'];

/** apimachinery: pkg/apis/meta/v1/types.go, Condition. */
const MESSAGE_LIMIT = 32_768;

/** A condition as a hook decides it; when it last changed follows from what was there before. */
export type DecidedCondition = Omit<Condition, 'lastTransitionTime' | 'type'> & {
  readonly type: OurConditionType;
};

/**
 * The condition of a type as it was last written.
 *
 * @returns undefined if it never was: then nothing is known, which is not the same as False
 */
export function previousCondition(
  conditions: readonly ObservedCondition[] | undefined,
  type: OurConditionType,
): ObservedCondition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/**
 * The conditions to write: ours in a fixed order, then those of others as they are. One of ours that is not
 * decided is removed, and so are those that an older operator left. `lastTransitionTime` moves only with the status of a condition
 * (apimachinery: pkg/api/meta/conditions.go) and has whole seconds, as the API server stores it.
 *
 * @param previous the conditions as last written, by whomever
 * @param clock when a condition whose status differs from before changed
 */
export function nextConditions(
  previous: readonly ObservedCondition[] = [],
  decided: readonly DecidedCondition[],
  clock: Clock,
): ObservedCondition[] {
  const ours = OURS.flatMap((type) => decided.filter((condition) => condition.type === type));
  const foreign = previous.filter(({ type }) => !isOurs(type) && !OBSOLETE.includes(type));
  return [
    ...ours.map((condition) => {
      const before = previousCondition(previous, condition.type);
      const unchanged = before?.status === condition.status;
      return {
        ...condition,
        message: shorten(condition.message, MESSAGE_LIMIT),
        lastTransitionTime: (unchanged ? before.lastTransitionTime : undefined) ?? wholeSeconds(clock.now),
      };
    }),
    ...foreign,
  ];
}

const isOurs = (type: string) => OURS.some((ours) => ours === type);

const wholeSeconds = (date: Date) => `${date.toISOString().slice(0, 19)}Z`;
