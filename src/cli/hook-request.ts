import { type ChildKind, groupKey, isChildKind, kindsOfChildren } from '../../hooks/children/child-kinds.ts';
import { compile } from '../../hooks/contract/compile.ts';
import type { KubernetesObject } from '../../hooks/contract/kubernetes.ts';
import { type HookRequest, Parent } from '../../hooks/contract/request.ts';
import { type JsonObject, objectOf, objectsOf, pointerTokens, textOf } from '../../hooks/json.ts';
import type { Problem } from '../../hooks/problem.ts';
import type { InputObject } from './input/read-input.ts';

/** A request as Metacontroller would make it for a registry; or why there can be none, as problems of its manifest. */
export type MadeRequest =
  | { readonly request: HookRequest; readonly problems?: never }
  | { readonly request?: never; readonly problems: readonly Problem[] };

const parentCheck = compile(Parent);

/** What the API server says of an object that was just made. */
const firstGeneration = 1;

/**
 * @param children those that are observed (`ChildrenByOwner`)
 * @param kinds the kinds that are registered with Metacontroller; all that the hook knows if left out
 */
export function requestFor(
  { object, namespace }: InputObject,
  children: readonly InputObject[] = [],
  kinds: readonly ChildKind[] = kindsOfChildren,
): MadeRequest {
  const known = objectOf(object['metadata']);
  const metadata = { ...known, namespace, generation: known['generation'] ?? firstGeneration };
  const parent: JsonObject = { ...object, metadata };
  if (!parentCheck.Check(parent)) {
    return { problems: problemsOf(parent) };
  }
  const groups = Object.fromEntries(
    kinds.map((kind) => [
      groupKey(kind),
      Object.fromEntries(
        children
          .filter((child) => `${child.kind}.${child.apiVersion}` === groupKey(kind))
          .map((child) => [child.name, child.object as KubernetesObject]),
      ),
    ]),
  );
  return { request: { parent, children: groups } };
}

/** As many problems of an object as are named: its labels alone may have thousands. */
const PROBLEM_LIMIT = 100;

/** One problem of each field, without those that follow from a field below. */
function problemsOf(parent: JsonObject): Problem[] {
  const problems = new Map<string, Problem>();
  for (const { path, message, value } of parentCheck.Errors(parent)) {
    const tokens = pointerTokens(path);
    const field = tokens.reduce(joined, '');
    if (field === 'metadata' && problems.size > 0) continue;
    if (!problems.has(field)) problems.set(field, { field, message: expectationOf(field, message, value) });
    if (problems.size === PROBLEM_LIMIT) break;
  }
  return [...problems.values()];
}

const joined = (field: string, token: string) =>
  field === '' ? token : /^\d+$/.test(token) ? `${field}[${token}]` : `${field}.${token}`;

function expectationOf(field: string, message: string, value: unknown): string {
  if (field === 'metadata.name') {
    return value === undefined || value === null || value === ''
      ? 'must be set: the names of all children begin with it'
      : 'must be a text: write it in quotes';
  }
  if (field === 'kind') return 'must be MCPRegistry: write it so';
  if (field === 'apiVersion') {
    return 'must be toolhive.stacklok.dev/v1alpha1 or toolhive.stacklok.dev/v1beta1: write one of them';
  }
  return `the API server would refuse it: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

/** Observed objects by the registry that controls them. */
export class ChildrenByOwner {
  readonly #byOwner = new Map<string, InputObject[]>();
  /** Objects of kinds that no registry has, or that no registry controls. */
  readonly others: readonly InputObject[];

  constructor(objects: readonly InputObject[]) {
    const others: InputObject[] = [];
    for (const object of objects) {
      const owner = isChildKind(object.kind) && object.name !== '' ? controllerOf(object) : undefined;
      if (owner === undefined) others.push(object);
      else for (const key of [owner.uid, owner.name]) this.#of(key).push(object);
    }
    this.others = others;
  }

  /** Those of a registry: by its uid if it has one, as from a cluster, and else by its name. */
  of({ object, name, namespace }: InputObject): readonly InputObject[] {
    const uid = textOf(objectOf(object['metadata'])['uid']);
    return this.#byOwner.get(uid === '' ? nameKey(namespace, name) : `${namespace}/uid/${uid}`) ?? [];
  }

  #of(key: string): InputObject[] {
    const found = this.#byOwner.get(key) ?? [];
    this.#byOwner.set(key, found);
    return found;
  }
}

const nameKey = (namespace: string, name: string) => `${namespace}/name/${name}`;

/** The keys of the registry that controls an object; undefined if none does. */
function controllerOf({ object, namespace }: InputObject): { uid: string; name: string } | undefined {
  const owners = objectsOf(objectOf(object['metadata'])['ownerReferences']);
  const owner = owners.find(({ kind, controller }) => kind === 'MCPRegistry' && controller === true);
  return (
    owner && {
      uid: `${namespace}/uid/${textOf(owner['uid'])}`,
      name: nameKey(namespace, textOf(owner['name'])),
    }
  );
}
