import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** An object of a cluster, as far as the test reads it. */
export interface ClusterObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly generation?: number;
    readonly resourceVersion?: string;
    readonly finalizers?: readonly string[];
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly managedFields?: unknown;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** No command of kubectl takes longer, in milliseconds; those that wait have timeouts of their own. */
const TIMEOUT_MS = 15 * 60_000;
const MAX_OUTPUT = 64 * 1024 * 1024;

/**
 * Runs kubectl against the cluster that KUBECONFIG names.
 *
 * @param input what it reads where an argument is `-`
 * @returns what it prints
 * @throws with the command and what kubectl says of it
 */
export function kubectl(args: readonly string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      'kubectl',
      [...args],
      { encoding: 'utf8', timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout);
        else reject(new Error(`kubectl ${args.join(' ')}: ${stderr.trim() || error.message}`));
      },
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(input ?? '');
  });
}

/** Applies an object, or several as a list. */
export const apply = (...objects: readonly object[]) =>
  kubectl(
    ['apply', '-f', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', metadata: {}, items: objects }),
  );

/** Reads one object, or undefined if there is none. */
export async function read(...args: readonly string[]): Promise<ClusterObject | undefined> {
  const text = await kubectl(['get', ...args, '-o', 'json', '--ignore-not-found']);
  return text === '' ? undefined : (JSON.parse(text) as ClusterObject);
}

/** Reads the objects of some kinds. */
export async function list(...args: readonly string[]): Promise<readonly ClusterObject[]> {
  const text = await kubectl(['get', ...args, '-o', 'json']);
  return (JSON.parse(text) as { items: ClusterObject[] }).items;
}

/** Starts `kubectl proxy`, through which watches are read: `url` is on the loopback interface. */
export async function startProxy(): Promise<{ readonly url: string; readonly process: ChildProcess }> {
  const proxy = spawn('kubectl', ['proxy', '--port=0', '--address=127.0.0.1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    proxy.once('error', reject);
    proxy.once('exit', (code) => reject(new Error(`kubectl proxy ended with ${code}`)));
    createInterface({ input: proxy.stdout }).on('line', (line) => {
      const address = /127\.0\.0\.1:\d+/.exec(line);
      if (address) resolve(`http://${address[0]}`);
    });
  });
  return { url, process: proxy };
}
