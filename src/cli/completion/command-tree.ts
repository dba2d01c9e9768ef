import type { Command, Option } from 'commander';

/** An option as a shell completes it. */
export interface CompletedOption {
  /** `-f` and `--file`, whichever there is. */
  readonly flags: readonly string[];
  /** In one line. */
  readonly description: string;
  /** What comes after it: nothing, a path, one of some words, or something that only the user knows. */
  readonly value: 'none' | 'path' | 'other' | readonly string[];
}

/** A command, or the program itself, as a shell completes it. */
export interface CompletedCommand {
  /** From the program on: none for the program itself, `export` and `helm` for `export helm`. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  readonly commands: readonly CompletedCommand[];
  /** The words that its first argument may be. */
  readonly words: readonly string[];
  /** Whether its arguments are paths. */
  readonly takesPaths: boolean;
}

/** What commander knows of a program, without what commander adds to it by itself, such as `help`. */
export function commandTree(command: Command, path: readonly string[] = []): CompletedCommand {
  const commands = command.commands.map((each) => commandTree(each, [...path, each.name()]));
  return {
    path,
    summary: oneLine(command.summary() || command.description()),
    options: command.createHelp().visibleOptions(command).map(completedOption),
    commands,
    words: command.registeredArguments[0]?.argChoices ?? [],
    takesPaths: isPath(command.registeredArguments[0]?.name() ?? ''),
  };
}

/** A command and all below it. */
export const withSubcommands = (command: CompletedCommand): CompletedCommand[] => [
  command,
  ...command.commands.flatMap(withSubcommands),
];

const completedOption = ({ short, long, flags, description, argChoices }: Option): CompletedOption => ({
  flags: [short, long].filter((flag) => flag !== undefined),
  description: oneLine(description),
  value:
    argChoices ??
    (isPath(/[<[](.*)/.exec(flags)?.[1] ?? '') ? 'path' : /[<[]/.test(flags) ? 'other' : 'none'),
});

const isPath = (name: string): boolean => /^(path|file|folder|dir)/i.test(name);

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ');
