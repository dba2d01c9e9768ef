import { fieldOf } from './environment.ts';
import { PodProblem } from './pod-problem.ts';
import type { Items, Objects, PodIdentity, PodTemplate, Projection, Texts, Volume } from './types.ts';

/** A file of a volume. */
export interface VolumeFile {
  /** Below the volume. */
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

/** What a volume holds when the first container starts. */
export interface VolumePlan {
  readonly name: string;
  readonly files: readonly VolumeFile[];
  /** A folder of this machine that is the volume. */
  readonly folder?: string;
  /** Whether anybody may write to it: an emptyDir. */
  readonly scratch: boolean;
  /** Whether it is mounted read-only whatever the mount says. */
  readonly readOnly: boolean;
}

const FILE_MODE = 0o644;

/** The volume in which a kubelet shows the files of the ServiceAccount, and where containers find it. */
export const ACCOUNT_VOLUME = 'kube-api-access';
export const ACCOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The volumes of a pod with their files.
 *
 * @throws PodProblem where a kubelet does not mount one
 */
export function volumesOf(template: PodTemplate, objects: Objects, pod: PodIdentity): VolumePlan[] {
  const volumes = (template.spec.volumes ?? []).map((volume) => planOf(volume, template, objects, pod));
  return template.spec.automountServiceAccountToken === false
    ? volumes
    : [...volumes, readOnly(ACCOUNT_VOLUME, filesOf(pod.account, {}, FILE_MODE))];
}

const readOnly = (name: string, files: readonly VolumeFile[]): VolumePlan => ({
  name,
  files,
  scratch: false,
  readOnly: true,
});

function planOf(volume: Volume, template: PodTemplate, objects: Objects, pod: PodIdentity): VolumePlan {
  const { name, configMap, secret, projected, emptyDir, persistentVolumeClaim: claim } = volume;
  const problem = (why: string) => new PodProblem(`MountVolume.SetUp failed for volume "${name}" : ${why}`);
  const from = (
    kind: string,
    all: Readonly<Record<string, Texts>> | undefined,
    object: string,
    items: Items,
    mode = FILE_MODE,
  ): VolumeFile[] => {
    const texts = all?.[object];
    if (!texts && !items.optional) throw problem(`${kind} "${object}" not found`);
    const missing = items.optional ? undefined : items.items?.find(({ key }) => texts?.[key] === undefined);
    if (missing) throw problem(`references non-existent ${kind} key: ${missing.key}`);
    return filesOf(texts ?? {}, items, mode);
  };

  if (configMap) {
    return readOnly(
      name,
      from('configmap', objects.configMaps, configMap.name, configMap, configMap.defaultMode),
    );
  }
  if (secret) {
    return readOnly(name, from('secret', objects.secrets, secret.secretName, secret, secret.defaultMode));
  }
  if (projected) {
    const { sources = [], defaultMode: mode = FILE_MODE } = projected;
    const project = ({ configMap: map, secret: hidden, serviceAccountToken, downwardAPI }: Projection) => {
      if (map) return from('configmap', objects.configMaps, map.name, map, mode);
      if (hidden) return from('secret', objects.secrets, hidden.name, hidden, mode);
      if (serviceAccountToken) {
        return [{ path: serviceAccountToken.path, text: pod.account['token'] ?? '', mode }];
      }
      return (downwardAPI?.items ?? []).map(({ path, fieldRef }) => ({
        path,
        text: fieldOf(fieldRef?.fieldPath ?? '', template, pod),
        mode,
      }));
    };
    return readOnly(name, sources.flatMap(project));
  }
  if (emptyDir) return { name, files: [], scratch: true, readOnly: false };
  if (claim) {
    const content = objects.claims?.[claim.claimName];
    if (content === undefined) throw problem(`persistentvolumeclaim "${claim.claimName}" not found`);
    const plan = { name, scratch: false, readOnly: claim.readOnly === true };
    return typeof content === 'string'
      ? { ...plan, files: [], folder: content }
      : { ...plan, files: filesOf(content, {}, FILE_MODE) };
  }
  throw new Error(`the harness does not know the kind of the volume ${name}`);
}

function filesOf(texts: Texts, { items }: Items, mode: number): VolumeFile[] {
  if (!items) return Object.entries(texts).map(([path, text]) => ({ path, text, mode }));
  return items.flatMap(({ key, path, mode: own }) => {
    const text = texts[key];
    return text === undefined ? [] : [{ path, text, mode: own ?? mode }];
  });
}
