import { type JsonObject, objectOf, objectsOf } from '../json.ts';

/** The environment variables that a pod template sets in the container of the registry server. */
export function containerVariables(podTemplateSpec: unknown): readonly JsonObject[] {
  const { containers } = objectOf(objectOf(podTemplateSpec)['spec']);
  return objectsOf(containers)
    .filter(({ name }) => name === 'registry-api')
    .flatMap(({ env }) => objectsOf(env));
}
