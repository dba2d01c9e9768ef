import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder as a kubelet mounts a Secret: each file is a link through `..data`, a link to a folder of its own for each
 * version, which is swapped in one step (kubernetes: pkg/volume/util/atomic_writer.go).
 */
export class SecretFolder {
  readonly #path = mkdtempSync(join(tmpdir(), 'secret-'));
  #version = 0;

  constructor(files: Readonly<Record<string, string>>) {
    this.update(files);
    for (const name of Object.keys(files)) symlinkSync(join('..data', name), this.path(name));
  }

  path(name: string): string {
    return join(this.#path, name);
  }

  /** Replaces all files. */
  update(files: Readonly<Record<string, string>>): void {
    this.#version += 1;
    const folder = `..${this.#version}`;
    mkdirSync(this.path(folder));
    for (const [name, content] of Object.entries(files))
      writeFileSync(join(this.path(folder), name), content);
    symlinkSync(folder, this.path('..data_tmp'));
    renameSync(this.path('..data_tmp'), this.path('..data'));
    rmSync(this.path(`..${this.#version - 1}`), { recursive: true, force: true });
  }

  remove(): void {
    rmSync(this.#path, { recursive: true });
  }
}
