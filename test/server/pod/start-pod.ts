import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ImageOptions, makeInitRoot, makeServerRoot, SERVER_PROGRAM } from './image.ts';
import type { PodPlan } from './plan-pod.ts';
import { httpCalls, type PodCalls } from './pod-calls.ts';
import { PodProblem } from './pod-problem.ts';
import { runContainer } from './run-container.ts';
import { writeVolumes } from './write-volumes.ts';

/** How a program ended. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Ports of a second pod at the same time; the pods of a run share one network namespace. */
export interface Ports {
  readonly api: number;
  readonly internal: number;
}

export interface RunningPod extends PodCalls {
  /** Standard error and standard output of the server, so far. */
  readonly log: () => string;
  /**
   * Waits until the readiness probe passes.
   *
   * @throws with the last words of the server if it ends before or takes longer
   */
  readonly ready: (timeoutMs?: number) => Promise<void>;
  /** Whether the readiness probe passes now. */
  readonly isReady: () => Promise<boolean>;
  /** Waits until the log has a match. @throws with the last words if the server ends before or it takes longer */
  readonly logged: (pattern: RegExp, timeoutMs?: number) => Promise<RegExpExecArray>;
  /** What the server said last. */
  readonly lastWords: () => string;
  readonly ended: Promise<End>;
  /**
   * Stops the pod as a kubelet does: the sleep of its preStop hook, SIGTERM, and SIGKILL after the grace period.
   * A server that was killed has the signal SIGKILL.
   *
   * @param preStop whether it sleeps; it does without it
   */
  readonly stop: (preStop?: boolean) => Promise<End & { readonly seconds: number }>;
  /** Ends it at once. */
  readonly kill: () => Promise<End>;
}

const READY_TIMEOUT_MS = 60_000;
const PROBE_EVERY_MS = 100;
const LOG_LIMIT = 4_000_000;

/**
 * Writes the volumes of a pod below an empty folder, runs its init containers, and starts its server.
 *
 * @throws PodProblem if an init container fails
 */
export async function startPod(
  plan: PodPlan,
  folder: string,
  image: ImageOptions,
  binary: string,
  ports?: Ports,
): Promise<RunningPod> {
  const volumes = writeVolumes(plan.volumes, join(folder, 'volumes'), plan.fsGroup);
  for (const container of plan.init) {
    const root = join(folder, container.name);
    mkdirSync(root);
    const { command = [], args } = container;
    const process = runContainer(container, plan, { volumes }, root, makeInitRoot(root, image), [
      ...command,
      ...args,
    ]);
    const log = collect(process.stdout, process.stderr);
    const { code } = await endOf(process);
    if (code !== 0)
      throw new PodProblem(`init container ${container.name} ended with ${code}: ${log().trim()}`);
  }

  const root = join(folder, plan.server.name);
  mkdirSync(root);
  const { command = [SERVER_PROGRAM], args } = plan.server;
  const elsewhere = ports ? [`--address=:${ports.api}`, `--internal-address=:${ports.internal}`] : [];
  const server = runContainer(plan.server, plan, { volumes }, root, makeServerRoot(root, image, binary), [
    ...command,
    ...args,
    ...elsewhere,
  ]);
  const log = collect(server.stdout, server.stderr);
  let end: End | undefined;
  const ended = endOf(server).then((how) => {
    end = how;
    return how;
  });
  const probe = `http://127.0.0.1:${ports?.internal ?? plan.readiness.port}${plan.readiness.path}`;
  const lastWords = () => log().trimEnd().split('\n').slice(-8).join('\n');

  const until = async <T>(what: string, timeoutMs: number, look: () => T | Promise<T>): Promise<T> => {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const found = await look();
      if (found) return found;
      if (end)
        throw new Error(`the server ended with ${end.code ?? end.signal} before ${what}:\n${lastWords()}`);
      if (Date.now() > deadline) throw new Error(`${what} took longer than ${timeoutMs} ms:\n${lastWords()}`);
      await sleep(PROBE_EVERY_MS);
    }
  };
  const isReady = async () => {
    try {
      return (await fetch(probe, { signal: AbortSignal.timeout(5_000) })).ok;
    } catch {
      return false;
    }
  };
  const kill = () => {
    server.kill('SIGKILL');
    return ended;
  };

  return {
    ...httpCalls(`http://127.0.0.1:${ports?.api ?? 8080}`),
    log,
    lastWords,
    isReady,
    ended,
    kill,
    ready: async (timeoutMs = READY_TIMEOUT_MS) => {
      await until('it was ready', timeoutMs, isReady);
    },
    logged: (pattern, timeoutMs = READY_TIMEOUT_MS) =>
      until(`it logged ${pattern}`, timeoutMs, () => pattern.exec(log())) as Promise<RegExpExecArray>,
    stop: async (preStop = true) => {
      const start = Date.now();
      const killer = setTimeout(() => server.kill('SIGKILL'), plan.graceSeconds * 1000);
      if (preStop) await Promise.race([sleep(plan.preStopSeconds * 1000), ended]);
      server.kill('SIGTERM');
      const how = await ended;
      clearTimeout(killer);
      return { ...how, seconds: (Date.now() - start) / 1000 };
    },
  };
}

type Streams = readonly NodeJS.ReadableStream[];

function collect(...streams: Streams): () => string {
  let text = '';
  for (const stream of streams) {
    stream.setEncoding('utf8');
    stream.on('data', (more: string) => {
      text = (text + more).slice(-LOG_LIMIT);
    });
  }
  return () => text;
}

const endOf = (process: ReturnType<typeof runContainer>) =>
  new Promise<End>((resolve, reject) => {
    process.once('error', reject);
    process.once('close', (code, signal) => resolve({ code, signal }));
  });
