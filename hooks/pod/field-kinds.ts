/** The fields of a pod by the kind of their value. A name has the same kind everywhere in a pod. */

/** Maps that hold quantities. */
const quantityMaps: ReadonlySet<string> = new Set(['limits', 'requests', 'overhead']);
const quantities: ReadonlySet<string> = new Set(['sizeLimit', 'divisor']);
const freeMaps: ReadonlySet<string> = new Set([
  ...[
    'labels',
    'annotations',
    'nodeSelector',
    'matchLabels',
    'volumeAttributes',
    'options',
    'userAnnotations',
  ],
]);

export const isQuantityMap = (field: string): boolean => quantityMaps.has(field);
export const isQuantity = (field: string): boolean => quantities.has(field);
/** Whether a field holds a map with keys and values of the user's choice, in which an empty value has a meaning. */
export const isFreeMap = (field: string): boolean => freeMaps.has(field);
