import { buildApp } from './app.ts';
import { ExitCode } from './cli/exit-code.ts';
import { answerCommandLine, isCommand } from './command-line.ts';
import { LogOutput } from './observability/log-output.ts';
import { loadSettings, SettingsError } from './settings/load-settings.ts';
import type { Settings } from './settings/settings.ts';
import { shutDownOnSignals } from './shutdown.ts';

/** How long the last log lines may take to be written, in milliseconds. */
const lastLinesMs = 1000;

const args = process.argv.slice(2);
try {
  if (isCommand(args)) {
    // It runs the command, and is loaded for commands alone: the service starts without it.
    await import('./cli/bin.ts');
  } else {
    const text = answerCommandLine(args[0] === 'serve' ? args.slice(1) : args, process.env);
    if (text === undefined) await serve(loadSettings(process.env));
    else process.stdout.write(text);
  }
} catch (error) {
  if (error instanceof SettingsError) fail(`Invalid settings:\n${error.message}`);
  else if (isUsageError(error)) fail(`error: ${error.message}\nTry --help.`, ExitCode.unusable);
  else throw error;
}

async function serve(settings: Settings): Promise<void> {
  const shutdown = new AbortController();
  const output = new LogOutput(process.stdout);
  const app = buildApp({ settings, shutdownSignal: shutdown.signal, logDestination: output });
  output.onDropped((lines) =>
    app.log.warn({ lines }, 'log lines were dropped because standard output was not read'),
  );
  app.addHook('onClose', async () => {
    // Lines that are not read would keep the process from exiting.
    setTimeout(() => process.exit(), lastLinesMs).unref();
  });
  shutDownOnSignals(app, settings.SHUTDOWN_GRACE_SECONDS * 1000, () => shutdown.abort());
  const { HOST, METRICS_HOST } = settings;
  const address = `HOST ${HOST}`;
  const metrics = METRICS_HOST === undefined ? address : `METRICS_HOST ${METRICS_HOST}`;
  const ports = [
    { host: HOST, where: `${address}, PORT`, port: settings.PORT, server: app },
    {
      host: METRICS_HOST ?? HOST,
      where: `${metrics}, METRICS_PORT`,
      port: settings.METRICS_PORT,
      server: app.metricsServer,
    },
  ];
  for (const { host, where, port, server } of ports) {
    try {
      // If localhost has a second address, Fastify would listen on that one with a second server.
      await server?.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port: port ?? 0 });
    } catch (error) {
      fail(`Can't listen on ${where} ${port}: ${describeListenError(error)}`);
      await app.close();
      return;
    }
  }
}

/** @param code that of the commands for a command line that can't be used; 1 for everything else */
function fail(message: string, code = 1): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = code;
}

/** Whether util.parseArgs of Node.js did not know an argument. */
function isUsageError(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

function describeListenError(error: unknown): string {
  // `app.listen` rejects with the error of Node.js, which has a code.
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' ? 'the port is in use' : message;
}
