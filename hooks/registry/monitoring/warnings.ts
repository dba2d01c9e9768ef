import { objectOf } from '../../json.ts';
import type { Section } from '../section.ts';
import { type Warning, warnAbout } from '../warning.ts';
import type { Monitoring } from './schema.ts';

/** Where a PodMonitor finds nothing to read (toolhive-registry-server: internal/telemetry/meter.go, NewMeterProvider). */
export function monitoringWarnings(monitoring: Monitoring | undefined, { field, value }: Section): Warning[] {
  if (!monitoring?.enabled) return [];
  const off = [
    ...(isOff(value['enabled']) ? [`${field}.enabled`] : []),
    ...(isOff(objectOf(value['metrics'])['enabled']) ? [`${field}.metrics.enabled`] : []),
  ];
  return warnAbout(
    'MetricsOff',
    off,
    'is not true, so the server has no /metrics and spec.monitoring shows nothing of it: set it to true',
  );
}

/** Of a value of another type in `configYAML` it is not known what the server makes of it. */
const isOff = (enabled: unknown) => enabled === undefined || enabled === false;
