import type { FastifyInstance } from 'fastify';

/** How long calls in flight may take once no more are taken: as long as Metacontroller waits for an answer. */
const callMs = 10_000;

/**
 * Ends a service on a signal. On SIGTERM it stops to be ready and goes on taking calls for the grace time, in which
 * its endpoint is withdrawn and connections move elsewhere; then, and on SIGINT at once, it takes no more, ends what is
 * in flight, and with that the process. A second signal or the deadline ends what is left.
 *
 * @param markNotReady makes /readyz fail
 */
export function endOnSignals(
  app: FastifyInstance,
  graceMs: number,
  markNotReady: () => void,
  signals: NodeJS.EventEmitter = process,
): void {
  let isEnding = false;
  const end = (grace: number) => (signal: NodeJS.Signals) => {
    if (isEnding) {
      app.log.warn({ signal }, 'ending at once');
      void app.close();
      app.server.closeAllConnections();
      return;
    }
    isEnding = true;
    app.log.info({ signal, graceSeconds: grace / 1000 }, 'shutting down');
    markNotReady();
    setTimeout(() => void app.close(), grace).unref();
    setTimeout(() => {
      app.log.warn('the calls in flight took too long');
      app.server.closeAllConnections();
    }, grace + callMs).unref();
  };
  signals.on('SIGTERM', end(graceMs));
  signals.on('SIGINT', end(0));
}
