import type { FastifyInstance } from 'fastify';
import { type AppOptions, buildApp } from '../../src/app.ts';
import { loadSettings } from '../../src/settings/load-settings.ts';

interface TestAppOptions extends Omit<AppOptions, 'settings' | 'logDestination'> {
  /** As in the environment of the process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** One line of the log, without what the machine and the moment put into every line. */
export type LogLine = Record<string, unknown>;

/** The app that production starts, with settings as production reads them and a log that can be read. */
export function testApp(options: TestAppOptions = {}): { app: FastifyInstance; log: LogLine[] } {
  const { environment = {}, ...others } = options;
  const log: LogLine[] = [];
  const logDestination = {
    write: (text: string) => {
      const { time, pid, hostname, ...line } = JSON.parse(text);
      log.push(line);
    },
  };
  // A test may be slow, and is answered all the same.
  const settings = loadSettings({ MAX_LAG_MS: '10000', ...environment });
  return { app: buildApp({ ...others, settings, logDestination }), log };
}
