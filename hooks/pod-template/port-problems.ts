import { API_PORT } from '../children/names.ts';
import { CONTAINER } from '../children/pod-template.ts';
import { describe, type Problem } from '../problem.ts';
import { type Container, type ContainerList, type PodSpec, podSpecOf, repeated } from './template-parts.ts';
import type { UserFields, UserParts } from './user-fields.ts';

/** Ports that dynamic apply can't tell apart, and a port of the registry API that the Service would not reach. */
export function portProblems(
  { containers = [], initContainers = [] }: PodSpec,
  fields: UserFields,
): Problem[] {
  return [
    ...repeatedPortProblems('initContainers', initContainers, fields),
    ...repeatedPortProblems('containers', containers, fields),
    ...apiPortProblems(containers, fields),
  ];
}

function repeatedPortProblems(
  list: ContainerList,
  containers: readonly Container[],
  fields: UserFields,
): Problem[] {
  return containers.flatMap(({ name, ports = [] }) => {
    const [port] = repeated(ports, ({ containerPort }) => containerPort);
    return port === undefined
      ? []
      : [
          {
            field: `${fields.container(list, name)}.ports`,
            message: `must list the port ${port['containerPort']} only once, because dynamic apply identifies ports by number alone: remove one of the two`,
          },
        ];
  });
}

/** The Service refers to the port by its name. */
function apiPortProblems(containers: readonly Container[], fields: UserFields): Problem[] {
  const ports = containers.find(({ name }) => name === CONTAINER)?.ports ?? [];
  const port = ports.find(({ name }) => name === API_PORT.name);
  const field = `${fields.container('containers', CONTAINER)}.ports`;
  if (!port) {
    const found = ports.map(({ name, containerPort }) => name ?? containerPort).join(', ');
    return [
      {
        field,
        message: `must have a port named ${describe(API_PORT.name)}, which the Service routes to, found ${describe(found)}: give the port of the registry API this name`,
      },
    ];
  }
  if (port['containerPort'] === API_PORT.number || setsCommand(fields.parts)) return [];
  return [
    {
      field,
      message: `must have ${API_PORT.number} as the port named ${describe(API_PORT.name)}, because the server listens on it, found ${port['containerPort']}: correct the port, or change the args of the container as well`,
    },
  ];
}

/** Whether the user sets the command line of the server: it may then listen on another port. */
function setsCommand({ podTemplate }: UserParts): boolean {
  const { containers = [] } = podSpecOf(podTemplate);
  const server = containers.find((container) => container?.name === CONTAINER);
  return server?.['args'] !== undefined || server?.['command'] !== undefined;
}
