/** Steps of a duration as words, from the longest: a status is written for each, and not for each second. */
const steps = [
  [86_400, 'a day'],
  [3600, 'an hour'],
  [600, 'ten minutes'],
  [60, 'a minute'],
] as const;

/**
 * How long something has lasted.
 *
 * @param since when it began: text of any format
 * @returns such as `over ten minutes`; undefined for less than a minute, or an unknown time
 */
export function lasted(since: string, now: Date): string | undefined {
  const seconds = (now.getTime() - Date.parse(since)) / 1000;
  const step = steps.find(([length]) => seconds > length);
  return step && `over ${step[1]}`;
}
