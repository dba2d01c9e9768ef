import type { Child } from '../../../hooks/contract/answer.ts';
import { objectOf, objectsOf } from '../../../hooks/json.ts';
import type { Problem } from '../../../hooks/problem.ts';
import { databaseOf, warnAboutSharing } from '../../../hooks/registry/database/shared-database.ts';
import { LISTED } from '../../../hooks/registry/warning.ts';
import type { Place } from '../input/input-document.ts';
import type { InputObject } from '../input/read-input.ts';
import type { FindingReason } from './finding.ts';

/** Something that only a look at all of the input shows. */
export interface AcrossWarning extends Problem {
  readonly reason: FindingReason;
}

/**
 * What registries and other objects of the input are to each other. Its time grows with the input, and not with the pairs in
 * it.
 */
export class AcrossFiles {
  readonly #registries = new Map<string, InputObject>();
  /** The registries that use a database, in the order of the input. */
  readonly #byDatabase = new Map<string, InputObject[]>();
  readonly #others = new Map<string, InputObject>();

  /**
   * @param registries all of the input
   * @param others all other objects of the input
   */
  constructor(registries: readonly InputObject[], others: readonly InputObject[]) {
    for (const registry of registries) {
      const key = keyOf(registry);
      // A registry that is there twice does not share its database with itself.
      if (this.#registries.has(key)) continue;
      this.#registries.set(key, registry);
      const database = databaseOf(registry.object['spec'], registry.namespace);
      if (database === undefined) continue;
      const users = this.#byDatabase.get(database) ?? [];
      users.push(registry);
      this.#byDatabase.set(database, users);
    }
    for (const other of others) this.#others.set(keyOf(other), other);
  }

  /**
   * @param registry one of the registries
   * @param children what its spec asks for; none if that is not known
   */
  warningsOf(registry: InputObject, children: readonly Child[]): AcrossWarning[] {
    return [
      ...this.#sameName(registry),
      ...this.#sharedDatabase(registry),
      ...this.#takenNames(registry, children),
    ];
  }

  /** One of two that have a name is warned about: the one that comes later. */
  #sameName(registry: InputObject): AcrossWarning[] {
    const first = this.#registries.get(keyOf(registry));
    if (first === undefined || first === registry || isSamePlace(first.placeOf(), registry.placeOf()))
      return [];
    return [
      {
        reason: 'SameName',
        field: 'metadata.name',
        message: `is the name of the MCPRegistry in ${describe(first.placeOf())} as well: in one cluster the one that is applied last replaces the other. Rename one, or check them apart`,
      },
    ];
  }

  #sharedDatabase(registry: InputObject): AcrossWarning[] {
    const database = databaseOf(registry.object['spec'], registry.namespace);
    const users = (database !== undefined && this.#byDatabase.get(database)) || [];
    // As many as are named, and this one.
    const others = users
      .slice(0, LISTED + 1)
      .filter((user) => keyOf(user) !== keyOf(registry))
      .map(({ namespace, name }) => (namespace === registry.namespace ? name : `${namespace}/${name}`));
    return warnAboutSharing(others, users.length - 1);
  }

  #takenNames(registry: InputObject, children: readonly Child[]): AcrossWarning[] {
    return children.flatMap(({ apiVersion, kind, metadata }) => {
      const { name } = metadata;
      const taken = this.#others.get(keyOf({ apiVersion, kind, name, namespace: registry.namespace }));
      if (taken === undefined || isControlled(taken)) return [];
      return [
        {
          reason: 'NameTaken',
          field: 'metadata.name',
          message: `makes a ${kind} ${name} that is in ${describe(taken.placeOf())} already: Metacontroller changes no object of others, and the registry would never be ready. Rename one`,
        },
      ];
    });
  }
}

/** The version of a group does not matter: an object is the same in each. */
const keyOf = ({
  apiVersion,
  kind,
  namespace,
  name,
}: Pick<InputObject, 'apiVersion' | 'kind' | 'namespace' | 'name'>) =>
  JSON.stringify([apiVersion.replace(/\/?[^/]*$/, ''), kind, namespace, name]);

const isSamePlace = (one: Place, other: Place) =>
  one.file === other.file && one.document === other.document && one.line === other.line;

const describe = ({ file, line }: Place) => `${file}:${line}`;

/** Whether an object is the child of a registry, as it comes from a cluster. */
const isControlled = ({ object }: InputObject) =>
  objectsOf(objectOf(object['metadata'])['ownerReferences']).some(({ kind }) => kind === 'MCPRegistry');
