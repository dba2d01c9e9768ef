import { buildApp } from './app.ts';
import { loadSettings, type Settings, SettingsError } from './settings.ts';

/** How long open calls may take to end after a signal; Kubernetes kills 30 s after it. */
const graceMs = 15_000;

try {
  await serve(loadSettings(process.env));
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`The settings can't be used:\n${error.message}\n`);
  process.exitCode = 1;
}

async function serve(settings: Settings): Promise<void> {
  const app = buildApp({ settings });
  const shutdown = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      app.log.info({ signal }, 'shutting down');
      setTimeout(() => app.server.closeAllConnections(), graceMs).unref();
      shutdown.abort();
    });
  }
  try {
    await app.listen({ host: settings.HOST, port: settings.PORT, signal: shutdown.signal });
  } catch (error) {
    process.stderr.write(`Can't listen on HOST ${settings.HOST}, PORT ${settings.PORT}: ${reason(error)}\n`);
    process.exitCode = 1;
  }
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' ? 'the port is in use' : message;
}
