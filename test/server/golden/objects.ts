import type { KeyRef, Objects, PodTemplate, VolumeMount } from '../pod/types.ts';

/** What a key of an object holds, by what reads it. */
export interface Contents {
  /** Of a role of the database. */
  readonly password: (role: 'app' | 'migration') => string;
  /** The text of `~/.pgpass`. */
  readonly pgpass: string;
  /** A certificate authority in PEM. */
  readonly authority: string;
  /** A catalogue whose servers bear a name. */
  readonly catalog: (name: string) => string;
  /** Any other key. */
  readonly token: string;
}

/**
 * The objects that the pod of a golden case reads, with contents that fit: the case names its objects and has none.
 *
 * @param files absolute paths that `config.yaml` names
 */
export function objectsFor(template: PodTemplate, files: readonly string[], contents: Contents): Objects {
  const objects = {
    configMaps: {} as Record<string, Record<string, string>>,
    secrets: {} as Record<string, Record<string, string>>,
    claims: {} as Record<string, Record<string, string>>,
  };
  const add = (kind: keyof typeof objects, name: string, key: string, text: string) => {
    objects[kind][name] ??= {};
    objects[kind][name][key] ??= text;
  };
  const fill = (kind: keyof typeof objects, name: string, keys: readonly string[]) => {
    for (const key of keys) add(kind, name, key, contentOf(name, key, contents));
  };

  const { containers, initContainers = [], volumes = [] } = template.spec;
  for (const { name, value, valueFrom } of containers.flatMap(({ env = [] }) => env)) {
    const ref: KeyRef | undefined = valueFrom?.secretKeyRef;
    if (value !== undefined || !ref?.name) continue;
    add('secrets', ref.name, ref.key, contents.password(/MIGRATION/.test(name) ? 'migration' : 'app'));
  }
  const mounts = [...containers, ...initContainers].flatMap(({ volumeMounts = [] }) => volumeMounts);
  for (const volume of volumes) {
    const { configMap, secret, projected, persistentVolumeClaim: claim } = volume;
    const named = () => files.flatMap((file) => pathIn(volume.name, file, mounts));
    const keys = ({ items }: { readonly items?: readonly { readonly key: string }[] }) =>
      items?.map(({ key }) => key) ?? named();
    if (configMap) fill('configMaps', configMap.name, keys(configMap));
    if (secret) fill('secrets', secret.secretName, keys(secret));
    for (const source of projected?.sources ?? []) {
      if (source.configMap) fill('configMaps', source.configMap.name, keys(source.configMap));
      if (source.secret) fill('secrets', source.secret.name, keys(source.secret));
    }
    if (claim) {
      objects.claims[claim.claimName] ??= {};
      fill('claims', claim.claimName, named());
    }
  }
  return objects satisfies Objects;
}

/** Where a file of a container is in a volume: below one of its mounts. */
function pathIn(volume: string, file: string, mounts: readonly VolumeMount[]): string[] {
  return mounts
    .filter(({ name, mountPath }) => name === volume && file.startsWith(`${mountPath}/`))
    .map(({ mountPath, subPath }) => `${subPath ? `${subPath}/` : ''}${file.slice(mountPath.length + 1)}`);
}

function contentOf(name: string, key: string, contents: Contents): string {
  if (/pgpass/.test(key)) return contents.pgpass;
  if (/\.json$/.test(key)) {
    // Keys of one object are different catalogues.
    const file = key.replace(/\.json$/, '').replaceAll('/', '-');
    return contents.catalog(`${name}-${file}`);
  }
  if (/^ca\b|bundle/.test(key)) return contents.authority;
  return contents.token;
}
