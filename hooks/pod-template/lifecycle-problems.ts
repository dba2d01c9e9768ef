import { LIFECYCLE_HANDLERS } from '../pod/pod-merge.ts';
import type { Problem } from '../problem.ts';
import { sentenceList } from '../registry/fields/common.ts';
import { atMostOneOf, present } from './one-of-problems.ts';
import type { Container, ContainerList, LifecycleHandler, PodSpec } from './template-parts.ts';
import type { UserFields } from './user-fields.ts';

const hooks = ['postStart', 'preStop'];

/** The API server's default, in seconds. */
const DEFAULT_GRACE = 30;

/**
 * Lifecycle hooks that the API server refuses although they are valid against their schema (kubernetes:
 * pkg/apis/core/validation/validation.go): without a handler or with two, or a sleep that outlasts the pod.
 */
export function lifecycleProblems(
  { containers = [], initContainers = [], terminationGracePeriodSeconds: grace = DEFAULT_GRACE }: PodSpec,
  fields: UserFields,
): Problem[] {
  const inList = (list: ContainerList, items: readonly Container[]) =>
    items.flatMap(({ name, lifecycle = {} }) =>
      hooks.flatMap((hook) => {
        const handler = lifecycle[hook];
        return handler
          ? handlerProblems(handler, `${fields.container(list, name)}.lifecycle.${hook}`, grace)
          : [];
      }),
    );
  return [...inList('initContainers', initContainers), ...inList('containers', containers)];
}

function handlerProblems(handler: LifecycleHandler, field: string, grace: number): Problem[] {
  const found = present(handler, LIFECYCLE_HANDLERS);
  if (found.length === 0) {
    const message = `must have one of ${sentenceList(LIFECYCLE_HANDLERS, 'and')}: set one, or set the hook itself to null`;
    return [{ field, message }];
  }
  const seconds = handler.sleep?.seconds ?? 0;
  return [
    ...atMostOneOf(found, field),
    ...(seconds > grace
      ? [
          {
            field: `${field}.sleep.seconds`,
            message: `must be at most terminationGracePeriodSeconds, which is ${grace}, found ${seconds}: shorten the sleep or give the pod more time`,
          },
        ]
      : []),
  ];
}
