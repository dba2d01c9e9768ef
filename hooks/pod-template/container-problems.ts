import { PGPASS_CONTAINER } from '../children/pgpass.ts';
import { CONTAINER } from '../children/pod-template.ts';
import { describe, type Problem } from '../problem.ts';
import type { Unknown } from '../registry/registry.ts';
import { dnsLabel, isDnsLabel } from '../text/dns-names.ts';
import { portProblems } from './port-problems.ts';
import { type Container, type ContainerList, type PodSpec, repeated } from './template-parts.ts';
import { TEMPLATE_FIELD, type UserFields } from './user-fields.ts';

/**
 * Containers that the API server would refuse although they are valid against their schema, and containers of ours that
 * are missing; where one is, that alone is reported.
 */
export function containerProblems(
  before: PodSpec,
  after: PodSpec,
  fields: UserFields,
  unknown: Unknown,
): Problem[] {
  const missing = missingProblems(before, after);
  if (missing.length > 0) return missing;
  const { containers = [], initContainers = [] } = after;
  return [
    ...inContainers('containers', containers, fields, unknown),
    ...inContainers('initContainers', initContainers, fields, unknown),
    ...repeated([...initContainers, ...containers], ({ name }) => name).map(({ name }) => ({
      field: `${TEMPLATE_FIELD}.spec.containers`,
      message: `must have unique names, found ${name} twice: rename one of the two`,
    })),
    ...portProblems(after, fields),
  ];
}

function missingProblems(before: PodSpec, { containers = [], initContainers = [] }: PodSpec): Problem[] {
  const found = new Set([...initContainers, ...containers].map(({ name }) => name));
  return [...(before.initContainers ?? []), ...(before.containers ?? [])]
    .filter(({ name }) => !found.has(name))
    .map(({ name }) => ({
      field: `${TEMPLATE_FIELD}.spec.${name === CONTAINER ? 'containers' : 'initContainers'}`,
      message: `must keep the container ${name}, which the registry server needs: neither delete it nor replace the list`,
    }));
}

function inContainers(
  list: ContainerList,
  containers: readonly Container[],
  fields: UserFields,
  unknown: Unknown,
): Problem[] {
  return containers.flatMap((container) => {
    const field = fields.container(list, container.name);
    // A patch of our container needs no image; whether that container exists may be unknown.
    const isOurs = unknown.pgpass && list === 'initContainers' && container.name === PGPASS_CONTAINER;
    return [
      ...(isDnsLabel(container.name)
        ? []
        : [
            {
              field: `${field}.name`,
              message: `must be ${dnsLabel.expects}, found ${describe(container.name)}`,
            },
          ]),
      ...(container['image'] || isOurs
        ? []
        : [{ field: `${field}.image`, message: 'is required: set the image of the container' }]),
    ];
  });
}
