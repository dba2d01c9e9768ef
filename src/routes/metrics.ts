import type { FastifyPluginCallback } from 'fastify';
import type { Metrics } from '../observability/metrics.ts';

export interface MetricsRoutesOptions {
  readonly metrics: Metrics;
}

/** `GET /metrics`: the metrics for Prometheus. */
export const metricsRoutes: FastifyPluginCallback<MetricsRoutesOptions> = (app, { metrics }, done) => {
  app.get('/metrics', async (_request, reply) => {
    const text = await metrics.text();
    return reply.type(metrics.contentType).send(text);
  });
  done();
};
