import { listOf, objectOf } from '../json.ts';
import { typedForm } from './forms/typed-form.ts';
import { readRawConfig } from './raw-config.ts';
import { SECTION_LIMIT, type Section, type Sections } from './section.ts';
import type { MCPRegistrySpec } from './spec.ts';

/**
 * The sections of a spec.
 *
 * @param spec a valid one
 * @param name the name of the registry
 */
export function sectionsOf(spec: MCPRegistrySpec, name: string): Sections {
  if (spec.configYAML) return sectionsOfRaw(spec.configYAML);
  return {
    raw: false,
    ...typedForm(spec, name),
    database: { field: 'spec.databaseConfig', value: objectOf(spec.databaseConfig) },
    auth: { field: 'spec.authConfig', value: objectOf(spec.authConfig) },
    telemetry: { field: 'spec.telemetryConfig', value: objectOf(spec.telemetryConfig) },
    audit: { field: 'spec.auditConfig', value: objectOf(spec.auditConfig) },
  };
}

function sectionsOfRaw(text: string): Sections {
  const config = readRawConfig(text);
  const prefix = 'spec.configYAML: ';
  return {
    raw: true,
    sources: itemsOf(config['sources'], `${prefix}sources`),
    views: itemsOf(config['registries'], `${prefix}registries`),
    database: { field: `${prefix}database`, value: objectOf(config['database']) },
    auth: { field: `${prefix}auth`, value: objectOf(config['auth']) },
    telemetry: { field: `${prefix}telemetry`, value: objectOf(config['telemetry']) },
    audit: { field: `${prefix}audit`, value: objectOf(config['audit']) },
  };
}

const itemsOf = (list: unknown, field: string): Section[] =>
  listOf(list)
    .slice(0, SECTION_LIMIT)
    .map((item, index) => ({ field: `${field}[${index}]`, value: objectOf(item) }));
