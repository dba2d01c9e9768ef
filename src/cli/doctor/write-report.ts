import type { Io } from '../io.ts';
import { shellCommand } from '../output/shell-command.ts';
import { type Style, styleFor } from '../output/style.ts';
import type { Finding, Report } from './finding.ts';
import { inWords, secondsSince } from './times.ts';

/** For people: each registry with what is wrong, then what all of them need. */
export function reportAsText(
  { registries, cluster }: Report,
  io: Pick<Io, 'out' | 'environment'>,
  now: Date,
): string {
  const style = styleFor(io.out, io);
  const lines = (findings: readonly Finding[]) =>
    findings.map((each) => findingAsText(each, style, now)).join('');
  const parts = registries.map(({ namespace, name, phase, findings }) => {
    const head = style('bold', `MCPRegistry ${namespace}/${name}:`);
    const well = findings.length === 0 ? `, ${style('green', 'all is well')}` : '';
    return `${head} ${phase ?? 'no status'}${well}\n${lines(findings)}`;
  });
  return [...parts, ...(cluster.length > 0 ? [`${style('bold', 'Cluster:')}\n${lines(cluster)}`] : [])].join(
    '',
  );
}

function findingAsText({ level, reason, message, since, next }: Finding, style: Style, now: Date): string {
  const age = secondsSince(since, now);
  return [
    `  ${style(level === 'error' ? 'red' : 'yellow', `${level}:`)} ${message} ${style('dim', `[${reason}]`)}\n`,
    ...(age === undefined ? [] : [`    since: ${since} (${inWords(age)})\n`]),
    ...(next ? [`    next:  ${style('cyan', shellCommand(next))}\n`] : []),
  ].join('');
}

/** The same for programs; `next` is one line for a shell. */
export function reportAsJson({ registries, cluster, notLookedAt }: Report): string {
  const written = ({ next, ...rest }: Finding) => ({
    ...rest,
    ...(next ? { next: shellCommand(next) } : {}),
  });
  const report = {
    registries: registries.map(({ phase, findings, ...registry }) => ({
      ...registry,
      ...(phase === undefined ? {} : { phase }),
      findings: findings.map(written),
    })),
    cluster: cluster.map(written),
    notLookedAt,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
