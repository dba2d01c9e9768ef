import type { ConfigObject } from '../server-config.ts';
import type { AuditConfig } from './schema.ts';

/** The `audit` section. */
export function planAudit(spec: AuditConfig): ConfigObject {
  return {
    enabled: spec.enabled ?? false,
    logFile: spec.logFile,
    eventTypes: spec.eventTypes,
    excludeEventTypes: spec.excludeEventTypes,
    includeRequestData: spec.includeRequestData,
    maxDataSize: spec.maxDataSize,
  };
}
