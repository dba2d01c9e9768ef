import type { Problem } from '../problem.ts';
import type { DesiredChildren } from './build-children.ts';

/** All annotations of an object together, keys and values, in bytes (apimachinery: pkg/api/validation/objectmeta.go). */
const ANNOTATIONS_LIMIT = 262_144;
/** The last-applied copy and its key, `controller-uid` with a uid, and what else may be annotated by others. */
const RESERVE = 1024;

const bytes = (text: string) => Buffer.byteLength(text, 'utf8');

/**
 * Children that the API server would refuse for their size: dynamic apply keeps a copy of each in an annotation
 * of it, which leaves a ConfigMap less than its own limit of 1 MiB.
 *
 * @param fields the field of the spec that determines the size of a child, by kind
 */
export function sizeProblems(
  { all, text }: DesiredChildren,
  fields: Readonly<Record<string, string>>,
): Problem[] {
  // A child and its annotations, which are a part of it, take no more than all children twice: nearly always little.
  if (2 * bytes(text) + RESERVE <= ANNOTATIONS_LIMIT) return [];
  return all.flatMap((child) => {
    const annotations = Object.entries(child.metadata.annotations ?? {});
    const own = annotations.reduce((sum, [key, value]) => sum + bytes(key) + bytes(value), 0);
    const size = own + bytes(JSON.stringify(child)) + RESERVE;
    return size <= ANNOTATIONS_LIMIT
      ? []
      : [
          {
            field: fields[child.kind] ?? 'spec',
            message: `is too big: the ${child.kind} ${child.metadata.name} takes ${size} bytes of the ${ANNOTATIONS_LIMIT} that its annotations may have, with the copy of it: shorten this field`,
          },
        ];
  });
}
