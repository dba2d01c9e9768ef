import { type Command, InvalidArgumentError, Option } from 'commander';
import { CliError } from '../cli-error.ts';
import { defaultsFrom } from '../defaults.ts';
import { ClusterInput, isReadKind, type ReadKind } from '../doctor/cluster-input.ts';
import { diagnose } from '../doctor/diagnose.ts';
import type { Report } from '../doctor/finding.ts';
import { reportAsJson, reportAsText } from '../doctor/write-report.ts';
import { ExitCode } from '../exit-code.ts';
import { readInput, sayPassedOver } from '../input/read-input.ts';
import { type Io, say } from '../io.ts';
import { filesOption, type InputFlags, namespaceOption, outputOption } from '../options.ts';
import type { AddCommand } from '../program.ts';

interface DoctorFlags extends InputFlags {
  readonly output: 'text' | 'json';
  readonly allOf?: readonly ReadKind[];
}

/** `doctor`: what is wrong with registries in a cluster. */
export const addDoctor: AddCommand = (program: Command, io, action) => {
  program
    .command('doctor')
    .summary('say what is wrong with registries in a cluster')
    .description(
      'Reads objects as kubectl gets them, decides as the hook does, and says of each MCPRegistry what is wrong, since when, and which command is next; also what a status can not say, such as that nobody writes it. kubectl mcpreg doctor asks kubectl for all that it can use.',
    )
    .argument('[name...]', 'look at registries of these names only')
    .addOption(filesOption('objects as kubectl get -o json prints them'))
    .addOption(namespaceOption())
    .addOption(outputOption(['text', 'json']))
    .addOption(
      new Option(
        '--all-of <kind>',
        'the input has all objects of this kind, even if that is none; by default, of kinds that it has one of; repeatable',
      ).argParser(collectKind),
    )
    .addHelpText(
      'after',
      '\nExample:\n  kubectl get mcpreg,deploy,pods,svc,cm,sa,role,rolebinding,events,pvc -o json --show-managed-fields | mcpregistry-hook doctor -f -',
    )
    .action(action((names: readonly string[], flags: DoctorFlags) => doctor(names, flags, io)));
};

function collectKind(value: string, before: readonly ReadKind[] = []): readonly ReadKind[] {
  if (!isReadKind(value)) {
    throw new InvalidArgumentError('Give a kind as manifests write it, such as Pod or CompositeController.');
  }
  return [...before, value];
}

async function doctor(names: readonly string[], flags: DoctorFlags, io: Io): Promise<ExitCode> {
  const defaults = defaultsFrom(io);
  const input = await readInput({ files: flags.file, namespace: flags.namespace }, io);
  const cluster = new ClusterInput(input, flags.allOf);
  const missing = names.filter((name) => !cluster.registries.some((registry) => registry.name === name));
  if (missing.length > 0) {
    throw new CliError(
      `there is no MCPRegistry ${missing.join(', ')} in the input: check name and namespace`,
    );
  }
  const now = io.now();
  const report = diagnose(cluster, { defaults, now, names });
  io.out.write(flags.output === 'json' ? reportAsJson(report) : reportAsText(report, io, now));
  sayPassedOver(io, cluster.rest, input.others);
  for (const what of report.notLookedAt) say(io, `not looked at: ${what}`);
  say(io, summaryOf(report));
  return isWell(report) ? ExitCode.fine : ExitCode.findings;
}

const isBad = ({ findings }: Pick<Report['registries'][number], 'findings'>) =>
  findings.some(({ level }) => level === 'error');

const isWell = ({ registries, cluster }: Report): boolean =>
  !registries.some(isBad) && !isBad({ findings: cluster });

function summaryOf({ registries, cluster }: Report): string {
  if (registries.length === 0) return 'there is no MCPRegistry in the input';
  const bad = registries.filter(isBad).length;
  const errors = cluster.filter(({ level }) => level === 'error').length;
  return [
    `looked at ${registries.length} ${registries.length === 1 ? 'registry' : 'registries'}`,
    bad === 0 ? 'all are well' : `${bad} ${bad === 1 ? 'is' : 'are'} not well`,
    ...(errors > 0 ? [`${errors} ${errors === 1 ? 'error' : 'errors'} in the cluster`] : []),
  ].join(', ');
}
