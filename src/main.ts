import { buildApp } from './app.ts';
import { answerCommandLine } from './command-line.ts';
import { LogOutput } from './observability/log-output.ts';
import { loadSettings, SettingsError } from './settings/load-settings.ts';
import type { Settings } from './settings/settings.ts';
import { endOnSignals } from './shutdown.ts';

/** How long log lines may take to be written once the service has ended, in milliseconds. */
const lastLinesMs = 1000;

try {
  const text = answerCommandLine(process.argv.slice(2), process.env);
  if (text === undefined) await serve(loadSettings(process.env));
  else process.stdout.write(text);
} catch (error) {
  if (error instanceof SettingsError) fail(`The settings can't be used:\n${error.message}`);
  else if (isUsage(error)) fail(`${error.message}\nTry --help.`);
  else throw error;
}

async function serve(settings: Settings): Promise<void> {
  const shutdown = new AbortController();
  const output = new LogOutput(process.stdout);
  const app = buildApp({ settings, shutdownSignal: shutdown.signal, logDestination: output });
  output.onDropped((lines) =>
    app.log.warn({ lines }, 'log lines were dropped: standard output was not read'),
  );
  app.addHook('onClose', async () => {
    // Lines that nobody reads would keep the process from ending.
    setTimeout(() => process.exit(), lastLinesMs).unref();
  });
  endOnSignals(app, settings.SHUTDOWN_GRACE_SECONDS * 1000, () => shutdown.abort());
  try {
    // For localhost Fastify would make a second server where that name has a second address.
    const host = settings.HOST === 'localhost' ? '127.0.0.1' : settings.HOST;
    await app.listen({ host, port: settings.PORT });
  } catch (error) {
    fail(`Can't listen on HOST ${settings.HOST}, PORT ${settings.PORT}: ${reason(error)}`);
    await app.close();
  }
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}

/** Node.js: util.parseArgs on what is not an option. */
function isUsage(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' ? 'the port is in use' : message;
}
