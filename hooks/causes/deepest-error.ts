/** An SQL statement that golang-migrate quotes, up to what is wrong with it (golang-migrate: database/error.go). */
const quotedSql =
  / in line \d+:(?:$| {0,3}(?:--|(?:alter|begin|comment|create|delete|do|drop|grant|insert|lock|revoke|select|set|truncate|update|with)\b))[\s\S]*$/i;

/** A step that failed because of what follows. It has no quotes, digits or paths, which name things. */
const step = /^(?:failed|unable|could not|cannot) [a-z ()-]{1,80}$/i;

/** What says even less. */
const empty =
  /^(?:error|fatal|[a-z ()-]{1,60} failed(?: due to the following error\(s\))?|invalid (?:[a-z]{1,20} )?configuration)$/i;

/**
 * An error of Go, whose links are separated by `: `, as a person needs it: the first step that failed, then the rest from the
 * link that names something. The last link is always kept.
 *
 * @param said on one line
 */
export function deepestError(said: string): string {
  const links = said.replace(quotedSql, '').split(': ');
  const named = links.findIndex((link) => !step.test(link) && !empty.test(link));
  const rest = links.slice(named < 0 ? -1 : named);
  const first = links.slice(0, -rest.length).find((link) => step.test(link));
  return (first === undefined ? rest : [first, ...rest]).join(': ');
}
