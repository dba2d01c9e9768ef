import type { Problem } from '../problem.ts';

/** The kinds of warning. Programs may go by them: a kind that is renamed is a change for users. */
export const WarningReason = [
  'FieldIgnored',
  'FormatIgnored',
  'ApiNotOfficial',
  'CredentialsInUrl',
  'IntervalTooShort',
  'ChangesMayBeMissed',
  'CertificateNamesLocalhost',
  'SharedDatabase',
  'AnonymousWrites',
  'PublicWrites',
  'EveryTokenIsSuperAdmin',
  'ViewWithoutClaims',
  'SourceWithoutClaims',
  'ManagedSourceWithoutClaims',
  'PublicClaims',
  'ScopesIgnored',
  'AuditDisabled',
  'UnknownEventType',
  'MetricsOff',
  'KindNotRegistered',
] as const;
export type WarningReason = (typeof WarningReason)[number];

/** A field of a valid spec with which the registry server does something else than most people expect. */
export interface Warning extends Problem {
  readonly reason: WarningReason;
}

/** How many fields a warning names; it counts the others. */
const LISTED = 3;

/**
 * One warning about some fields that have the same mistake.
 *
 * @returns none if there are no fields
 */
export const warnAbout = (reason: WarningReason, fields: readonly string[], message: string): Warning[] =>
  fields.length === 0 ? [] : [{ reason, field: listSome(fields), message }];

/** Some words as a sentence lists them, no more than a few of them: `a, b, c and 8 more`. */
export function listSome(words: readonly string[]): string {
  const more = words.length - LISTED;
  return [words.slice(0, LISTED).join(', '), ...(more > 0 ? [`${more} more`] : [])].join(' and ');
}
