import { type JsonObject, listOf, objectOf, textOf } from '../json.ts';
import { readRawConfig } from './raw-config.ts';

/** A part of a spec, and its name in messages. */
export interface Section {
  readonly field: string;
  readonly value: JsonObject;
}

/**
 * The sections of a configuration, in whichever form a spec has them. The typed fields and `config.yaml` have the same
 * names for what is read here, apart from the kinds of source.
 */
export interface Sections {
  /** Whether they are those of `configYAML`, of which nothing is known but that it is a mapping. */
  readonly raw: boolean;
  readonly sources: readonly Section[];
  /** The views, each with the names of its sources in `sources`. */
  readonly views: readonly Section[];
  readonly database: Section;
  readonly auth: Section;
  readonly telemetry: Section;
  readonly audit: Section;
}

/** @param spec a valid spec */
export function sectionsOf(spec: JsonObject): Sections {
  const { configYAML, sources, registries, databaseConfig, authConfig } = spec;
  const { telemetryConfig, auditConfig } = spec;
  if (configYAML) return sectionsOfRaw(textOf(configYAML));
  const entries = itemsOf(registries, 'spec.registries');
  const isInline = listOf(sources).length === 0;
  return {
    raw: false,
    sources: isInline ? entries : itemsOf(sources, 'spec.sources'),
    views: isInline ? entries.map(inlineView) : entries,
    database: { field: 'spec.databaseConfig', value: objectOf(databaseConfig) },
    auth: { field: 'spec.authConfig', value: objectOf(authConfig) },
    telemetry: { field: 'spec.telemetryConfig', value: objectOf(telemetryConfig) },
    audit: { field: 'spec.auditConfig', value: objectOf(auditConfig) },
  };
}

/** In the oldest form each entry is one source, and one view of the same name. */
const inlineView = ({ field, value }: Section): Section => ({
  field,
  value: { ...value, sources: [value['name']] },
});

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

/**
 * How many items of a list are read, five times as many as typed fields may have. By its aliases, each item of `configYAML`
 * may be as large as the whole text.
 */
export const SECTION_LIMIT = 100;

const itemsOf = (list: unknown, field: string): Section[] =>
  listOf(list)
    .slice(0, SECTION_LIMIT)
    .map((item, index) => ({ field: `${field}[${index}]`, value: objectOf(item) }));
