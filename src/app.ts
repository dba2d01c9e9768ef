import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { type FastifyInstance, fastify, LogController } from 'fastify';
import type { DestinationStream } from 'pino';
import { type Desire, desireRegistry } from '../hooks/desired.ts';
import { handleError, RequestError } from './errors.ts';
import { gatherLines } from './log-output.ts';
import { memoizeDesire } from './memo.ts';
import { healthRoutes } from './routes/health.ts';
import { hookRoutes } from './routes/hooks.ts';
import type { Settings } from './settings.ts';
import { checkBody } from './validation.ts';

export interface AppOptions {
  readonly settings: Settings;
  readonly now?: () => Date;
  readonly desire?: Desire;
  /** Where log lines go; standard output by default. */
  readonly logDestination?: DestinationStream;
}

/** Some thousand registries of usual size; a registry that was forgotten costs its next call a millisecond. */
const memoBounds = { maxEntries: 5000, maxSize: 32 * 1024 * 1024 };

/** Metacontroller waits 10 s for an answer unless it is told otherwise: a request that takes longer has no reader. */
const requestTimeout = 10_000;

/**
 * Metacontroller's client keeps an idle connection for 90 s (Go: net/http, DefaultTransport) and does not repeat
 * a POST that meets a connection just closed, so it has to be the one that closes.
 */
const keepAliveTimeout = 100_000;

/** The service but for its socket: all of Fastify's options and plugins, the same in production and in tests. */
export function buildApp(options: AppOptions): FastifyInstance {
  const { settings, now = () => new Date(), desire = desireRegistry } = options;
  const { logDestination = gatherLines() } = options;
  const app = fastify({
    bodyLimit: settings.BODY_LIMIT_BYTES,
    requestTimeout,
    keepAliveTimeout,
    return503OnClosing: false,
    // A key of that name is nobody's attack on an object that is only read, and must not keep a registry undeletable.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
    logger: { level: settings.LOG_LEVEL, stream: logDestination },
    logController: new LogController({ disableRequestLogging: true }),
    // One logger for all requests: a child for each of them costs more than the lines it would tell apart.
    childLoggerFactory: (logger) => logger,
    frameworkErrors: handleError,
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(checkBody);
  app.setErrorHandler(handleError);
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = (['GET', 'POST'] as const).filter((method) => app.hasRoute({ method, url: path }));
    if (allowed.length === 0) throw new RequestError(404, `There is nothing at ${path}.`);
    reply.header('allow', allowed.join(', '));
    throw new RequestError(405, `${request.method} is not for ${path}: use ${allowed.join(' or ')}.`);
  });

  let closing = false;
  const isClosing = () => closing;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.register(healthRoutes, { isClosing });
  app.register(hookRoutes, {
    isClosing,
    now,
    defaults: {
      image: settings.REGISTRY_API_IMAGE,
      healthPort: settings.REGISTRY_API_HEALTH_PORT,
      pgpassImage: settings.PGPASS_IMAGE,
    },
    desire: memoizeDesire(desire, memoBounds),
  });
  return app;
}
