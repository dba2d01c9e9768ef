import { type JsonObject, objectOf, objectsOf } from '../json.ts';
import { API_PORT, INTERNAL_PORT_NAME } from './names.ts';
import { CONTAINER, type PodTemplate } from './pod-template.ts';

/**
 * The number of a port of the container of the registry server, by its name.
 *
 * @param template a pod template, of any shape
 */
export function portNumber(template: unknown, name: string): unknown {
  const server = containersOf(template).find((container) => container['name'] === CONTAINER);
  return objectsOf(server?.['ports']).find((port) => port['name'] === name)?.['containerPort'];
}

/** A port of the container of the registry server. */
export interface ContainerPort {
  readonly number: number;
  /** Absent if the container does not declare it. */
  readonly name?: string;
}

/**
 * The port of the server's internal listener, with health and metrics: the one that the readiness probe asks, whatever name
 * the user gave it.
 *
 * @returns undefined if it is not known, or the port of the API: servers before v1.1.0 have one port for everything
 */
export function internalPort({ spec }: PodTemplate): ContainerPort | undefined {
  const server = spec.containers.find(({ name }) => name === CONTAINER);
  const probed = server?.readinessProbe?.httpGet?.port ?? INTERNAL_PORT_NAME;
  const declared = server?.ports?.find(
    ({ name, containerPort }) => containerPort === probed || name === probed,
  );
  if (declared?.name === API_PORT.name) return undefined;
  const number = declared?.containerPort ?? probed;
  if (typeof number !== 'number') return undefined;
  return { number, ...(declared?.name === undefined ? {} : { name: declared.name }) };
}

/** @param template a pod template, of any shape */
export const containersOf = (template: unknown): readonly JsonObject[] =>
  objectsOf(objectOf(objectOf(template)['spec'])['containers']);
