import type { FastifyPluginCallback } from 'fastify';
import type { Metrics } from '../observability/metrics.ts';

export interface MetricsRoutesOptions {
  readonly metrics: Metrics;
}

/** `GET /metrics`: what Prometheus reads. */
export const metricsRoutes: FastifyPluginCallback<MetricsRoutesOptions> = (app, { metrics }, done) => {
  app.get('/metrics', async (_request, reply) => {
    const text = await metrics.text();
    return reply.type(metrics.contentType).send(text);
  });
  done();
};
