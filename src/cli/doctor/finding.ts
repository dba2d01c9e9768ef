import { foreignText } from '../../../hooks/text/foreign-text.ts';

/** As Kubernetes writes times. */
const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** Something that is not as it should be. */
export interface Finding {
  /** A warning alone is no reason for the exit code 1. */
  readonly level: 'error' | 'warning';
  /** For programs: one CamelCase word, that of Kubernetes or of the status where they have one. */
  readonly reason: string;
  /** What is wrong, for people. May quote what others wrote. */
  readonly message: string;
  /** Since when, as Kubernetes writes times; left out where nothing tells. */
  readonly since?: string;
  /** The command that shows more, or helps: its arguments. */
  readonly next?: readonly string[];
}

/** What was found about one registry. */
export interface RegistryReport {
  readonly namespace: string;
  readonly name: string;
  /** The phase that its status has; undefined if it has none. */
  readonly phase: string | undefined;
  readonly findings: readonly Finding[];
}

/** What was found about everything in the input. */
export interface Report {
  readonly registries: readonly RegistryReport[];
  /** About what all registries need: Metacontroller, the hook and the CRD. */
  readonly cluster: readonly Finding[];
  /** What could not be looked at because the input does not have it, as sentences. */
  readonly notLookedAt: readonly string[];
}

/** More than any status holds in one message. */
const MESSAGE_LIMIT = 40_000;

/**
 * A finding with its time, if that is known.
 *
 * @param message may quote anything: what a terminal would act on is taken out
 * @param since of any form: what is no time is left out
 */
export const finding = (
  level: Finding['level'],
  reason: string,
  message: string,
  { since, next }: { readonly since?: string | undefined; readonly next?: readonly string[] } = {},
): Finding => ({
  ...{ level, reason: foreignText(reason, 100), message: foreignText(message, MESSAGE_LIMIT) },
  ...(since && isTime.test(since) ? { since } : {}),
  ...(next ? { next } : {}),
});
