import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';

const root = new URL('../golden/', import.meta.url);

/**
 * Compares a whole value with the one that was looked at and committed.
 * `UPDATE_GOLDEN=1` writes it again; review the difference like code.
 *
 * @param name path below `test/golden`, with its ending: JSON, or text as it is
 */
export function matchesGolden(t: Test, name: string, value: unknown): void {
  const file = fileURLToPath(new URL(name, root));
  const text = typeof value === 'string' ? value : `${JSON.stringify(value, null, 2)}\n`;
  if (process.env['UPDATE_GOLDEN']) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  t.equal(text, readFileSync(file, 'utf8'), `is test/golden/${name}`);
}
