import type { FastifyPluginCallback } from 'fastify';

export interface HealthRoutesOptions {
  /** Whether the service has begun to shut down. */
  readonly isClosing: () => boolean;
}

/**
 * `GET /healthz`: whether the process responds. `GET /readyz`: whether it accepts calls; it answers 503 when the
 * service begins to shut down, while calls on open connections are still answered.
 */
export const healthRoutes: FastifyPluginCallback<HealthRoutesOptions> = (app, { isClosing }, done) => {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', (_request, reply) =>
    isClosing() ? reply.code(503).send({ status: 'shutting down' }) : { status: 'ok' },
  );
  done();
};
