import { readFileSync } from 'node:fs';
import type { BaseLogger } from 'pino';
import { SettingsError } from '../settings/load-settings.ts';

/** Something that was read from files, as they were when they last could be used. */
export interface Reloadable<T> {
  readonly value: T;
  /** Moves with every change of `value`. */
  readonly version: number;
}

/** A file by the setting that names it. */
export interface NamedFile {
  readonly setting: string;
  readonly path: string;
}

/** How often the same failure is logged while it lasts, in milliseconds. */
const repeatAfterMs = 60_000;

/** Files that are read as one, and the failure to do so that lasts. */
interface Group {
  readonly settings: readonly string[];
  readonly reload: (log: Log) => void;
  failure: { readonly message: string; readonly since: number; readonly loggedAt: number } | undefined;
}

type Log = Pick<BaseLogger, 'info' | 'error'>;

/**
 * Files whose content is in use and may change while it is. They are compared by content, so it does not matter how
 * they change: a mounted Secret swaps a symbolic link of its folder, an editor writes in place or renames.
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
   * @param parse gets their contents, in their order; an Error that it throws says what is wrong with them
   * @throws {SettingsError} that names the settings, the paths and what is wrong
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
          const settled = isSame(found, seen);
          seen = found;
          const isNew = !isSame(found, used);
          // A file that is being written, or a pair of which one is new, looks different at the next reading.
          if (isNew && !settled) return;
          if (isNew) {
            loaded.value = parseNamed(names, () => parse(found));
            loaded.version += 1;
            used = found;
            log.info({ files: names }, 'files reloaded');
          } else if (group.failure) {
            log.info({ files: names }, 'files can be used again, and are as they were before');
          }
          group.failure = undefined;
        } catch (error) {
          this.#fail(group, names, (error as Error).message, log);
        }
      },
    };
    this.#groups.push(group);
    return loaded;
  }

  /**
   * Reads all files again and takes into use what has changed and looks the same as at the reading before. Where files
   * can't be used, what was read before stays in use, and that is logged: at once, and every minute while it lasts.
   */
  reload(log: Log): void {
    for (const group of this.#groups) group.reload(log);
  }

  /** By the setting of each file, whether it could not be used when it was last read. */
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
    log.error({ files, failedForSeconds }, `${message}; what was read before stays in use`);
  }
}

function readNamed({ setting, path }: NamedFile): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = { ENOENT: 'there is no such file', EACCES: 'no permission', EISDIR: 'it is a folder' };
    throw new SettingsError(`${setting} ${path} can't be read: ${why[code as keyof typeof why] ?? message}`);
  }
}

function parseNamed<T>(names: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new SettingsError(`${names} can't be used: ${(error as Error).message}`);
  }
}

function isSame(a: readonly Buffer[], b: readonly Buffer[]): boolean {
  return a.every((content, index) => content.equals(b[index] ?? Buffer.alloc(0)));
}
