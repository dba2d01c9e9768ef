import { spawn } from 'node:child_process';
import { CliError } from '../cli-error.ts';
import { SIZE_LIMIT } from '../input/read-texts.ts';
import { type Io, say } from '../io.ts';
import { shellCommand } from '../output/shell-command.ts';

/** What became of a command. */
export interface KubectlResult {
  readonly ok: boolean;
  /** What it printed. */
  readonly out: Buffer;
}

/**
 * Runs the user's kubectl, as it is found in PATH, and shows the command before. It gets its arguments as they are: no shell
 * reads them. What it says on standard error is passed on.
 *
 * @param limit of what it may print, in bytes
 * @throws {CliError} if there is no kubectl, or it prints more than that
 */
export async function runKubectl(
  args: readonly string[],
  io: Pick<Io, 'err' | 'environment'>,
  limit = SIZE_LIMIT,
): Promise<KubectlResult> {
  say(io, `+ ${shellCommand(['kubectl', ...args])}`);
  const chunks: Buffer[] = [];
  let bytes = 0;
  // A plugin for credentials may ask for something.
  const child = spawn('kubectl', args, { env: io.environment, stdio: ['inherit', 'pipe', 'pipe'] });
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limit) child.kill();
    else chunks.push(chunk);
  });
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => io.err.write(text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new CliError(
          error.code === 'ENOENT'
            ? 'there is no kubectl in PATH: install it (https://kubernetes.io/docs/tasks/tools/)'
            : `kubectl can't be run: ${error.message}`,
        ),
      );
    });
    child.once('close', resolve);
  });
  if (bytes > limit) {
    throw new CliError(
      `kubectl printed more than ${Math.floor(limit / 1024 / 1024)} MiB: name a namespace with -n instead of -A`,
    );
  }
  return { ok: code === 0, out: Buffer.concat(chunks) };
}
