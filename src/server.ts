import type { Server } from 'node:http';
import { type FastifyHttpOptions, type FastifyInstance, fastify, LogController } from 'fastify';
import type { DestinationStream } from 'pino';
import { handleError } from './errors.ts';
import { describeError } from './observability/describe-error.ts';
import { prettyLines } from './observability/pretty-log.ts';
import type { ReloadableFiles } from './security/reloadable-files.ts';
import { applyReloadedTls, secureOptions, type Tls } from './security/tls.ts';
import type { Settings } from './settings/settings.ts';

/** How long the server waits for whom, in milliseconds (Node.js: http.createServer). */
const timeouts = {
  /** A client that has begun a call sends its headers at once. */
  headersTimeout: 5000,
  /**
   * Metacontroller waits 10 s for an answer unless it is told otherwise: a call whose body takes longer has no reader,
   * and is answered with 408.
   */
  requestTimeout: 10_000,
  /** How often both are looked at. */
  connectionsCheckingInterval: 1000,
  /** A connection on which no byte moves, while a call is read or its answer is written, is ended. */
  connectionTimeout: 5000,
  /** How long the connection of a stranger may be idle; that of a caller is kept for longer (connections.ts). */
  keepAliveTimeout: 5000,
};

/** Fastify with all of its options and without any route. A client certificate is asked for, not insisted on. */
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
    // One logger for all requests: a child for each of them costs more than the lines it would tell apart.
    childLoggerFactory: (logger) => logger,
    frameworkErrors: handleError,
    [transport ? 'https' : 'http']: { ...others, ...transport },
  };
  return fastify(options);
}

/** Reads the files again and again while the app is open, and serves new connections by what they hold. */
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
