import { describe, type Problem } from '../../problem.ts';

/** What the server's own parsers say of texts that satisfy their schema (Go: net/url, time). */

/**
 * An absolute URL as Go reads it: a host without spaces, a port of digits, each `%` an escape. WHATWG's parser,
 * which JavaScript has, mends what Go refuses.
 */
const goUrl =
  /^https?:\/\/([^\s/?#@\\%]*@)?(\[[0-9a-fA-F:.]+\]|[^\s/?#@:[\]\\%<>"^{|}`]+)(:[0-9]*)?(\/([^\s?#%\\]|%[0-9a-fA-F]{2})*)?(\?[^\s#]*)?(#([^\s%]|%[0-9a-fA-F]{2})*)?$/;

export function urlProblems(url: string, field: string): Problem[] {
  return goUrl.test(url)
    ? []
    : [{ field, message: `must be an absolute URL with a host and no spaces, found ${describe(url)}` }];
}

/** The host of a URL as it is written, in which the server looks for a loopback. */
export const hostOf = (url: string): string => goUrl.exec(url)?.[2] ?? '';

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

/**
 * A duration that is no longer than Go can count.
 *
 * @param duration of the form that its schema asks for
 * @param positive whether it must be longer than nothing
 */
export function durationProblems(duration: string | undefined, field: string, positive = false): Problem[] {
  if (duration === undefined) return [];
  const total = [...duration.matchAll(/([0-9.]+)([a-zµ]+)/g)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (units[unit] ?? 0),
    0,
  );
  if (total > LONGEST)
    return [{ field, message: `is longer than the server can count, found ${describe(duration)}` }];
  return positive && total === 0
    ? [{ field, message: `must be longer than nothing, found ${describe(duration)}` }]
    : [];
}
