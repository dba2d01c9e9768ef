import { type JsonObject, objectOf, textOf } from '../../../hooks/json.ts';
import { exceededLimit } from '../../../hooks/text/json-limits.ts';
import { type Io, say } from '../io.ts';
import { InputDocument, type Place, type TextPlace } from './input-document.ts';
import { InputBudget, readTexts } from './read-texts.ts';
import { splitDocuments } from './split-documents.ts';
import { type Refuse, refuseAll, UnreadableInput } from './unreadable-input.ts';

/** An object of Kubernetes in the input: all that is known is that it has a kind. */
export interface InputObject {
  readonly object: JsonObject;
  readonly apiVersion: string;
  readonly kind: string;
  /** `''` if it has none. */
  readonly name: string;
  /** That of the document, or else of `-n`. */
  readonly namespace: string;
  /**
   * Where a field of it is, or the object itself.
   *
   * @param field as messages name it, such as `spec.sources[0].git.branch`; of one that is not there, it is the place of
   * the nearest one around it
   */
  readonly placeOf: (field?: string) => Place;
  /**
   * Where something is in a field that holds a text of several lines, such as `spec.configYAML`.
   *
   * @param at where in the text, or the field of the YAML that it holds, such as `sources[0].name`
   */
  readonly placeInText: (field: string, at: TextPlace | string) => Place;
}

/** What the input holds. */
export interface Input {
  /** In the order of the input; the items of Lists are objects of their own. */
  readonly objects: readonly InputObject[];
  /** How many documents, and items of Lists, are no objects of Kubernetes. */
  readonly others: number;
}

export interface InputOptions {
  /** What `-f` names. */
  readonly files: readonly string[];
  /** For objects that name none. */
  readonly namespace: string;
  /** Gets what can't be read; left out, it is an error. */
  readonly refuse?: Refuse;
}

/** Deeper than any object that the API server takes; what walks a value calls itself for each level. */
const limits = { levels: 200, values: 10_000_000, characters: 256 * 1024 * 1024 };

/**
 * Reads all objects of the input.
 *
 * @param budget what is left of the bounds where a command reads several inputs
 * @throws {CliError} if something can't be read
 */
export async function readInput(
  { files, namespace, refuse = refuseAll }: InputOptions,
  io: Pick<Io, 'readStdin' | 'err'>,
  budget = new InputBudget(),
): Promise<Input> {
  const objects: InputObject[] = [];
  let others = 0;
  for await (const { file, text } of readTexts(files, io, budget, refuse)) {
    for (const [index, part] of splitDocuments(text).entries()) {
      const document = new InputDocument(file, index + 1, part);
      const { value, mistake } = readValue(document);
      if (mistake) {
        refuse(mistake);
        continue;
      }
      const items = objectsIn(value, document, namespace);
      for (const object of items) {
        if (object) objects.push(object);
        else others += 1;
      }
    }
  }
  return { objects, others };
}

function readValue(document: InputDocument): {
  readonly value?: unknown;
  readonly mistake?: UnreadableInput;
} {
  try {
    const value = document.read();
    const exceeded = exceededLimit(value, limits);
    if (!exceeded) return { value };
    const { start } = document;
    const what = `the document has more ${exceeded} than any object of Kubernetes: give less at a time`;
    return { mistake: new UnreadableInput('NotYaml', start, what, `${start.file}:${start.line}`) };
  } catch (error) {
    if (error instanceof UnreadableInput) return { mistake: error };
    throw error;
  }
}

/** The object of a document, or the objects of its List; undefined for each that is none. */
function objectsIn(value: unknown, document: InputDocument, namespace: string): (InputObject | undefined)[] {
  const items = itemsOf(value);
  if (items === undefined) return [inputObject(value, document, '', namespace)];
  const below = Array.isArray(value) ? '' : 'items';
  return items.map((item, index) => inputObject(item, document, `${below}[${index}]`, namespace));
}

/** The items of a List, as `kubectl get` prints several objects, or of a list as it is; undefined for anything else. */
function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  const { kind, items } = objectOf(value);
  return /List$/.test(textOf(kind)) && Array.isArray(items) ? items : undefined;
}

function inputObject(
  value: unknown,
  document: InputDocument,
  path: string,
  namespace: string,
): InputObject | undefined {
  const object = objectOf(value);
  const { apiVersion, kind } = object;
  if (typeof kind !== 'string' || kind === '') return undefined;
  // A registry without its version is one with a mistake, and anything else is not known to be an object.
  if (typeof apiVersion !== 'string' && !isNamedRegistry(kind)) return undefined;
  const metadata = objectOf(object['metadata']);
  return {
    object,
    apiVersion: textOf(apiVersion),
    kind,
    name: textOf(metadata['name']),
    namespace: textOf(metadata['namespace']) || namespace,
    placeOf: (field = '') => document.placeOf(path, field),
    placeInText: (field, at) => document.placeInText(path, field, at),
  };
}

/**
 * Finds where some objects are. In the order of the input, each document is read once for it, in whatever order their
 * places are asked for after that.
 *
 * @param objects in the order of the input
 */
export function locate(objects: readonly InputObject[], some: ReadonlySet<InputObject>): void {
  for (const object of objects) if (some.has(object)) object.placeOf();
}

/** Whether an object is a registry, whatever its version. */
export const isRegistry = ({ apiVersion, kind }: InputObject): boolean =>
  kind === 'MCPRegistry' && isOfGroup(apiVersion);

/** Whether a version is of the group of registries. */
export const isOfGroup = (apiVersion: string): boolean => apiVersion.startsWith('toolhive.stacklok.dev/');

/** Whether an object was meant as a registry: its group may be another, and its kind misspelt in its case. */
export const isMeantAsRegistry = ({ kind }: InputObject): boolean => isNamedRegistry(kind);

const isNamedRegistry = (kind: string) => kind.toLowerCase() === 'mcpregistry';

/**
 * Says how much of the input a command passes over.
 *
 * @param rest the objects that it does not look at
 * @param others how many documents, and items of Lists, are no objects of Kubernetes
 */
export function sayPassedOver(io: Pick<Io, 'err'>, rest: readonly InputObject[], others = 0): void {
  const counts = new Map<string, number>();
  for (const { kind } of rest) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const parts = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => `${count} ${kind}`);
  if (others > 0) parts.push(`${others} that ${others === 1 ? 'is' : 'are'} no Kubernetes object`);
  if (parts.length > 0) say(io, `passed over: ${parts.join(', ')}`);
}
