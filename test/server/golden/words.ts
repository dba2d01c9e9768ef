/** Lines of what a server says last that a verdict has. */
const MAX_LINES = 4;
const MAX_LENGTH = 600;

/** What changes from run to run: times, identifiers, the ports of clients. */
const VARYING: readonly [RegExp, string][] = [
  [/\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)/g, '<time>'],
  [/\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d/g, '<time>'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>'],
  [/(read|write) (tcp|udp) [\d.]+:\d+->/g, '$1 $2 '],
  [/\b\d+(\.\d+)?(ns|µs|ms|m?s)\b/g, '<duration>'],
];

/** A text of the server as a later run would write it. */
export const steady = (text: string) =>
  VARYING.reduce((now, [pattern, word]) => now.replaceAll(pattern, word), text).slice(0, MAX_LENGTH);

/**
 * The last errors of a log: its plain lines, or the last lines that it logs as errors or warnings. They are sorted: what runs
 * at the same time is logged in any order.
 */
export function lastErrors(log: string): string[] {
  const lines = log.trimEnd().split('\n');
  const plain = lines.filter((line) => /^Error: /.test(line));
  const found =
    plain.length > 0 ? plain : lines.filter((line) => /"level":"(ERROR|WARN)"/.test(line)).map(said);
  return [...new Set(found.map(steady))].slice(-MAX_LINES).sort();
}

/** A line of JSON without its time. */
function said(line: string): string {
  try {
    const { msg, error } = JSON.parse(line) as { msg?: string; error?: string };
    return error === undefined ? `${msg}` : `${msg}: ${error}`;
  } catch {
    return line;
  }
}
