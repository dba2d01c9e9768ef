import type { FastifyInstance } from 'fastify';

/** How long calls in flight may take once no more are accepted: as long as Metacontroller waits for an answer. */
const callMs = 10_000;

/**
 * Shuts a service down on a signal. On SIGTERM it is no longer ready, but still accepts calls for the grace period, so
 * that its endpoint is removed and clients connect to other instances. Then, or at once on SIGINT, it closes: it
 * accepts no more calls, answers those in flight, and the process exits. A second signal or the deadline closes all
 * connections.
 *
 * @param markNotReady makes /readyz fail
 */
export function shutDownOnSignals(
  app: FastifyInstance,
  graceMs: number,
  markNotReady: () => void,
  signals: NodeJS.EventEmitter = process,
): void {
  let isShuttingDown = false;
  const shutDown = (grace: number) => (signal: NodeJS.Signals) => {
    if (isShuttingDown) {
      app.log.warn({ signal }, 'second signal: shutting down immediately');
      void app.close();
      app.server.closeAllConnections();
      return;
    }
    isShuttingDown = true;
    app.log.info({ signal, graceSeconds: grace / 1000 }, 'shutting down');
    markNotReady();
    setTimeout(() => void app.close(), grace).unref();
    setTimeout(() => {
      app.log.warn(`calls are still in flight after ${callMs / 1000} s: closing their connections`);
      app.server.closeAllConnections();
    }, grace + callMs).unref();
  };
  signals.on('SIGTERM', shutDown(graceMs));
  signals.on('SIGINT', shutDown(0));
}
