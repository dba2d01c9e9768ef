import type { Problem } from '../problem.ts';
import type { Container, ContainerList, PodSpec } from './template-parts.ts';
import type { UserFields } from './user-fields.ts';

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'];
const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'];
const values = ['value', 'valueFrom'];

/** Objects that have more than one of several exclusive fields: a merge keeps ours beside the one that the user sets. */
export function oneOfProblems(
  { containers = [], initContainers = [], volumes = [] }: PodSpec,
  fields: UserFields,
): Problem[] {
  return [
    ...inContainers('initContainers', initContainers, fields),
    ...inContainers('containers', containers, fields),
    ...volumes.flatMap(({ name, ...sources }) => atMostOneOf(Object.keys(sources), fields.volume(name))),
  ];
}

function inContainers(list: ContainerList, containers: readonly Container[], fields: UserFields): Problem[] {
  return containers.flatMap((container) => {
    const field = fields.container(list, container.name);
    return [
      ...probes.flatMap((probe) => atMostOneOf(present(container[probe], handlers), `${field}.${probe}`)),
      ...(container.env ?? []).flatMap((variable) =>
        atMostOneOf(present(variable, values), `${field}.env[name=${variable.name}]`),
      ),
    ];
  });
}

/** The fields of an object that are among those named, in the order of the object. */
export const present = (object: unknown, names: readonly string[]) =>
  Object.keys(object ?? {}).filter((name) => names.includes(name));

export const atMostOneOf = (found: readonly string[], field: string): Problem[] =>
  found.length < 2
    ? []
    : [{ field, message: `must have only one of ${found.join(' and ')}: set the other to null` }];
