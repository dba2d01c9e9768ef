import type { Test } from 'tap';
import { recording } from '../fixtures/recordings.ts';
import { type LogLine, testApp } from './app.ts';

/** The app on a port of the loopback interface, until the end of a test. */
export async function listening(
  t: Test,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ url: string; log: LogLine[] }> {
  const { app, log } = testApp({ environment });
  t.teardown(() => {
    app.server.closeAllConnections();
    return app.close();
  });
  return { url: await app.listen({ host: '127.0.0.1', port: 0 }), log };
}

/** The body of a call that is answered with six children. */
export const body = JSON.stringify(recording('create', 1).request);
