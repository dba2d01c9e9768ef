import { Argument, type Command } from 'commander';
import { bashCompletion } from '../completion/bash.ts';
import { type CompletedCommand, commandTree } from '../completion/command-tree.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { ExitCode } from '../exit-code.ts';
import type { AddCommand } from '../program.ts';

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } satisfies Record<
  string,
  (name: string, program: CompletedCommand) => string
>;

/** `completion`: a script for a shell, of what commander knows of the program. */
export const addCompletion: AddCommand = (program: Command, io, action) => {
  program
    .command('completion')
    .summary('print the completion for a shell')
    .description('Prints a script by which a shell completes commands, options and their values.')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(shells)))
    .addHelpText('after', '\nExample:\n  mcpregistry-hook completion bash')
    .action(
      action(async (shell: keyof typeof shells) => {
        io.out.write(shells[shell](program.name(), commandTree(program)));
        return ExitCode.fine;
      }),
    );
};
