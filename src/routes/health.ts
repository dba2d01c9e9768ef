import type { FastifyPluginCallback } from 'fastify';

export interface HealthRoutesOptions {
  /** Whether the service has begun to shut down. */
  readonly isClosing: () => boolean;
}

/**
 * `GET /healthz`: the process answers at all. `GET /readyz`: it wants calls, which ends with 503 when it begins
 * to shut down, while calls that arrive on open connections are still answered.
 */
export const healthRoutes: FastifyPluginCallback<HealthRoutesOptions> = (app, { isClosing }, done) => {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', (_request, reply) =>
    isClosing() ? reply.code(503).send({ status: 'shutting down' }) : { status: 'ok' },
  );
  done();
};
