import { type Command, CommanderError } from 'commander';
import { SettingsError } from '../settings/load-settings.ts';
import { CliError } from './cli-error.ts';
import { addCompletion } from './commands/completion.ts';
import { addDiff } from './commands/diff.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExport } from './commands/export.ts';
import { addRender } from './commands/render.ts';
import { addTakeover } from './commands/takeover.ts';
import { addValidate } from './commands/validate.ts';
import { ExitCode } from './exit-code.ts';
import { type Io, say } from './io.ts';
import { newProgram } from './new-program.ts';

/**
 * Makes the action of a command: what the command does, with its arguments and options as commander gives them. It answers
 * the exit code.
 */
export type Action = <A extends unknown[]>(
  work: (...args: A) => Promise<ExitCode>,
) => (...args: A) => Promise<void>;

/** Adds a command to the program. */
export type AddCommand = (program: Command, io: Io, action: Action) => void;

/** The commands, in the order of the help. */
const commands: readonly AddCommand[] = [
  addRender,
  addValidate,
  addDiff,
  addDoctor,
  addTakeover,
  addExport,
  addCompletion,
];

/** The program with all commands. */
export function buildProgram(io: Io, action: Action): Command {
  const program = newProgram(
    'mcpregistry-hook',
    'The Metacontroller webhook for MCPRegistry objects, and what it knows, asked offline.',
    io,
  );
  for (const add of commands) add(program, io, action);
  return program;
}

/**
 * Runs a command.
 *
 * @param args without the program
 * @returns the exit code
 */
export async function runCli(args: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = ExitCode.fine;
  const action: Action =
    (work) =>
    async (...given) => {
      code = await work(...given);
    };
  try {
    await buildProgram(io, action).parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // Commander has printed it, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.fine : ExitCode.unusable;
    if (error instanceof CliError) say(io, `error: ${error.message}`);
    else if (error instanceof SettingsError)
      for (const line of ['error: invalid settings:', ...error.message.split('\n')]) say(io, line);
    else for (const line of bugReport(error)) say(io, line);
    return ExitCode.unusable;
  }
}

/** The lines about a mistake of the program: its message may hold some of the input, and is one of them. */
function bugReport(error: unknown): string[] {
  const frames = error instanceof Error ? (error.stack?.match(/^ +at .*$/gm) ?? []) : [];
  return [`error: this is a bug of mcpregistry-hook, please report it: ${String(error)}`, ...frames];
}
