import { type JsonObject, objectOf, objectsOf } from '../json.ts';
import { CONTAINER } from './pod-template.ts';

/**
 * The number of a port of the container of the registry server, by its name.
 *
 * @param template a pod template, of any shape
 */
export function portNumber(template: unknown, name: string): unknown {
  const server = containersOf(template).find((container) => container['name'] === CONTAINER);
  return objectsOf(server?.['ports']).find((port) => port['name'] === name)?.['containerPort'];
}

/** @param template a pod template, of any shape */
export const containersOf = (template: unknown): readonly JsonObject[] =>
  objectsOf(objectOf(objectOf(template)['spec'])['containers']);
