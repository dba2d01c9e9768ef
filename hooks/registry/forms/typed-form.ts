import type { FormFields, TypedForm } from './form.ts';
import { inlineForm } from './inline-form.ts';
import { singleForm } from './single-form.ts';

/**
 * The sources and views of a spec: the one place that knows the forms in which the releases of ToolHive had them.
 *
 * @param spec a valid one, or the valid sections of one
 * @param name the name of the registry
 */
export function typedForm(spec: FormFields, name: string): TypedForm {
  const { sources = [], registries = [], source } = spec;
  if (source) return singleForm(source, spec, name);
  return sources.length > 0
    ? {
        sources: sources.map((value, index) => ({ field: `spec.sources[${index}]`, value })),
        views: registries.map((entry, index) => ({
          field: `spec.registries[${index}]`,
          value: { ...entry, sources: entry.sources ?? [] },
        })),
      }
    : inlineForm(registries, spec.defaultSource);
}
