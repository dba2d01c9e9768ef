import type { ConfigObject } from '../server-config.ts';
import type { TelemetryConfig } from './schema.ts';

/** The `telemetry` section; the server wants the sampling as a number. */
export function planTelemetry(spec: TelemetryConfig): ConfigObject {
  const { tracing, metrics } = spec;
  return {
    enabled: spec.enabled ?? false,
    serviceName: spec.serviceName,
    serviceVersion: spec.serviceVersion,
    endpoint: spec.endpoint,
    insecure: spec.insecure,
    tracing: tracing && {
      enabled: tracing.enabled ?? false,
      sampling: tracing.sampling === undefined ? undefined : Number(tracing.sampling),
    },
    metrics: metrics && { enabled: metrics.enabled ?? false },
  };
}
