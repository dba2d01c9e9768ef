import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { defaultsFrom } from '../defaults.ts';
import { ExitCode } from '../exit-code.ts';
import { isMeantAsRegistry, readInput, sayPassedOver } from '../input/read-input.ts';
import type { UnreadableInput } from '../input/unreadable-input.ts';
import { type Io, say } from '../io.ts';
import { filesOption, type InputFlags, namespaceOption, outputOption } from '../options.ts';
import type { AddCommand } from '../program.ts';
import type { Finding } from '../validate/finding.ts';
import { validateRegistries } from '../validate/validate-registries.ts';
import { findingsAsJson, findingsAsText } from '../validate/write-findings.ts';
import { writeSarif } from '../validate/write-sarif.ts';

interface ValidateFlags extends Partial<InputFlags> {
  readonly namespace: string;
  readonly output: 'text' | 'json' | 'sarif';
  readonly warningsAsErrors?: true;
}

/** `validate`: what is wrong with registries, and where. */
export const addValidate: AddCommand = (program: Command, io, action) => {
  program
    .command('validate')
    .summary('find the mistakes of registries, with file and line')
    .description(
      'Checks each MCPRegistry as the hook does, and all of them together: says where a mistake is and how to correct it. Warnings do not make a registry invalid.',
    )
    .argument('[path...]', 'as -f, for programs that name files last, as pre-commit does')
    .addOption(filesOption().makeOptionMandatory(false))
    .addOption(namespaceOption())
    .addOption(outputOption(['text', 'json', 'sarif']))
    .option('--warnings-as-errors', 'exit with 1 for warnings as well')
    .addHelpText('after', '\nExample:\n  mcpregistry-hook validate -f registry.yaml')
    .action(
      action((paths: readonly string[], { file = [], ...flags }: ValidateFlags) =>
        validate({ ...flags, file: [...file, ...paths] }, io),
      ),
    );
};

async function validate(flags: ValidateFlags & InputFlags, io: Io): Promise<ExitCode> {
  if (flags.file.length === 0) throw new CliError('there is nothing to validate: name it with -f');
  const defaults = defaultsFrom(io);
  const unreadable: Finding[] = [];
  const refuse = ({ reason, place, what }: UnreadableInput) =>
    void unreadable.push({ level: 'error', reason, message: what, place });
  const { objects, others } = await readInput({ files: flags.file, namespace: flags.namespace, refuse }, io);
  const registries = objects.filter(isMeantAsRegistry);
  const rest = objects.filter((object) => !isMeantAsRegistry(object));
  const known = validateRegistries(registries, rest, defaults);
  const findings = [...unreadable, ...known];

  if (flags.output === 'json') io.out.write(findingsAsJson(findings, registries.length));
  else if (flags.output === 'sarif') io.out.write(writeSarif(findings));
  else io.out.write(findingsAsText(findings, io));
  sayPassedOver(io, rest, others);
  say(io, [summaryOf(known, registries.length), ...unreadableIn(unreadable)].join(', '));
  if (unreadable.length > 0) return ExitCode.unusable;
  const counts = flags.warningsAsErrors ? findings : findings.filter(({ level }) => level === 'error');
  return counts.length > 0 ? ExitCode.findings : ExitCode.fine;
}

const unreadableIn = ({ length }: readonly Finding[]): string[] =>
  length > 0 ? [`${count(length, 'document', 'documents')} can't be read`] : [];

function summaryOf(findings: readonly Finding[], registries: number): string {
  if (registries === 0) return 'there is no MCPRegistry in the input';
  const errors = findings.filter(({ level }) => level === 'error');
  const invalid = new Set(errors.map(({ registry }) => registry)).size;
  const warnings = findings.length - errors.length;
  return [
    `checked ${count(registries, 'registry', 'registries')}`,
    invalid === 0 ? 'none is invalid' : `${count(errors.length, 'error', 'errors')} in ${invalid} of them`,
    ...(warnings > 0 ? [count(warnings, 'warning', 'warnings')] : []),
  ].join(', ');
}

const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;
