import { type ChildProcess, spawn } from 'node:child_process';
import { readyUrl, start } from '../support/process.ts';

/** A process that the test started. */
export interface Started {
  readonly stop: () => Promise<void>;
  /** The last lines that it logged. */
  readonly lastLines: () => readonly string[];
}

/** How Metacontroller applies children: the values of its flag. */
export const strategies = ['dynamic-apply', 'server-side-apply'] as const;
export type Strategy = (typeof strategies)[number];

/** How many lines of a log are shown where a step fails. */
const SHOWN_LINES = 20;
/** How long a process may take to end before it is killed, in milliseconds. */
const END_MS = 20_000;

/** Starts the built hook on a free port of the loopback interface. */
export async function startHook(): Promise<Started & { readonly url: string }> {
  const service = start({ PORT: '0', HOST: '127.0.0.1', SHUTDOWN_GRACE_SECONDS: '0' });
  const started = watchOver(service);
  return { ...started, url: (await readyUrl(service)).url };
}

/**
 * Starts a Metacontroller beside this process.
 *
 * @param program path of the binary
 */
export function startMetacontroller(program: string, kubeconfig: string, strategy: Strategy): Started {
  const flags = [
    `--kubeconfig=${kubeconfig}`,
    `--apply-strategy=${strategy}`,
    '--leader-election=false',
    '--metrics-address=127.0.0.1:0',
    '--health-probe-bind-address=127.0.0.1:0',
    // Its own limit is 5 requests a second, with which it is the limit that is measured.
    '--client-go-qps=400',
    '--client-go-burst=800',
  ];
  return watchOver(spawn(program, flags, { stdio: ['ignore', 'pipe', 'pipe'] }));
}

function watchOver(child: ChildProcess): Started {
  const lines: string[] = [];
  const keep = (text: string) => {
    lines.push(...text.split('\n').filter((line) => line !== ''));
    lines.splice(0, lines.length - SHOWN_LINES);
  };
  child.stdout?.setEncoding('utf8').on('data', keep);
  child.stderr?.setEncoding('utf8').on('data', keep);
  child.on('error', (error) => keep(error.message));
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return {
    stop: async () => {
      const killer = setTimeout(() => child.kill('SIGKILL'), END_MS);
      child.kill();
      await ended;
      clearTimeout(killer);
    },
    lastLines: () => lines,
  };
}
