import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Runs SQL as superuser.
 *
 * @returns the rows, columns separated by `|`
 * @throws with the words of PostgreSQL
 */
export function psql(
  { bin, socket, port }: { readonly bin: string; readonly socket: string; readonly port: number },
  database: string,
  sql: string,
): string {
  const { status, stdout, stderr, error } = spawnSync(
    join(bin, 'psql'),
    [
      '-X',
      '-qtA',
      '-v',
      'ON_ERROR_STOP=1',
      '-h',
      socket,
      '-p',
      String(port),
      '-U',
      'postgres',
      '-d',
      database,
    ],
    { input: sql, encoding: 'utf8', env: { PATH: process.env['PATH'] } },
  );
  if (status !== 0) throw new Error(error?.message ?? stderr.trim());
  return stdout.trim();
}
