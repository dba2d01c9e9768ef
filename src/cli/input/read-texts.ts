import { isUtf8 } from 'node:buffer';
import type { Dirent, Stats } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from '../cli-error.ts';
import { type Io, say } from '../io.ts';
import { type Refuse, UnreadableInput } from './unreadable-input.ts';

/** A file of the input, or standard input. */
export interface InputText {
  /** As messages name it. */
  readonly file: string;
  readonly text: string;
}

/** How large all of the input may be, in bytes. */
export const SIZE_LIMIT = 64 * 1024 * 1024;

/** How many files and folders there may be below the folders that are given. */
const ENTRY_LIMIT = 100_000;

/** How messages name standard input. */
export const STDIN = 'standard input';

/** The bounds of everything that one command reads, and what is left of them. */
export class InputBudget {
  #bytes: number;
  #entries = ENTRY_LIMIT;
  #stdinRead = false;

  /** @param bytes how large all of the input may be */
  constructor(bytes = SIZE_LIMIT) {
    this.#bytes = bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @throws {CliError} if that was more than there may be */
  takeBytes(count: number, file: string): void {
    this.#bytes -= count;
    if (this.#bytes >= 0) return;
    throw new CliError(
      `${file}: the input is larger than ${SIZE_LIMIT / 1024 / 1024} MiB: give the files in several calls`,
    );
  }

  takeEntry(folder: string): void {
    this.#entries -= 1;
    if (this.#entries >= 0) return;
    throw new CliError(
      `${folder}: there are more than ${ENTRY_LIMIT} files: give the folders that hold registries`,
    );
  }

  takeStdin(): void {
    if (this.#stdinRead)
      throw new CliError('- is standard input, which can be read once only: give a file for the other');
    this.#stdinRead = true;
  }
}

/**
 * Reads what `-f` names: files, folders with all below them, and `-` for standard input.
 *
 * Of folders, files that end with `.yaml`, `.yml` or `.json` are read, in the order of their paths; what begins with a dot,
 * `node_modules`, and folders behind symbolic links are passed over. Of links to what does not exist, a message says so.
 *
 * @param refuse gets files that can't be read
 * @throws {CliError} if a path does not exist, or there is more than may be read
 */
export async function* readTexts(
  paths: readonly string[],
  io: Pick<Io, 'readStdin' | 'err'>,
  budget: InputBudget,
  refuse: Refuse,
): AsyncGenerator<InputText> {
  const all = sources(paths, io, budget);
  for await (const { file, read } of all) {
    const text = await readOrRefuse(read, refuse);
    if (text !== undefined) yield { file, text };
  }
}

async function readOrRefuse(read: () => Promise<string>, refuse: Refuse): Promise<string | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof UnreadableInput)) throw error;
    refuse(error);
    return undefined;
  }
}

interface Source {
  readonly file: string;
  readonly read: () => Promise<string>;
}

/** @throws {CliError} if a path can't be read at all */
async function* sources(
  paths: readonly string[],
  io: Pick<Io, 'readStdin' | 'err'>,
  budget: InputBudget,
): AsyncGenerator<Source> {
  for (const path of paths) {
    if (path === '-') {
      budget.takeStdin();
      yield { file: STDIN, read: async () => decode(await io.readStdin(budget.bytes), STDIN, budget) };
      continue;
    }
    if (/^https?:\/\//i.test(path)) {
      throw new CliError(
        `${path}: URLs are not read: use curl -fsSL <URL> | mcpregistry-hook <command> -f -`,
      );
    }
    const info = await statOf(path);
    const files = info.isDirectory() ? await filesBelow(path, io, budget) : [path];
    // Messages begin with it: `::` at the beginning of a line is a command to GitHub Actions.
    for (const path of files)
      yield { file: path.startsWith(':') ? `./${path}` : path, read: () => readFile(path, budget) };
  }
}

async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The files of a folder and of its folders that are read, sorted by their paths. */
async function filesBelow(folder: string, io: Pick<Io, 'err'>, budget: InputBudget): Promise<string[]> {
  const files: string[] = [];
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const entry of await entriesOf(next)) {
      budget.takeEntry(folder);
      if (entry.name.startsWith('.')) continue;
      const path = join(next, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules') folders.push(path);
      if (/\.(ya?ml|json)$/.test(entry.name) && (await isFile(entry, path, io))) files.push(path);
    }
  }
  return files.sort();
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw unreadable(folder, error);
  }
}

async function isFile(entry: Dirent, path: string, io: Pick<Io, 'err'>): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    // Errors of the file system have a code.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(path, error);
    say(io, `passed over: ${path}, a symbolic link to a file that does not exist`);
    return false;
  }
}

async function readFile(path: string, budget: InputBudget): Promise<string> {
  try {
    const handle = await open(path);
    try {
      // A file that is no regular one, such as that of a shell's <(…), has no size to be known before it is read.
      const chunks: Buffer[] = [];
      let left = budget.bytes;
      for await (const chunk of handle.createReadStream({ autoClose: false })) {
        chunks.push(chunk);
        left -= chunk.length;
        if (left < 0) break;
      }
      return decode(Buffer.concat(chunks), path, budget);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

function decode(bytes: Buffer, file: string, budget: InputBudget): string {
  budget.takeBytes(bytes.length, file);
  if (!isUtf8(bytes)) throw unreadableFile(file, 'it is not valid UTF-8: save it as UTF-8');
  const text = bytes.toString('utf8');
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function unreadable(path: string, error: unknown): Error {
  if (error instanceof CliError) return error;
  // Errors of the file system have a code.
  const { code, message } = error as NodeJS.ErrnoException;
  const why: Record<string, string> = {
    ENOENT: 'it does not exist: check the path',
    EACCES: 'it may not be read: check its permissions',
    ELOOP: 'its symbolic links lead in a circle',
  };
  return unreadableFile(path, why[code ?? ''] ?? message);
}

const unreadableFile = (file: string, what: string): UnreadableInput =>
  new UnreadableInput('UnreadableFile', { file, document: 1, line: 1, column: 1 }, what);
