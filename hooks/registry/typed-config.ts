import { planAudit } from './audit/config.ts';
import { planAuth } from './auth/config.ts';
import { planDatabase } from './database/config.ts';
import { typedForm } from './forms/typed-form.ts';
import { mountFiles, type PodFragment } from './pod-fragment.ts';
import { writeServerConfig } from './server-config.ts';
import { planSource } from './source/config.ts';
import { expandNamespaces } from './source/namespaces.ts';
import type { MCPRegistrySpec } from './spec.ts';
import { planTelemetry } from './telemetry/config.ts';

/**
 * What the typed fields of a spec become: one plan for each section.
 *
 * @param spec a valid spec, or the valid sections of one
 * @param name the name of the registry
 * @returns the text of `config.yaml`, and what it needs of the pod
 */
export function planTypedConfig(
  spec: MCPRegistrySpec,
  name: string,
): {
  readonly config: string;
  readonly needs: readonly Partial<PodFragment>[];
  /** Files beside `config.yaml`, by name. */
  readonly files: Readonly<Record<string, string>>;
} {
  const form = typedForm(spec, name);
  const { sources, namesOf } = expandNamespaces(form.sources.map(({ value }) => value));
  const planned = sources.map(planSource);
  const database = planDatabase(spec.databaseConfig);
  const auth = planAuth(spec.authConfig);
  return {
    config: writeServerConfig({
      sources: planned.map((source) => source.config),
      // A source that is written as several has all of them in its place in a view.
      registries: form.views.map(({ value: view }) => ({
        name: view.name,
        claims: view.claims,
        sources: namesOf(view.sources),
      })),
      database: database.config,
      auth: auth.config,
      telemetry: spec.telemetryConfig && planTelemetry(spec.telemetryConfig),
      audit: spec.auditConfig && planAudit(spec.auditConfig),
    }),
    needs: [mountFiles([...planned.flatMap(({ files }) => files), ...auth.files]), { env: database.env }],
    files: Object.assign({}, ...planned.map(({ data }) => data)),
  };
}
