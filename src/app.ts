import type { FastifyInstance } from 'fastify';
import { type BuildDesired, buildDesired } from '../hooks/desired.ts';
import { parseOnlyJsonBodies } from './body/json-body.ts';
import { validateBody } from './body/validation.ts';
import { Memo } from './call/memo.ts';
import { memoizeDesired } from './call/memoize-desired.ts';
import { ReleaseCheck } from './call/release-check.ts';
import { Connections } from './connections.ts';
import { handleError, refuseUnknownRoutes } from './errors.ts';
import { LoadShedder } from './load-shedder.ts';
import { createMetricsServer } from './metrics-server.ts';
import type { LogDestination } from './observability/log-output.ts';
import { Metrics } from './observability/metrics.ts';
import { RefusalLog } from './observability/refusal-log.ts';
import { exampleCalls } from './openapi/example.ts';
import { customizeRoutes } from './routes/customize.ts';
import { guardHooks } from './routes/guard.ts';
import { healthRoutes } from './routes/health.ts';
import { hookRoutes } from './routes/hooks.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { openapiRoutes } from './routes/openapi.ts';
import { Authentication } from './security/authentication.ts';
import { ReloadableFiles } from './security/reloadable-files.ts';
import { certificateExpiries, loadTls } from './security/tls.ts';
import { createServer, reloadFilesPeriodically } from './server.ts';
import { registryDefaults } from './settings/registry-defaults.ts';
import type { Settings } from './settings/settings.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Serves the metrics on a port of their own; undefined without METRICS_PORT. Whoever listens with the app listens with it. */
    metricsServer: FastifyInstance | undefined;
  }
}

export interface AppOptions {
  readonly settings: Settings;
  readonly now?: () => Date;
  readonly buildDesired?: BuildDesired;
  /** Where log lines go. */
  readonly logDestination: LogDestination;
  /** Aborted when the service begins to shut down: it is no longer ready, and still answers. */
  readonly shutdownSignal?: AbortSignal;
}

/**
 * For what is kept in memory: 10,000 registries of usual size, their children and their last answers. With half as much, such a
 * fleet took 20 MiB less, and a call for a registry of which nothing has changed three times as long.
 */
const memoBytes = 32 * 1024 * 1024;

/**
 * The service without a listening socket: all of Fastify's options and plugins, the same in production and in tests.
 *
 * @throws {SettingsError} if a file that a setting names can't be used
 */
export function buildApp(options: AppOptions): FastifyInstance {
  const { settings, now = () => new Date(), logDestination, shutdownSignal } = options;
  const files = new ReloadableFiles();
  const tls = loadTls(settings, files);
  const authentication = new Authentication(settings, files, tls, now);

  const app = createServer(settings, tls, logDestination);
  const shedder = new LoadShedder(app, {
    maxCalls: settings.MAX_CALLS,
    maxLagMs: settings.MAX_LAG_MS,
    maxBody: settings.BODY_LIMIT_BYTES,
    maxLargeBytes: 4 * settings.BODY_LIMIT_BYTES,
  });
  const metrics = new Metrics({
    requestsInFlight: () => shedder.inFlight,
    certificateExpiries: () => certificateExpiries(tls),
    fileReloadFailures: () => files.failures(),
    droppedLogLines: () => logDestination.dropped ?? 0,
    registryNames: settings.METRICS_REGISTRY_NAMES,
    now: () => now().getTime(),
  });
  const refusals = new RefusalLog(app.log);
  app.decorate('refusals', refusals);
  app.addHook('onClose', async () => refusals.close());
  const connections = new Connections(app, refusals, settings.MAX_CONNECTIONS);
  reloadFilesPeriodically(app, files, tls, settings.FILE_RELOAD_SECONDS * 1000);
  authentication.attachTo(app);
  parseOnlyJsonBodies(app);
  app.setValidatorCompiler(validateBody);
  app.setErrorHandler(handleError);
  refuseUnknownRoutes(app);

  const memo = new Memo({ maxBytes: memoBytes, sample: JSON.stringify(exampleCalls().sync.answer) });
  let closing = false;
  const isClosing = () => closing || shutdownSignal?.aborted === true;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.register(healthRoutes, { isClosing });
  const hasOwnPort = settings.METRICS_PORT !== undefined;
  app.decorate(
    'metricsServer',
    hasOwnPort ? createMetricsServer(app, metrics, settings, logDestination) : undefined,
  );
  if (!hasOwnPort) app.register(metricsRoutes, { metrics });
  app.register(openapiRoutes);
  const build = options.buildDesired ?? buildDesired;
  const defaults = registryDefaults(settings);
  const guard = guardHooks({ authentication, connections, shedder, metrics });
  app.register(hookRoutes, {
    ...{ isClosing, now, metrics, guard, defaults, memo },
    releases: new ReleaseCheck(),
    buildDesired: memoizeDesired(build, memo),
  });
  app.register(customizeRoutes, { isClosing, metrics, guard, defaults, buildDesired: build });
  return app;
}
