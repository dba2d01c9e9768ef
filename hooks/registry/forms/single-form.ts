import { DEFAULT_FILE } from '../source/kind.ts';
import type { Source } from '../source/schema.ts';
import type { FormFields, TypedForm } from './form.ts';
import { type SingleSource, typeOf } from './schema.ts';

/**
 * The one source of a spec, with the fields beside it: a source and a view, which bear the name of the registry, as the
 * server called it (stacklok/toolhive v0.6.6: cmd/thv-operator/pkg/registryapi/config/config.go, RegistryName).
 */
export function singleForm(
  source: SingleSource,
  { syncPolicy, filter }: Pick<FormFields, 'syncPolicy' | 'filter'>,
  name: string,
): TypedForm {
  const place = { field: 'spec.source', claimless: true };
  const value: Source = {
    name,
    ...(source.format && { format: source.format }),
    ...kindOf(source),
    ...(syncPolicy && { syncPolicy }),
    ...(filter && { filter }),
  };
  return {
    sources: [{ ...place, elsewhere: { syncPolicy: 'spec.syncPolicy', filter: 'spec.filter' }, value }],
    views: [{ ...place, value: { name, sources: [name] } }],
  };
}

function kindOf(source: SingleSource): Partial<Source> {
  const { configmap, configMapRef = configmap && { key: DEFAULT_FILE, ...configmap }, git, api } = source;
  switch (typeOf(source)) {
    case 'git':
      return git ? { git } : {};
    case 'api':
      return api ? { api } : {};
    case 'configmap':
      return configMapRef ? { configMapRef } : {};
  }
}
