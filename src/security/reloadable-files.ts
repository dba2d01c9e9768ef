import { readFileSync } from 'node:fs';
import type { BaseLogger } from 'pino';
import { SettingsError } from '../settings/load-settings.ts';

/** A value that was parsed from files, from their latest valid content. */
export interface Reloadable<T> {
  readonly value: T;
  /** Increases with every change of `value`. */
  readonly version: number;
}

/** A file and the setting that names it. */
export interface NamedFile {
  readonly setting: string;
  readonly path: string;
}

/** How often the same failure is logged while it lasts, in milliseconds. */
const repeatAfterMs = 60_000;

/** Files that are parsed together, and the current failure to do so. */
interface Group {
  readonly settings: readonly string[];
  readonly reload: (log: Log) => void;
  failure: { readonly message: string; readonly since: number; readonly loggedAt: number } | undefined;
}

type Log = Pick<BaseLogger, 'info' | 'error'>;

/**
 * Files that may change while their content is in use. They are compared by content, so it does not matter how they are
 * replaced: a mounted Secret swaps a symbolic link to a directory, an editor writes in place or renames.
 */
export class ReloadableFiles {
  readonly #groups: Group[] = [];
  readonly #now: () => number;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Reads files for the first time.
   *
   * @param parse gets the contents in the same order; an Error that it throws says what is wrong with them
   * @throws {SettingsError} that has the settings, the paths and what is wrong
   */
  load<T>(files: readonly NamedFile[], parse: (contents: readonly Buffer[]) => T): Reloadable<T> {
    const names = files.map(({ setting, path }) => `${setting} ${path}`).join(', ');
    const contents = () => files.map(readNamed);
    let used = contents();
    let seen = used;
    const loaded = { value: parseNamed(names, () => parse(used)), version: 1 };
    const group: Group = {
      settings: files.map(({ setting }) => setting),
      failure: undefined,
      reload: (log) => {
        try {
          const found = contents();
          const isStable = isSame(found, seen);
          seen = found;
          const isNew = !isSame(found, used);
          // A file that is still being written, or one of a pair that was replaced first, differs at the next reading.
          if (isNew && !isStable) return;
          if (isNew) {
            loaded.value = parseNamed(names, () => parse(found));
            loaded.version += 1;
            used = found;
            log.info({ files: names }, 'files reloaded');
          } else if (group.failure) {
            log.info({ files: names }, 'files can be used again, with their content unchanged');
          }
          group.failure = undefined;
        } catch (error) {
          // Reading and parsing throw a SettingsError (`readNamed`, `parseNamed`).
          this.#fail(group, names, (error as Error).message, log);
        }
      },
    };
    this.#groups.push(group);
    return loaded;
  }

  /**
   * Reads all files again. Content that has changed is used once it is the same at two readings. If files can't be
   * used, the previous content stays in use, and an error is logged at once and then every minute.
   */
  reload(log: Log): void {
    for (const group of this.#groups) group.reload(log);
  }

  /** Whether each file could not be used when it was last read, by its setting. */
  failures(): Record<string, boolean> {
    return Object.fromEntries(
      this.#groups.flatMap(({ settings, failure }) =>
        settings.map((setting) => [setting, failure !== undefined]),
      ),
    );
  }

  #fail(group: Group, files: string, message: string, log: Log): void {
    const now = this.#now();
    const before = group.failure;
    if (before?.message === message && now - before.loggedAt < repeatAfterMs) return;
    const since = before?.since ?? now;
    group.failure = { message, since, loggedAt: now };
    const failedForSeconds = Math.round((now - since) / 1000);
    log.error({ files, failedForSeconds }, `${message}; the previous content stays in use`);
  }
}

function readNamed({ setting, path }: NamedFile): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    // readFileSync throws an Error with a code.
    const { code, message } = error as NodeJS.ErrnoException;
    const why = { ENOENT: 'no such file', EACCES: 'no permission', EISDIR: 'it is a directory' };
    // Any other code finds nothing in `why`, and the message of Node.js is used.
    throw new SettingsError(`${setting} ${path} can't be read: ${why[code as keyof typeof why] ?? message}`);
  }
}

function parseNamed<T>(names: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    // Whatever parses throws an Error (`load`).
    throw new SettingsError(`${names} can't be used: ${(error as Error).message}`);
  }
}

function isSame(a: readonly Buffer[], b: readonly Buffer[]): boolean {
  return a.every((content, index) => content.equals(b[index] ?? Buffer.alloc(0)));
}
