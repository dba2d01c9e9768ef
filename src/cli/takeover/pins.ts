import { selectorOf } from '../../../hooks/children/metadata.ts';
import { apiName } from '../../../hooks/children/names.ts';
import { CONTAINER } from '../../../hooks/children/pod-template.ts';
import { listOf, objectOf, objectsOf, textOf } from '../../../hooks/json.ts';
import type { InputObject } from '../input/read-input.ts';
import { isMoving } from '../moving-image.ts';
import { podOf, serverContainer } from './server-container.ts';

/** A registry that runs, with its Deployment. */
export interface Running {
  readonly registry: InputObject;
  readonly deployment: InputObject;
}

/** Settings of the hook under which pods stay what they are, as environment variables. */
export type Pins = Readonly<Record<string, string>>;

/** The port of servers since v1.1.0, and the default of the setting. */
const HEALTH_PORT = 8081;

/**
 * The settings that keep what runs: the image of most registries, its port for health, and the pull secrets that all of
 * them have without naming them.
 *
 * @param pods say which image a tag such as `latest` was when they were started
 */
export function pinsFor(running: readonly Running[], pods: PodsByName): Pins {
  // Where a spec names the image, the operator had no part in it.
  const image = mostFrequent(
    running
      .filter(({ registry }) => serverContainer(podTemplateOf(registry))['image'] === undefined)
      .map(({ registry, deployment }) => runningImage(registry, deployment, pods))
      .filter((each) => each !== ''),
  );
  const port = mostFrequent(running.map(({ deployment }) => healthPortOf(deployment)).filter(Boolean));
  const secrets = commonSecrets(running);
  return {
    ...(image === undefined ? {} : { REGISTRY_API_IMAGE: image }),
    ...(port === undefined || port === String(HEALTH_PORT) ? {} : { REGISTRY_API_HEALTH_PORT: port }),
    ...(secrets.length === 0 ? {} : { IMAGE_PULL_SECRETS: secrets.join(',') }),
  };
}

/** The pod of the template in a spec, of any shape. */
const podTemplateOf = ({ object }: InputObject) =>
  objectOf(objectOf(objectOf(object['spec'])['podTemplateSpec'])['spec']);

/** The first of those that occur most. */
function mostFrequent(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce<readonly [string, number] | undefined>(
    (best, entry) => (best && best[1] >= entry[1] ? best : entry),
    undefined,
  )?.[0];
}

/** With the digest of its pods, if the tag may name another image tomorrow and all of them have the same. */
function runningImage(registry: InputObject, deployment: InputObject, pods: PodsByName): string {
  const image = textOf(serverContainer(podOf(deployment.object))['image']);
  if (image === '' || !isMoving(image)) return image;
  const repository = image.replace(/:latest$/, '');
  const own = pods.get(podsKey(registry.namespace, selectorOf(apiName(registry)))) ?? [];
  const digests = new Set(own.flatMap(digestsOf));
  const [digest] = digests;
  return digest !== undefined && digests.size === 1 ? `${repository}@${digest}` : `${repository}:latest`;
}

/** Pods by their namespace and the labels that a Deployment selects them by. */
export type PodsByName = ReadonlyMap<string, readonly InputObject[]>;

/** The pods among all objects of the input. */
export function podsByName(objects: readonly InputObject[]): PodsByName {
  const byName = new Map<string, InputObject[]>();
  for (const object of objects) {
    if (object.kind !== 'Pod') continue;
    const labels = objectOf(objectOf(object.object['metadata'])['labels']);
    const key = podsKey(object.namespace, labels);
    const pods = byName.get(key);
    if (pods) pods.push(object);
    else byName.set(key, [object]);
  }
  return byName;
}

/** @param labels with those of the selector among them */
const podsKey = (namespace: string, labels: Readonly<Record<string, unknown>>): string =>
  JSON.stringify([namespace, ...Object.keys(selectorOf('')).map((name) => textOf(labels[name]))]);

const digestsOf = ({ object }: InputObject): string[] =>
  objectsOf(objectOf(object['status'])['containerStatuses'])
    .filter(({ name }) => name === CONTAINER)
    .flatMap(({ imageID }) => /@(sha256:[0-9a-f]{64})$/.exec(textOf(imageID))?.[1] ?? []);

function healthPortOf({ object }: InputObject): string {
  const probe = objectOf(serverContainer(podOf(object))['readinessProbe']);
  const { port } = objectOf(probe['httpGet']);
  return typeof port === 'number' ? String(port) : '';
}

/** The pull secrets that the pods of each registry have, and that its spec does not name. */
function commonSecrets(running: readonly Running[]): readonly string[] {
  const lists = running.map(({ registry, deployment }) => {
    const own = new Set([
      ...namesOf(objectOf(registry.object['spec'])['imagePullSecrets']),
      ...namesOf(podTemplateOf(registry)['imagePullSecrets']),
    ]);
    return namesOf(podOf(deployment.object)['imagePullSecrets']).filter((name) => !own.has(name));
  });
  const [first = [], ...rest] = lists;
  const others = rest.map((names) => new Set(names));
  return [...new Set(first)].filter((name) => others.every((names) => names.has(name)));
}

const namesOf = (list: unknown): string[] =>
  listOf(list)
    .map((item) => textOf(objectOf(item)['name']))
    .filter((name) => name !== '');
