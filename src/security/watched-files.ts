import { readFileSync } from 'node:fs';
import type { BaseLogger } from 'pino';
import { SettingsError } from '../settings/load-settings.ts';

/** Something that was read from files, as they were when they last could be used. */
export interface Loaded<T> {
  readonly value: T;
  /** Moves with every change of `value`. */
  readonly version: number;
}

/** A file by the setting that names it. */
export interface NamedFile {
  readonly setting: string;
  readonly path: string;
}

/**
 * Files whose content is in use and may change while it is. They are compared by content, so it does not matter how
 * they change: a mounted Secret swaps a symbolic link of its folder, an editor writes in place or renames.
 */
export class WatchedFiles {
  readonly #reloads: ((log: Pick<BaseLogger, 'info' | 'error'>) => void)[] = [];

  /**
   * Reads files for the first time.
   *
   * @param parse gets their contents, in their order; an Error that it throws says what is wrong with them
   * @throws {SettingsError} that names the settings, the paths and what is wrong
   */
  load<T>(files: readonly NamedFile[], parse: (contents: readonly Buffer[]) => T): Loaded<T> {
    const names = files.map(({ setting, path }) => `${setting} ${path}`).join(', ');
    const contents = () => files.map(readNamed);
    let used = contents();
    let seen = used;
    const loaded = { value: parseNamed(names, () => parse(used)), version: 1 };
    let complaint = '';
    this.#reloads.push((log) => {
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
        }
        complaint = '';
      } catch (error) {
        const { message } = error as Error;
        if (message !== complaint)
          log.error({ files: names }, `${message}; what was read before stays in use`);
        complaint = message;
      }
    });
    return loaded;
  }

  /**
   * Reads all files again and takes into use what has changed and looks the same as at the reading before. What can't
   * be used is logged once, and what was in use stays so.
   */
  poll(log: Pick<BaseLogger, 'info' | 'error'>): void {
    for (const reload of this.#reloads) reload(log);
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
