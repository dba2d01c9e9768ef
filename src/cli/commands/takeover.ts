import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { isChildKind } from '../../../hooks/children/child-kinds.ts';
import { CliError } from '../cli-error.ts';
import { ExitCode } from '../exit-code.ts';
import { isRegistry, readInput, sayPassedOver } from '../input/read-input.ts';
import { type Io, say } from '../io.ts';
import { filesOption, type InputFlags, namespaceOption } from '../options.ts';
import type { AddCommand } from '../program.ts';
import { versionOf } from '../takeover/operator.ts';
import { planTakeover } from '../takeover/plan.ts';
import { rollbackScript } from '../takeover/rollback-script.ts';
import { takeoverScript } from '../takeover/takeover-script.ts';

interface TakeoverFlags extends InputFlags {
  readonly rollback?: true;
  readonly writeTo?: string;
  readonly operatorVersion?: readonly number[];
}

/** `takeover`: from the ToolHive operator to the hook, and back. */
export const addTakeover: AddCommand = (program: Command, io, action) => {
  program
    .command('takeover')
    .summary('print the script that takes registries over from the ToolHive operator')
    .description(
      'Reads MCPRegistries of the ToolHive operator and their children as they are in the cluster, and prints a shell script that leads them to the hook without a gap: what changes in their pods, what is in the way, and each step with its reason. Nothing is done until you run it.',
    )
    .addOption(
      filesOption(
        'the registries and their children as kubectl get prints them, best with the pods and the Deployment of the operator',
      ),
    )
    .addOption(namespaceOption())
    .option('--rollback', 'print the script for the way back')
    .option('--write-to <folder>', 'write takeover.sh and rollback.sh there, and print nothing')
    .addOption(
      new Option(
        '--operator-version <release>',
        'the release of the operator, if its image does not say it',
      ).argParser(readVersion),
    )
    .addHelpText(
      'after',
      '\nExample:\n  kubectl get mcpreg,deploy,svc,cm,sa,role,rolebinding,pods -A -o json | mcpregistry-hook takeover -f -',
    )
    .action(action((flags: TakeoverFlags) => takeover(flags, io)));
};

function readVersion(text: string): readonly number[] {
  const version = versionOf(text);
  if (!version) throw new InvalidArgumentError('It must be a release such as v0.44.0.');
  return version;
}

async function takeover(flags: TakeoverFlags, io: Io): Promise<ExitCode> {
  const { objects, others } = await readInput({ files: flags.file, namespace: flags.namespace }, io);
  if (!objects.some(isRegistry)) {
    throw new CliError(
      'there is no MCPRegistry in the input: give what kubectl get mcpreg,deploy,svc,cm,sa,role,rolebinding,pods -A -o json prints',
    );
  }
  const plan = planTakeover(objects, io, flags.operatorVersion);
  const scripts = { 'takeover.sh': takeoverScript(plan), 'rollback.sh': rollbackScript(plan) };
  if (flags.writeTo === undefined) io.out.write(scripts[flags.rollback ? 'rollback.sh' : 'takeover.sh']);
  else await writeScripts(flags.writeTo, scripts, io);

  const known = new Set(['Pod']);
  sayPassedOver(
    io,
    objects.filter((object) => !isRegistry(object) && !isChildKind(object.kind) && !known.has(object.kind)),
    others,
  );
  const blocked = plan.registries.filter(({ blocks }) => blocks.length > 0);
  for (const { namespace, name, blocks } of blocked) {
    say(io, `MCPRegistry ${namespace}/${name} can't be taken over: ${blocks.join('; ')}`);
  }
  return blocked.length > 0 ? ExitCode.findings : ExitCode.fine;
}

async function writeScripts(
  folder: string,
  scripts: Readonly<Record<string, string>>,
  io: Io,
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, script] of Object.entries(scripts)) {
      const file = join(folder, name);
      await writeFile(file, script, { mode: 0o755 });
      say(io, `wrote ${file}`);
    }
  } catch (error) {
    throw new CliError(`the scripts can't be written to ${folder}: ${(error as Error).message}`);
  }
}
