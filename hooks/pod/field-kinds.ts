/** Fields of a pod by what they hold, wherever in a pod they are. */

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
/** Whether a field holds a map whose keys and values are the user's own: an empty value in it says something. */
export const isFreeMap = (field: string): boolean => freeMaps.has(field);
