import { configMapName } from '../../../hooks/children/names.ts';
import { type JsonObject, objectOf, objectsOf, textOf } from '../../../hooks/json.ts';
import { CONFIG_DIRECTORY } from '../../../hooks/registry/server-config.ts';
import { CHART_VOLUME, type Release } from './chart.ts';
import type { Exportable } from './exportable.ts';

/** The ConfigMap with the files, and the volume that it is mounted by. */
export const FILES_SUFFIX = '-files';
const FILES_VOLUME = 'registry-server-files';

/** The volumes of a pod as the chart takes them. */
export interface Volumes {
  readonly volumes: readonly JsonObject[];
  readonly volumeMounts: readonly JsonObject[];
  readonly initContainers: readonly JsonObject[];
}

/**
 * The volumes of a pod without that of the configuration, which the chart has itself, and with one for the files beside it. A
 * container that looks at the configuration as well gets the ConfigMap of the chart.
 */
export function volumesOf(
  { identity }: Exportable,
  { fullname }: Release,
  pod: JsonObject,
  container: JsonObject,
  hasFiles: boolean,
): Volumes {
  const isConfig = ({ configMap }: JsonObject) => objectOf(configMap)['name'] === configMapName(identity);
  const all = objectsOf(pod['volumes']);
  const configs = new Set(all.filter(isConfig).map(({ name }) => name));
  const mounts = objectsOf(container['volumeMounts']).filter(
    ({ name, mountPath }) => !(configs.has(name) && mountPath === CONFIG_DIRECTORY),
  );
  const init = objectsOf(pod['initContainers']);
  const used = new Set(
    [...mounts, ...init.flatMap(({ volumeMounts }) => objectsOf(volumeMounts))].map(({ name }) => name),
  );
  const renamed = unusedName(all.map(({ name }) => textOf(name)));
  const rename = (item: JsonObject): JsonObject =>
    item['name'] === CHART_VOLUME ? { ...item, name: renamed } : item;
  const volumes = all
    .filter((volume) => !isConfig(volume) || used.has(volume['name']))
    .map((volume) => (isConfig(volume) ? { ...volume, configMap: { name: `${fullname}-config` } } : volume));
  const files = { name: FILES_VOLUME, configMap: { name: `${fullname}${FILES_SUFFIX}` } };
  return {
    volumes: [...(hasFiles ? [files] : []), ...volumes.map(rename)],
    volumeMounts: [
      ...(hasFiles ? [{ name: FILES_VOLUME, mountPath: CONFIG_DIRECTORY, readOnly: true }] : []),
      ...mounts.map(rename),
    ],
    initContainers: init.map((each) =>
      each['volumeMounts'] === undefined
        ? each
        : { ...each, volumeMounts: objectsOf(each['volumeMounts']).map(rename) },
    ),
  };
}

/** A name for a volume that is named as the chart's own. */
function unusedName(names: readonly string[]): string {
  const taken = new Set(names);
  let number = 1;
  while (taken.has(`${CHART_VOLUME}-${number}`)) number += 1;
  return `${CHART_VOLUME}-${number}`;
}
