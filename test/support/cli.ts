import { runCli } from '../../src/cli/program.ts';
import { context } from './requests.ts';

interface CliOptions {
  /** What standard input holds. */
  readonly stdin?: string | Buffer;
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether both outputs are terminals. */
  readonly terminal?: boolean;
  /** By default, that of the context of other tests. */
  readonly now?: Date;
}

/** What a command printed, and its exit code. */
export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command as production does, in this process: files are those of the file system. */
export async function cli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { stdin = '', environment = {}, terminal = false, now = context.now } = options;
  const printed = { out: '', err: '' };
  const sink = (name: 'out' | 'err') => ({
    isTerminal: terminal,
    write: (text: string) => {
      printed[name] += text;
    },
  });
  const code = await runCli(args, {
    out: sink('out'),
    err: sink('err'),
    environment,
    readStdin: async () => Buffer.from(stdin),
    now: () => now,
  });
  return { code, ...printed };
}
