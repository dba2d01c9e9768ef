/**
 * How long ago something was.
 *
 * @param since as Kubernetes writes times
 * @returns seconds; undefined if that is no time
 */
export function secondsSince(since: string | undefined, now: Date): number | undefined {
  const time = Date.parse(since ?? '');
  return Number.isFinite(time) ? Math.max(0, (now.getTime() - time) / 1000) : undefined;
}

const units = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

/** A number of seconds in words, in the largest unit that fits: `3 hours`. */
export function inWords(seconds: number): string {
  const [length, unit] = units.find(([size]) => seconds >= size) ?? [1, 'second'];
  const count = Math.floor(seconds / length);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
