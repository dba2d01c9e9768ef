import { planAudit } from './audit/config.ts';
import { planAuth } from './auth/config.ts';
import { planDatabase } from './database/config.ts';
import { mountFiles, type PodFragment } from './pod-fragment.ts';
import { writeServerConfig } from './server-config.ts';
import { planSource } from './source/config.ts';
import { expandNamespaces } from './source/namespaces.ts';
import type { RegistryEntry, Source } from './source/schema.ts';
import type { MCPRegistrySpec } from './spec.ts';
import { planTelemetry } from './telemetry/config.ts';

/**
 * What the typed fields of a spec become: one plan for each section.
 *
 * @param spec a valid spec, or the valid sections of one
 * @returns the text of `config.yaml`, and what it needs of the pod
 */
export function planTypedConfig(spec: MCPRegistrySpec): {
  readonly config: string;
  readonly needs: readonly Partial<PodFragment>[];
  /** Files beside `config.yaml`, by name. */
  readonly files: Readonly<Record<string, string>>;
} {
  const { sources, views } = spec.sources?.length
    ? sourcesPath(spec.sources, spec.registries ?? [])
    : inlinePath(spec.registries ?? []);
  const planned = sources.map(planSource);
  const database = planDatabase(spec.databaseConfig);
  const auth = planAuth(spec.authConfig);
  return {
    config: writeServerConfig({
      sources: planned.map((source) => source.config),
      registries: views,
      database: database.config,
      auth: auth.config,
      telemetry: spec.telemetryConfig && planTelemetry(spec.telemetryConfig),
      audit: spec.auditConfig && planAudit(spec.auditConfig),
    }),
    needs: [mountFiles([...planned.flatMap(({ files }) => files), ...auth.files]), { env: database.env }],
    files: Object.assign({}, ...planned.map(({ data }) => data)),
  };
}

/** Views of sources; one that is written as several is in its place in a view. */
function sourcesPath(given: readonly Source[], entries: readonly RegistryEntry[]) {
  const { sources, namesOf } = expandNamespaces(given);
  return {
    sources,
    views: entries.map((entry) => ({
      name: entry.name,
      claims: entry.claims,
      sources: namesOf(entry.sources ?? []),
    })),
  };
}

/** In the oldest form each entry becomes one source, and one view of the same name. */
function inlinePath(entries: readonly RegistryEntry[]) {
  return {
    sources: entries.map(({ sources: _, ...source }): Source => source),
    views: entries.map(({ name, claims }) => ({ name, claims, sources: [name] })),
  };
}
