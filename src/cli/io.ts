import { printable } from './output/printable.ts';

/** Where a text is written to. */
export interface Sink {
  readonly write: (text: string) => void;
  /** Whether a person reads it as it is written. */
  readonly isTerminal: boolean;
}

/** Everything outside of the process that a command reads or writes, apart from the files that it is given. */
export interface Io {
  /** For data. */
  readonly out: Sink;
  /** For messages: what was passed over, why something can't be read. */
  readonly err: Sink;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /**
   * Standard input, whole.
   *
   * @param limit in bytes: no more is read than what shows that it is exceeded
   */
  readonly readStdin: (limit: number) => Promise<Buffer>;
  readonly now: () => Date;
}

/** Writes a message for people, on one line, whatever it holds. */
export const say = ({ err }: Pick<Io, 'err'>, message: string): void => err.write(`${printable(message)}\n`);

/** The streams of this process. */
export function processIo(): Io {
  // A reader that has enough, such as `head`, closes its end: there is nobody left to write for.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit();
    });
  }
  return {
    out: sinkOf(process.stdout),
    err: sinkOf(process.stderr),
    environment: process.env,
    readStdin: readStandardInput,
    now: () => new Date(),
  };
}

const sinkOf = (stream: NodeJS.WriteStream): Sink => ({
  write: (text) => void stream.write(text),
  isTerminal: stream.isTTY === true,
});

async function readStandardInput(limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > limit) break;
  }
  return Buffer.concat(chunks);
}
