import { type Command, CommanderError, Option } from 'commander';
import { CliError } from '../cli-error.ts';
import { ExitCode } from '../exit-code.ts';
import { type Io, say } from '../io.ts';
import { newProgram } from '../new-program.ts';
import { outputOption } from '../options.ts';
import { runCli } from '../program.ts';
import { readCluster, readForTakeover, type Scope } from './read-cluster.ts';

/** Options of kubectl that are passed on to it. */
const connectionOptions = {
  '--context <name>': 'the context of the kubeconfig',
  '--kubeconfig <file>': 'the kubeconfig',
  '--cluster <name>': 'the cluster of the kubeconfig',
  '--user <name>': 'the user of the kubeconfig',
  '--as <name>': 'the user to act as',
  '--request-timeout <time>': 'how long kubectl waits for an answer',
} as const;

type ConnectionFlag = 'context' | 'kubeconfig' | 'cluster' | 'user' | 'as' | 'requestTimeout';

interface ScopeFlags extends Partial<Record<ConnectionFlag, string>> {
  readonly namespace?: string;
  readonly allNamespaces?: true;
}

/**
 * Runs `kubectl mcpreg`: asks the user's kubectl for what a command reads, and gives it to that command.
 *
 * @param args without the program
 * @returns the exit code
 */
export async function runPlugin(args: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = ExitCode.fine;
  const program = newProgram(
    'kubectl mcpreg',
    'Asks kubectl for registries and what belongs to them, and says what mcpregistry-hook knows of it.',
    io,
  );

  withScope(program.command('doctor'))
    .summary('say what is wrong with registries')
    .description('Says of each MCPRegistry what is wrong, since when, and which command is next.')
    .argument('[name...]', 'look at registries of these names only')
    .addOption(outputOption(['text', 'json']))
    .addHelpText('after', '\nExample:\n  kubectl mcpreg doctor -n mcp-system')
    .action(async (names: readonly string[], flags: ScopeFlags & { readonly output: string }) => {
      const { text, allOf } = await readCluster(scopeOf(flags), io);
      const kinds = allOf.flatMap((kind) => ['--all-of', kind]);
      code = await runCli(
        ['doctor', '-f', '-', '-o', flags.output, ...kinds, '--', ...names],
        given(io, text),
      );
    });

  withScope(program.command('takeover'))
    .summary('print how to take registries over from the ToolHive operator')
    .description(
      'Prints the script that takes registries over from the ToolHive operator. Options that are not listed here are those of mcpregistry-hook takeover.',
    )
    .argument('[options...]', 'passed on to mcpregistry-hook takeover')
    .allowUnknownOption()
    .addHelpText('after', '\nExample:\n  kubectl mcpreg takeover -n mcp-system')
    .action(async (rest: readonly string[], flags: ScopeFlags) => {
      const text = await readForTakeover(scopeOf(flags), io);
      code = await runCli(['takeover', '-f', '-', ...rest], given(io, text));
    });

  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.fine : ExitCode.unusable;
    if (!(error instanceof CliError)) throw error;
    say(io, `error: ${error.message}`);
    return ExitCode.unusable;
  }
}

/** With the options that choose cluster and namespace, as kubectl has them. */
function withScope(command: Command): Command {
  command
    .addOption(
      new Option('-n, --namespace <name>', 'the namespace; that of the context if it is left out').conflicts(
        'allNamespaces',
      ),
    )
    .option('-A, --all-namespaces', 'all namespaces');
  for (const [flags, description] of Object.entries(connectionOptions)) command.option(flags, description);
  return command;
}

/** Each with `=`, so that no value is taken for an option. */
function scopeOf(flags: ScopeFlags): Scope {
  const connection = (['context', 'kubeconfig', 'cluster', 'user', 'as', 'requestTimeout'] as const).flatMap(
    (name) => {
      const value = flags[name];
      const option = name === 'requestTimeout' ? 'request-timeout' : name;
      return value === undefined ? [] : [`--${option}=${value}`];
    },
  );
  const { namespace } = flags;
  return {
    connection,
    namespace: flags.allNamespaces ? ['-A'] : namespace === undefined ? [] : [`--namespace=${namespace}`],
  };
}

/** The same, with something else on standard input. */
const given = (io: Io, text: Buffer): Io => ({ ...io, readStdin: async () => text });
