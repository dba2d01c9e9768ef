import type { Parent } from '../contract/request.ts';
import { type JsonObject, listOf, objectOf, objectsOf, textOf } from '../json.ts';
import { DATABASE_LABEL, databaseLabel, defaultAddress } from '../registry/database/database-label.ts';
import { listSome, type Warning, warnAbout } from '../registry/warning.ts';
import { type Controller, controllerOf } from './controller.ts';
import { relatedObjects } from './related.ts';

/**
 * Other registries that use the same database: each of two servers deletes the sources and views of the other that it does
 * not find in its configuration, and serves those that have the same name.
 *
 * They are known only where a customize hook asks for them: by the label on their ConfigMaps, as ours does, or as
 * MCPRegistries, whose databases are compared as the typed fields have them.
 *
 * @param parent has a valid spec
 * @param own the label of its database; undefined where that is not known
 * @param related the related objects of a request, of any shape
 */
export function sharedDatabaseWarnings(
  { metadata, spec }: Parent,
  own: string | undefined,
  related: unknown,
): Warning[] {
  if (own === undefined) return [];
  const others = [...ownersOfConfigMaps(own, related), ...registriesOf(own, related, metadata.namespace)];
  const names = new Set<string>();
  for (const { name, namespace, uid } of others) {
    const place = namespace || metadata.namespace;
    const isItself =
      (uid !== undefined && uid === metadata.uid) || (name === metadata.name && place === metadata.namespace);
    if (!isItself && name !== '') names.add(place === metadata.namespace ? name : `${place}/${name}`);
  }
  return warnAboutSharing(spec, [...names].sort());
}

/**
 * The warning to a registry that others share a database with.
 *
 * @param spec of the registry
 * @param others their names, or the first of them
 * @param count how many they are
 */
export const warnAboutSharing = (
  spec: unknown,
  others: readonly string[],
  count = others.length,
): Warning[] =>
  warnAbout(
    'SharedDatabase',
    count > 0 ? [objectOf(spec)['configYAML'] ? 'spec.configYAML: database' : 'spec.databaseConfig'] : [],
    `is the database of MCPRegistry ${listSome(others, count)} as well: registries that share one delete, or serve, each other's sources and views. Give each a database of its own`,
  );

interface Other extends Pick<Controller, 'name' | 'uid'> {
  /** Empty for that of the registry itself. */
  readonly namespace: string;
}

const isGoing = (metadata: JsonObject): boolean => metadata['deletionTimestamp'] !== undefined;

function ownersOfConfigMaps(own: string, related: unknown): Other[] {
  return (relatedObjects(related, 'ConfigMap.v1') ?? []).flatMap((configMap) => {
    const metadata = objectOf(configMap['metadata']);
    if (objectOf(metadata['labels'])[DATABASE_LABEL] !== own || isGoing(metadata)) return [];
    const owner = controllerOf(metadata);
    return owner?.kind === 'MCPRegistry' ? [{ ...owner, namespace: textOf(metadata['namespace']) }] : [];
  });
}

/** In any of their versions. */
const registryGroup = /^MCPRegistry\.toolhive\.stacklok\.dev\//;

function registriesOf(own: string, related: unknown, here: string): Other[] {
  return Object.entries(objectOf(related)).flatMap(([group, objects]) => {
    if (!registryGroup.test(group)) return [];
    return objectsOf(Object.values(objectOf(objects))).flatMap(({ metadata, spec }) => {
      const { name, namespace, uid } = objectOf(metadata);
      const place = textOf(namespace);
      if (isGoing(objectOf(metadata)) || databaseOf(spec, place || here) !== own) return [];
      return [{ name: textOf(name), namespace: place, uid }];
    });
  });
}

/**
 * The label of the database that a spec of any shape describes by typed fields.
 *
 * @param namespace that of the registry
 */
function databaseOf(spec: unknown, namespace: string): string | undefined {
  const { configYAML, registries, source, databaseConfig } = objectOf(spec);
  if (configYAML || (source === undefined && listOf(registries).length === 0)) return undefined;
  return databaseLabel({ ...defaultAddress, ...objectOf(databaseConfig) }, namespace);
}
