import { type JsonObject, listOf, objectsOf } from '../../json.ts';
import type { RegistryEntry } from '../source/schema.ts';
import type { TypedForm } from './form.ts';
import { sourceNames } from './source-names.ts';

/** The source, and the view, that were there without being written. */
export const DEFAULT_NAME = 'default';

/** Whether a spec, of which nothing is known, gets that source. */
export const hasDefaultSource = ({
  configYAML,
  source,
  sources,
  registries,
  defaultSource,
}: JsonObject): boolean =>
  !configYAML &&
  source === undefined &&
  listOf(sources).length === 0 &&
  listOf(registries).length > 0 &&
  defaultSource !== false &&
  !objectsOf(registries).some(({ name }) => name === DEFAULT_NAME);

/**
 * Entries that hold their source: each becomes one source, and one view of the same name.
 *
 * The operators of that time put a source before them that discovers the MCP servers of the namespace, as a view of its own
 * (stacklok/toolhive v0.6.10 to v0.16.0: cmd/thv-operator/pkg/registryapi/config/config.go, DefaultRegistryName).
 *
 * @param withDefault whether that source is there, unless an entry has its name
 */
export function inlineForm(entries: readonly RegistryEntry[], withDefault = true): TypedForm {
  const names = sourceNames(entries.map(({ name }) => name));
  const nameOf = ({ name }: RegistryEntry) => names.get(name) ?? name;
  const own: TypedForm = {
    sources: entries.map(({ sources: _, ...entry }, index) => ({
      field: `spec.registries[${index}]`,
      value: { ...entry, name: nameOf(entry) },
    })),
    views: entries.map((entry, index) => ({
      field: `spec.registries[${index}]`,
      value: { ...entry, sources: [nameOf(entry)] },
    })),
  };
  if (!withDefault || names.has(DEFAULT_NAME)) return own;
  const place = { field: 'spec.defaultSource', claimless: true };
  return {
    sources: [
      { ...place, value: { name: DEFAULT_NAME, format: 'upstream', kubernetes: {} } },
      ...own.sources,
    ],
    views: [{ ...place, value: { name: DEFAULT_NAME, sources: [DEFAULT_NAME] } }, ...own.views],
  };
}
