import { kindsOfChildren } from '../../../hooks/children/child-kinds.ts';
import { listOf, textOf } from '../../../hooks/json.ts';
import { foreignText } from '../../../hooks/text/foreign-text.ts';
import type { InputObject } from '../input/read-input.ts';
import { metadataOf } from './cluster-input.ts';
import { type Controller, finalizes } from './controllers.ts';
import { type Finding, finding } from './finding.ts';
import { secondsSince } from './times.ts';

/** Of the Go operator (stacklok/toolhive: cmd/thv-operator/controllers/mcpregistry_controller.go). */
const OPERATORS = 'mcpregistry.toolhive.stacklok.dev/finalizer';
/** metacontroller: pkg/controller/composite/controller.go, with the name of the CompositeController behind it. */
const METACONTROLLERS = 'metacontroller.io/compositecontroller-';
/** Those that the garbage collector of Kubernetes removes. */
const kubernetes = ['foregroundDeletion', 'orphan'];

/** How long a deletion takes that goes well: the pods have 65 s to end, and the rest is deleted after them. */
const DELETION_SECONDS = 180;
/** As many as are looked at: an object has one or two. */
const LIMIT = 20;

/** Finalizers that nobody will remove, so that the registry can't be deleted. */
export function finalizerFindings(
  registry: InputObject,
  controllers: readonly Controller[] | undefined,
): Finding[] {
  const { finalizers, deletionTimestamp } = metadataOf(registry);
  const isDeleted = deletionTimestamp !== undefined;
  return listOf(finalizers)
    .slice(0, LIMIT)
    .flatMap((each, index) => {
      const name = textOf(each);
      const why = whyItStays(name, controllers);
      if (why === undefined) return [];
      const so = isDeleted
        ? `being deleted, and waits for the finalizer ${foreignText(name, 253)}`
        : `has the finalizer ${foreignText(name, 253)}, and can't be deleted`;
      return [
        finding(isDeleted ? 'error' : 'warning', 'FinalizerStays', `${so}: ${why}`, {
          since: textOf(deletionTimestamp),
          next: removal(registry, name, index),
        }),
      ];
    });
}

function whyItStays(name: string, controllers: readonly Controller[] | undefined): string | undefined {
  if (name === OPERATORS) {
    return 'only the ToolHive operator removes it. If that does not run any more, take the finalizer off';
  }
  if (!name.startsWith(METACONTROLLERS) || controllers === undefined) return undefined;
  const owner = name.slice(METACONTROLLERS.length);
  const controller = controllers.find((each) => each.name === owner);
  if (controller) return undefined;
  return `its CompositeController ${foreignText(owner, 253)} does not exist any more. Apply the manifests again, or take the finalizer off: its children are then deleted by the garbage collector`;
}

/** Removes one finalizer, if it still is where it was seen. */
function removal({ name, namespace }: InputObject, finalizer: string, index: number): readonly string[] {
  const path = `/metadata/finalizers/${index}`;
  const patch = [
    { op: 'test', path, value: finalizer },
    { op: 'remove', path },
  ];
  return [
    ...['kubectl', 'patch', 'mcpregistry', name, '-n', namespace],
    ...['--type=json', '-p', JSON.stringify(patch)],
  ];
}

/**
 * What keeps a registry from being gone that was deleted a while ago, if it is no finalizer that nobody removes.
 *
 * @param children that it still has
 */
export function deletionFindings(
  registry: InputObject,
  children: readonly InputObject[],
  controllers: readonly Controller[] | undefined,
  now: Date,
): Finding[] {
  const { deletionTimestamp, finalizers } = metadataOf(registry);
  const since = textOf(deletionTimestamp);
  const names = listOf(finalizers).map(textOf).slice(0, LIMIT);
  if (names.some((name) => whyItStays(name, controllers) !== undefined)) return [];
  const lasts = (secondsSince(since, now) ?? Number.POSITIVE_INFINITY) > DELETION_SECONDS;
  if (!lasts) {
    return [finding('warning', 'Terminating', 'being deleted: that takes a minute or two', { since })];
  }
  const left = children.filter(({ kind }) => kindsOfChildren.some((each) => each === kind)).slice(0, LIMIT);
  const { name, namespace } = registry;
  const ours = controllers?.find((each) => names.includes(`${METACONTROLLERS}${each.name}`));
  const isMetacontrollers = names.some((each) => each.startsWith(METACONTROLLERS));
  const who =
    ours && !finalizes(ours)
      ? `CompositeController ${ours.name} has no finalize hook, and Metacontroller takes its finalizer off when it runs`
      : isMetacontrollers
        ? 'Metacontroller or the hook does not run, or a child does not go'
        : names.some((each) => !kubernetes.includes(each))
          ? 'somebody has to remove the finalizer'
          : 'the garbage collector waits for its children';
  const waits =
    names.length > 0
      ? ` It has the finalizers ${names.map((each) => foreignText(each, 253)).join(', ')}.`
      : '';
  const still =
    left.length > 0 ? ` It still has ${left.map((each) => `${each.kind} ${each.name}`).join(', ')}.` : '';
  return [
    finding('error', 'Terminating', `being deleted for long: ${who}.${waits}${still}`, {
      since,
      next: ['kubectl', 'describe', 'mcpregistry', name, '-n', namespace],
    }),
  ];
}
