import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { isObject, type JsonObject, listOf, objectOf } from '../json.ts';

/** How many fields merge keys may copy in total: a few lines can ask for any number. */
const COPY_LIMIT = 10_000;

/**
 * What a node of YAML holds, as JSON. An alias is the value that it stands for and not a copy of it, so that reading takes
 * no longer than the text is: who walks the value has to walk known paths only.
 *
 * Merge keys (`<<`) are followed, because the registry server follows them. Keys that are no texts are left out.
 */
export function yamlValue(root: Node | null): unknown {
  const anchors = new Map<string, unknown>();
  let copies = 0;

  const read = (node: unknown): unknown => {
    // It stands for nothing yet inside of its own value.
    if (isAlias(node)) return anchors.get(node.source);
    const value = contentOf(node);
    if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor) anchors.set(node.anchor, value);
    return value;
  };

  const contentOf = (node: unknown): unknown => {
    if (isMap(node)) return readMap(node.items);
    if (isSeq(node)) return node.items.map(read);
    return isScalar(node) ? node.value : undefined;
  };

  function readMap(items: readonly Pair[]): JsonObject {
    const fields = new Map<string, unknown>();
    const merged: unknown[] = [];
    for (const { key, value } of items) {
      const content = read(value);
      if (!isScalar(key)) continue;
      if (key.value === '<<' && key.type === 'PLAIN') merged.push(content);
      else fields.set(String(key.value), content);
    }
    // What a map has itself wins, then what is merged first.
    for (const source of merged) mergeInto(fields, source);
    return Object.fromEntries(fields);
  }

  /** @param source a map, or a list of maps */
  function mergeInto(fields: Map<string, unknown>, source: unknown): void {
    if (copies >= COPY_LIMIT) return;
    for (const [name, value] of Object.entries(objectOf(source))) {
      if (!fields.has(name)) fields.set(name, value);
      copies += 1;
    }
    for (const map of listOf(source)) {
      copies += 1;
      if (isObject(map)) mergeInto(fields, map);
      if (copies >= COPY_LIMIT) return;
    }
  }

  return read(root);
}
