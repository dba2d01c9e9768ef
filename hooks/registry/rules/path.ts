import type { Problem } from '../../problem.ts';
import { rawConfigProblems } from '../raw-config.ts';
import type { Fields } from './parts.ts';

const typedFields = ['sources', 'registries', 'databaseConfig', 'authConfig', 'telemetryConfig'] as const;

/** The raw path excludes the typed one, and one of them is needed (docs/design.md, "Spec"). */
export function pathProblems(spec: Fields): Problem[] {
  const typed = typedFields.filter((field) => spec[field] !== undefined);
  const { configYAML, registries } = spec;
  if (configYAML) {
    if (typed.length > 0) {
      return [
        {
          field: 'spec.configYAML',
          message: `can't be combined with ${typed.map((field) => `spec.${field}`).join(', ')}: keep either the whole configuration or the typed fields`,
        },
      ];
    }
    return typeof configYAML === 'string' ? rawConfigProblems(configYAML) : [];
  }
  if (typed.length === 0) {
    return [{ field: 'spec', message: 'says nothing to serve: set configYAML, or sources and registries' }];
  }
  return registries === undefined || (Array.isArray(registries) && registries.length === 0)
    ? [{ field: 'spec.registries', message: 'is required: list at least one view of the sources' }]
    : [];
}
