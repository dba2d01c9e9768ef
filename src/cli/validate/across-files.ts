import type { Child } from '../../../hooks/contract/answer.ts';
import { objectOf, objectsOf } from '../../../hooks/json.ts';
import type { Problem } from '../../../hooks/problem.ts';
import { DATABASE_LABEL } from '../../../hooks/registry/database/database-label.ts';
import { LISTED } from '../../../hooks/registry/warning.ts';
import { warnAboutSharing } from '../../../hooks/related/shared-database.ts';
import type { Place } from '../input/input-document.ts';
import { type InputObject, locate } from '../input/read-input.ts';
import type { FindingReason } from './finding.ts';

/** Something that only a look at all of the input shows. */
export interface AcrossWarning extends Problem {
  readonly reason: FindingReason;
}

/** A registry of the input, and what its spec asks for: none where that is not known. */
export interface WithChildren {
  readonly registry: InputObject;
  readonly children: readonly Child[];
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
  constructor(registries: readonly WithChildren[], others: readonly InputObject[]) {
    for (const { registry, children } of registries) {
      const key = keyOf(registry);
      // A registry that is there twice does not share its database with itself.
      if (this.#registries.has(key)) continue;
      this.#registries.set(key, registry);
      const database = databaseOf(children);
      if (database === undefined) continue;
      const users = this.#byDatabase.get(database) ?? [];
      users.push(registry);
      this.#byDatabase.set(database, users);
    }
    for (const other of others) this.#others.set(keyOf(other), other);
    const named = registries.flatMap((one) => [
      ...this.#bothOfName(one.registry),
      ...one.children.flatMap((child) => this.#takenBy(one.registry, child) ?? []),
    ]);
    locate([...registries.map(({ registry }) => registry), ...others], new Set(named));
  }

  /** @param one one of the registries */
  warningsOf(one: WithChildren): AcrossWarning[] {
    return [...this.#sameName(one.registry), ...this.#sharedDatabase(one), ...this.#takenNames(one)];
  }

  /** One of two that have a name is warned about: the one that comes later. */
  #sameName(registry: InputObject): AcrossWarning[] {
    const [first] = this.#bothOfName(registry);
    if (first === undefined || isSamePlace(first.placeOf(), registry.placeOf())) return [];
    return [
      {
        reason: 'SameName',
        field: 'metadata.name',
        message: `is the name of the MCPRegistry in ${describe(first.placeOf())} as well: in one cluster the one that is applied last replaces the other. Rename one, or check them apart`,
      },
    ];
  }

  /** The registry that came first with the name of another, and that one; none if it is the first, or has no name. */
  #bothOfName(registry: InputObject): InputObject[] {
    const first = this.#registries.get(keyOf(registry));
    return first === undefined || first === registry || registry.name === '' ? [] : [first, registry];
  }

  #sharedDatabase({ registry, children }: WithChildren): AcrossWarning[] {
    const database = databaseOf(children);
    const users = (database !== undefined && this.#byDatabase.get(database)) || [];
    // As many as are named, and this one.
    const others = users
      .slice(0, LISTED + 1)
      .filter((user) => keyOf(user) !== keyOf(registry))
      .map(({ namespace, name }) => (namespace === registry.namespace ? name : `${namespace}/${name}`));
    return warnAboutSharing(registry.object['spec'], others, Math.max(others.length, users.length - 1));
  }

  #takenNames({ registry, children }: WithChildren): AcrossWarning[] {
    return children.flatMap((child) => {
      const taken = this.#takenBy(registry, child);
      if (taken === undefined) return [];
      const { kind, metadata } = child;
      return [
        {
          reason: 'NameTaken',
          field: 'metadata.name',
          message: `makes a ${kind} ${metadata.name} that is in ${describe(taken.placeOf())} already: Metacontroller changes no object of others, and the registry would never be ready. Rename one`,
        },
      ];
    });
  }

  /** What has the name of a child already. */
  #takenBy(
    { namespace }: InputObject,
    { apiVersion, kind, metadata: { name } }: Child,
  ): InputObject | undefined {
    const taken = this.#others.get(keyOf({ apiVersion, kind, name, namespace }));
    return taken && !isControlled(taken) ? taken : undefined;
  }
}

/** What is the same for registries of one database; undefined where that is not known. */
const databaseOf = (children: readonly Child[]): string | undefined =>
  children.find(({ kind }) => kind === 'ConfigMap')?.metadata.labels?.[DATABASE_LABEL];

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
