import { CONTAINER } from '../../../hooks/children/pod-template.ts';
import { type JsonObject, objectOf, objectsOf } from '../../../hooks/json.ts';

/** The pod of a Deployment of any shape. */
export const podOf = (deployment: JsonObject): JsonObject =>
  objectOf(objectOf(objectOf(deployment['spec'])['template'])['spec']);

/** The container of the registry server in a pod; empty if there is none. */
export const serverContainer = (pod: JsonObject): JsonObject =>
  objectsOf(pod['containers']).find(({ name }) => name === CONTAINER) ?? {};
