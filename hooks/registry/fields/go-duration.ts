import { Type } from '@sinclair/typebox';
import { describe } from '../../problem.ts';
import { textRule } from '../common-rules.ts';
import { type Rule, withRules } from '../rule.ts';

/** In nanoseconds. */
const units: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
/** The longest duration of Go, 2^63 nanoseconds, a little less. */
const LONGEST = 9.2e18;

/** The nanoseconds of a duration that has the form of its schema; 0 of a text that has no part of it. */
export const nanoseconds = (duration: string): number =>
  [...duration.matchAll(/([0-9.]+)([a-zµ]+)/g)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (units[unit] ?? 0),
    0,
  );

const notTooLong = textRule(
  'must be at most 290 years, which the server can count',
  "duration(self) >= duration('0s')",
  (duration) => nanoseconds(duration) <= LONGEST,
);

const longerThanZero: Rule<string> = {
  message: 'must be longer than 0, and at most 290 years',
  cel: "duration(self) > duration('0s')",
  check: (duration, field) =>
    nanoseconds(duration) === 0
      ? [{ field, message: `must be longer than 0, found ${describe(duration)}` }]
      : notTooLong.check(duration, field),
};

const atMost = (longest: string): Rule<string> =>
  textRule(
    `must be longer than 0, and at most ${longest}`,
    `duration(self) > duration('0s') && duration(self) <= duration('${longest}')`,
    (text) => nanoseconds(text) > 0 && nanoseconds(text) <= nanoseconds(longest),
  );

const duration = (description: string, options: { readonly default?: string } = {}) =>
  Type.String({
    description,
    pattern: '^([0-9]+(\\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$',
    maxLength: 64,
    expects: 'a Go duration such as 30m or 1h30m',
    ...options,
  });

/** A duration as Go writes it (https://pkg.go.dev/time#ParseDuration), without a sign. */
export const GoDuration = (description: string, options: { readonly default?: string } = {}) =>
  withRules(duration(description, options), [notTooLong]);

/** A duration of Go that is longer than 0. */
export const PositiveGoDuration = (description: string) => withRules(duration(description), [longerThanZero]);

/** A duration of Go that is longer than 0, and no longer than another one. */
export const BoundedGoDuration = (description: string, longest: string) =>
  withRules(duration(description), [atMost(longest)]);
