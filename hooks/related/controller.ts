import { type JsonObject, objectsOf, textOf } from '../json.ts';

/** The object that manages another one. */
export interface Controller {
  readonly kind: string;
  readonly name: string;
  readonly uid: unknown;
}

/** Far more owners than any object has. */
const OWNERS_LIMIT = 100;

/**
 * What manages an object (apimachinery: pkg/apis/meta/v1/controller_ref.go).
 *
 * @param metadata of the object, of any shape
 */
export function controllerOf({ ownerReferences }: JsonObject): Controller | undefined {
  const owner = objectsOf(ownerReferences)
    .slice(0, OWNERS_LIMIT)
    .find(({ controller }) => controller === true);
  return owner && { kind: textOf(owner['kind']), name: textOf(owner['name']), uid: owner['uid'] };
}
