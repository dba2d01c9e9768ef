import {
  type ChildKind,
  childKinds,
  groupKey,
  isOptional,
  kindsOfChildren,
} from '../../../hooks/children/child-kinds.ts';
import { isObject, type JsonObject, listOf, objectOf, objectsOf, textOf } from '../../../hooks/json.ts';
import { foreignText } from '../../../hooks/text/foreign-text.ts';
import type { InputObject } from '../input/read-input.ts';
import { aboutOf, type ClusterInput, labelsOf, metadataOf } from './cluster-input.ts';
import { timeOf } from './events.ts';
import { type Finding, finding } from './finding.ts';

/** A CompositeController for registries. */
export interface Controller {
  readonly name: string;
  /** The version of the registries that it shows to the hook. */
  readonly apiVersion: string;
  /** Whether the hook knows that version. */
  readonly isOurVersion: boolean;
  /** The kinds of children that it manages. */
  readonly kinds: readonly ChildKind[];
  readonly object: InputObject;
}

/** As many as are looked at: each is compared with every registry, and there is one. */
const LIMIT = 20;

/** The CompositeControllers for registries, in the order of the input; undefined if nobody asked for any. */
export function controllersIn(cluster: ClusterInput): readonly Controller[] | undefined {
  if (!cluster.hasAll('CompositeController', '')) return undefined;
  const found = cluster.of('CompositeController').flatMap((object) => {
    const { parentResource, childResources } = specOf(object);
    const { apiVersion, resource } = objectOf(parentResource);
    const version = textOf(apiVersion);
    if (resource !== 'mcpregistries' || !version.startsWith('toolhive.stacklok.dev/')) return [];
    const managed = new Set(objectsOf(childResources).map(resourceKey));
    const kinds = kindsOfChildren.filter((kind) => managed.has(resourceKey(childKinds[kind])));
    const isOurVersion = /\/(v1alpha1|v1beta1)$/.test(version);
    return [{ name: object.name, apiVersion: version, isOurVersion, kinds, object }];
  });
  return found.slice(0, LIMIT);
}

const specOf = ({ object }: Pick<InputObject, 'object'>): JsonObject => objectOf(object['spec']);

const resourceKey = ({
  apiVersion,
  resource,
}: {
  readonly apiVersion?: unknown;
  readonly resource?: unknown;
}) => `${textOf(resource)} ${textOf(apiVersion)}`;

/** Whether a controller looks at a registry: by its label selector (apimachinery: pkg/apis/meta/v1/helpers.go). */
export function isSelected({ object }: Controller, registry: InputObject): boolean {
  const { matchLabels, matchExpressions } = objectOf(
    objectOf(specOf(object)['parentResource'])['labelSelector'],
  );
  const labels = labelsOf(registry);
  return (
    Object.entries(objectOf(matchLabels)).every(([key, value]) => labels[key] === value) &&
    objectsOf(matchExpressions).every((expression) => isMatched(expression, labels))
  );
}

function isMatched({ key, operator, values }: JsonObject, labels: JsonObject): boolean {
  const value = Object.hasOwn(labels, textOf(key)) ? labels[textOf(key)] : undefined;
  const isListed = listOf(values).includes(value);
  switch (operator) {
    case 'In':
      return isListed;
    case 'NotIn':
      return !isListed;
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}

/** Whether a controller finalizes registries, so that its finalizer does not stay for ever. */
export const finalizes = ({ object }: Controller): boolean =>
  isObject(objectOf(specOf(object)['hooks'])['finalize']);

const SHOW = ['kubectl', 'get', 'compositecontrollers', '-o', 'yaml'];

/** What is wrong with how registries are registered with Metacontroller. */
export function controllerFindings(controllers: readonly Controller[], cluster: ClusterInput): Finding[] {
  if (controllers.length === 0) {
    return [
      finding(
        'error',
        'NotRegistered',
        'No CompositeController is for mcpregistries: either Metacontroller is not installed, or the manifests of mcpregistry-hook are not applied. Nobody applies a registry or writes its status',
        { next: ['kubectl', 'apply', '-k', 'manifests'] },
      ),
    ];
  }
  return controllers.flatMap((controller) => [
    ...configurationFindings(controller),
    ...eventFindings(controller, cluster),
  ]);
}

function configurationFindings({ name, apiVersion, isOurVersion, kinds, object }: Controller): Finding[] {
  const { generateSelector, childResources, hooks } = specOf(object);
  const wrong = (message: string) =>
    finding('error', 'WrongRegistration', `CompositeController ${name}: ${message}`, { next: SHOW });
  const missing = kindsOfChildren.filter((kind) => !isOptional(kind) && !kinds.includes(kind));
  const methods = objectsOf(childResources).filter(
    ({ updateStrategy }) => objectOf(updateStrategy)['method'] !== 'InPlace',
  );
  return [
    ...(isOurVersion
      ? []
      : [
          wrong(
            `spec.parentResource.apiVersion is ${foreignText(apiVersion, 100)}, for which the hook answers 400: make it toolhive.stacklok.dev/v1alpha1 or v1beta1`,
          ),
        ]),
    ...(generateSelector === true
      ? []
      : [wrong('spec.generateSelector is not true: without it, no child is found again. Set it')]),
    ...(missing.length === 0
      ? []
      : [
          wrong(
            `spec.childResources lacks ${missing.map(groupKey).join(', ')}: no registry gets one, and none becomes Ready. Add them`,
          ),
        ]),
    ...(methods.length === 0
      ? []
      : [
          wrong(
            `spec.childResources has another updateStrategy.method than InPlace for ${methods
              .slice(0, kindsOfChildren.length)
              .map(({ resource }) => foreignText(resource, 63))
              .join(', ')}: children are not updated as the hook expects. Set InPlace`,
          ),
        ]),
    ...(isObject(objectOf(hooks)['sync']) ? [] : [wrong('spec.hooks.sync is not set: nothing is decided')]),
  ];
}

/**
 * How Metacontroller says that it can't start a controller, and that it has (metacontroller:
 * pkg/controller/composite/metacontroller.go).
 */
const startReasons: readonly unknown[] = ['CreateError', 'Started'];

/** What Metacontroller said last about a controller, if that is that it can't start it. */
function eventFindings({ name, object }: Controller, cluster: ClusterInput): Finding[] {
  const { uid } = metadataOf(object);
  let last: { readonly time: number; readonly event: JsonObject } | undefined;
  for (const { object: event } of cluster.of('Event')) {
    const about = aboutOf(event);
    if (!startReasons.includes(event['reason'])) continue;
    if (about['kind'] !== 'CompositeController' || about['name'] !== name) continue;
    // One of an earlier controller of this name has another uid.
    if (uid !== undefined && ![undefined, uid].includes(about['uid'])) continue;
    const time = Date.parse(timeOf(event)) || 0;
    // Times have whole seconds: a failure that is tried again at once can be over in the same one.
    if (!last || time > last.time || (time === last.time && event['reason'] === 'Started')) {
      last = { time, event };
    }
  }
  if (last?.event['reason'] !== 'CreateError') return [];
  const words = foreignText(last.event['message'] ?? last.event['note'], 500);
  return [
    finding(
      'error',
      'CreateError',
      `CompositeController ${name}: Metacontroller could not start it, so that nothing is applied for any registry: ${words}`,
      { next: ['kubectl', 'describe', 'compositecontroller', name] },
    ),
  ];
}
