import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import type { Texts } from '../pod/types.ts';
import type { Handler } from './serve.ts';

/** A repository with one commit. */
export interface Repository {
  readonly files: Texts;
  readonly branch?: string;
  readonly tags?: readonly string[];
}

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** The same commit has the same name in each run. */
const AUTHOR = {
  GIT_AUTHOR_NAME: 'Harness',
  GIT_AUTHOR_EMAIL: 'harness@example.com',
  GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'Harness',
  GIT_COMMITTER_EMAIL: 'harness@example.com',
  GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
};
const environment = { PATH: process.env['PATH'], ...AUTHOR };

/**
 * Makes a bare repository, or adds a commit to the one that is there.
 *
 * @param folder of the repository, such as `<root>/example/catalog.git`
 * @returns the name of the commit
 */
export function commitFiles(folder: string, { files, branch = 'main', tags = [] }: Repository): string {
  const work = `${folder}.work`;
  const git = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync('git', args, {
      cwd: work,
      env: environment,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
  mkdirSync(work, { recursive: true });
  git('init', '--quiet', '--initial-branch', branch);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), text);
  }
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '--message', 'Catalogue');
  for (const tag of tags) git('tag', '--force', tag);
  git('init', '--quiet', '--bare', '--initial-branch', branch, folder);
  git('push', '--quiet', '--force', folder, branch, '--tags');
  return git('rev-parse', 'HEAD');
}

/** Serves the repositories below a folder over HTTP with git's own `http-backend`. */
export const gitHandler =
  (root: string, credentials?: Credentials): Handler =>
  (request, response) => {
    const expected =
      credentials && `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`;
    if (expected !== undefined && request.headers.authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('Unauthorized\n');
      return;
    }
    runBackend(root, request, response);
  };

/** One request through CGI. */
function runBackend(root: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://git');
  const backend = spawn('git', ['http-backend'], {
    env: {
      ...environment,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'],
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
      HTTP_GIT_PROTOCOL: request.headers['git-protocol'] as string | undefined,
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  backend.stdin.on('error', () => undefined);
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  backend.on('close', () => {
    const output = Buffer.concat(chunks);
    const end = output.indexOf('\r\n\r\n');
    const headers = output
      .subarray(0, end)
      .toString()
      .split('\r\n')
      .map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]);
    const status = headers.find(([name]) => name === 'Status')?.[1];
    response.writeHead(
      Number.parseInt(status ?? '200', 10),
      Object.fromEntries(headers.filter(([name]) => name !== 'Status')),
    );
    response.end(output.subarray(end + 4));
  });
}
