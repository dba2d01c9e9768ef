import type { FastifyInstance } from 'fastify';
import { Connections } from './connections.ts';
import { handleError, refuseUnknownRoutes } from './errors.ts';
import type { LogDestination } from './observability/log-output.ts';
import type { Metrics } from './observability/metrics.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { createServer } from './server.ts';
import type { Settings } from './settings/settings.ts';

/** Two instances of Prometheus need one connection each. The files that these take are counted in connections.ts. */
const maxConnections = 16;

/**
 * The server of `METRICS_PORT`, not listening yet: `GET /metrics` and nothing else, over plain HTTP and without
 * credentials, so that a NetworkPolicy can let Prometheus in there and keep it from the hooks. It is closed with the
 * service.
 *
 * @param app the service, whose log of refused calls it shares
 */
export function createMetricsServer(
  app: FastifyInstance,
  metrics: Metrics,
  settings: Settings,
  output: LogDestination,
): FastifyInstance {
  const server = createServer(settings, undefined, output);
  server.decorate('refusals', app.refusals);
  new Connections(server, app.refusals, maxConnections);
  server.setErrorHandler(handleError);
  refuseUnknownRoutes(server);
  server.register(metricsRoutes, { metrics });
  app.addHook('onClose', async () => {
    // A caller that does not read its answer must not hold back the end of the service.
    server.server.closeAllConnections();
    await server.close();
  });
  return server;
}
