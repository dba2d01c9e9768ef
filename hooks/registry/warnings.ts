import { auditWarnings } from './audit/warnings.ts';
import { authWarnings } from './auth/warnings.ts';
import { databaseWarnings } from './database/warnings.ts';
import { formWarnings } from './forms/warnings.ts';
import { monitoringWarnings } from './monitoring/warnings.ts';
import type { Sections } from './section.ts';
import { sourceWarnings } from './source/warnings.ts';
import type { MCPRegistrySpec } from './spec.ts';
import type { Warning } from './warning.ts';

/**
 * What the registry server does with a valid spec that most people would not expect (seen with server 1.5.1). None of it
 * keeps the spec from being applied.
 *
 * @param sections those of the spec
 */
export function specWarnings(spec: MCPRegistrySpec, sections: Sections): readonly Warning[] {
  return [
    ...formWarnings(spec),
    ...sourceWarnings(sections),
    ...databaseWarnings(sections),
    ...authWarnings(sections),
    ...auditWarnings(sections),
    ...monitoringWarnings(spec.monitoring, sections.telemetry),
  ];
}
