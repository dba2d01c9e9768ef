import type { JsonObject } from '../json.ts';
import { hasAnyOf } from './common-rules.ts';
import { rawConfigProblems } from './raw-config.ts';
import type { Rule } from './rule.ts';

const typedFields = [
  'sources',
  'registries',
  'source',
  'databaseConfig',
  'authConfig',
  'telemetryConfig',
  'auditConfig',
] as const;

const typedFieldsOf = (spec: JsonObject) => typedFields.filter((field) => spec[field] !== undefined);

const isRaw = "has(self.configYAML) && self.configYAML != ''";
const isTyped = hasAnyOf('self', typedFields);

const cannotCombine = (fields: readonly string[]) =>
  `can't be combined with ${fields.join(', ')}: keep either the whole configuration or the typed fields`;

/** A spec has either the whole configuration or typed fields (docs/design.md, "Spec"). */
export const pathRules: readonly Rule<JsonObject>[] = [
  {
    field: '.configYAML',
    message: cannotCombine(typedFields),
    cel: `!(${isRaw}) || !(${isTyped})`,
    check: (spec, field) => {
      const typed = typedFieldsOf(spec).map((name) => `${field}.${name}`);
      if (!spec['configYAML'] || typed.length === 0) return true;
      return [{ field: `${field}.configYAML`, message: cannotCombine(typed) }];
    },
  },
  {
    message: 'says nothing to serve: set configYAML, or sources and registries',
    cel: `(${isRaw}) || ${isTyped}`,
    check: (spec) => Boolean(spec['configYAML']) || typedFieldsOf(spec).length > 0,
  },
  {
    field: '.registries',
    message: 'is required: list at least one view of the sources',
    cel: `(${isRaw}) || !(${isTyped}) || has(self.source) || (has(self.registries) && self.registries.size() > 0)`,
    check: (spec) => {
      const { configYAML, registries, source } = spec;
      if (configYAML || source !== undefined || typedFieldsOf(spec).length === 0) return true;
      return registries !== undefined && !(Array.isArray(registries) && registries.length === 0);
    },
  },
  {
    check: (spec) => {
      const { configYAML } = spec;
      return typeof configYAML === 'string' && configYAML !== '' && typedFieldsOf(spec).length === 0
        ? rawConfigProblems(configYAML)
        : [];
    },
  },
];
