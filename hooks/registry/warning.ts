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
export const LISTED = 3;

/**
 * One warning about some fields that have the same mistake.
 *
 * @returns none if there are no fields
 */
export const warnAbout = (reason: WarningReason, fields: readonly string[], message: string): Warning[] =>
  fields.length === 0 ? [] : [{ reason, field: listSome(fields), message }];

/**
 * Some words as a sentence lists them, no more than a few of them: `a, b, c and 8 more`.
 *
 * @param count how many there are, where the first of them are enough
 */
export function listSome(words: readonly string[], count = words.length): string {
  const more = count - LISTED;
  return [words.slice(0, LISTED).join(', '), ...(more > 0 ? [`${more} more`] : [])].join(' and ');
}
