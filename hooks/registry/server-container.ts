import { type JsonObject, objectOf, objectsOf } from '../json.ts';

/**
 * What a pod template has for the container of the registry server.
 *
 * @param podTemplateSpec of any shape
 */
export function serverContainers(podTemplateSpec: unknown): readonly JsonObject[] {
  const { containers } = objectOf(objectOf(podTemplateSpec)['spec']);
  return objectsOf(containers).filter(({ name }) => name === 'registry-api');
}

/** The environment variables that a pod template sets in the container of the registry server. */
export const containerVariables = (podTemplateSpec: unknown): readonly JsonObject[] =>
  serverContainers(podTemplateSpec).flatMap(({ env }) => objectsOf(env));
