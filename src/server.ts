import type { Server } from 'node:http';
import { type FastifyHttpOptions, type FastifyInstance, fastify, LogController } from 'fastify';
import type { DestinationStream } from 'pino';
import { handleError } from './errors.ts';
import { describeError } from './observability/describe-error.ts';
import { prettyLines } from './observability/pretty-log.ts';
import type { ReloadableFiles } from './security/reloadable-files.ts';
import { applyReloadedTls, secureOptions, type Tls } from './security/tls.ts';
import type { Settings } from './settings/settings.ts';

/** How long the server waits for clients, in milliseconds (Node.js: http.createServer). */
const timeouts = {
  /** For the headers of a request. */
  headersTimeout: 5000,
  /**
   * For a whole request; then it is answered with 408. Metacontroller waits 10 s for an answer by default, so nobody
   * would read a later one.
   */
  requestTimeout: 10_000,
  /** How often both are checked. */
  connectionsCheckingInterval: 1000,
  /** For the next byte, while a request is read or its answer is written; then the connection is closed. */
  connectionTimeout: 5000,
  /** For the next request. Connections of authenticated callers are kept for longer (connections.ts). */
  keepAliveTimeout: 5000,
};

/** Fastify with all of its options, without routes. A client certificate is requested but not required, for probes. */
export function createServer(
  settings: Settings,
  tls: Tls | undefined,
  output: DestinationStream,
): FastifyInstance {
  const { requestTimeout, connectionTimeout, keepAliveTimeout, ...others } = timeouts;
  const transport = tls && {
    ...secureOptions(tls),
    handshakeTimeout: others.headersTimeout,
    requestCert: tls.authorities !== undefined,
    rejectUnauthorized: false,
  };
  const options: FastifyHttpOptions<Server> = {
    bodyLimit: settings.BODY_LIMIT_BYTES,
    requestTimeout,
    connectionTimeout,
    keepAliveTimeout,
    return503OnClosing: false,
    logger: {
      level: settings.LOG_LEVEL,
      serializers: { err: describeError },
      stream: settings.LOG_FORMAT === 'pretty' ? prettyLines(output) : output,
    },
    logController: new LogController({ disableRequestLogging: true }),
    // One logger for all requests: a child logger for each of them costs more than writing its line.
    childLoggerFactory: (logger) => logger,
    frameworkErrors: handleError,
    [transport ? 'https' : 'http']: { ...others, ...transport },
  };
  return fastify(options);
}

/** Reloads the files while the app is open, and uses new certificates for new connections. */
export function reloadFilesPeriodically(
  app: FastifyInstance,
  files: ReloadableFiles,
  tls: Tls | undefined,
  everyMs: number,
): void {
  const apply = tls && applyReloadedTls(tls, app.server);
  let timer: NodeJS.Timeout | undefined;
  app.addHook('onReady', async () => {
    timer = setInterval(() => {
      files.reload(app.log);
      apply?.();
    }, everyMs).unref();
  });
  app.addHook('onClose', async () => clearInterval(timer));
}
