/**
 * Which fields of an object a manager owns, as `metadata.managedFields` tells it in the format FieldsV1
 * (sigs.k8s.io/structured-merge-diff: fieldpath/serialize-pe.go): `f:<name>` is a field, `k:<json>` the item
 * of a list with these keys, `v:<json>` an item that is this value, and `.` the object or item itself.
 */
type FieldsV1 = Readonly<Record<string, unknown>>;

/**
 * The part of a value that is owned. A leaf of the set owns all that is below it.
 *
 * @param value an object as observed, or a value in it
 * @param fields what is owned of it
 */
export function pickOwned(value: unknown, fields: FieldsV1): unknown {
  const owned = Object.keys(fields ?? {}).filter((key) => key !== '.');
  if (owned.length === 0) return value;
  if (Array.isArray(value)) return pickItems(value, fields, owned);
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Record<string, unknown>;
  return Object.fromEntries(
    owned.flatMap((key) => {
      const name = key.slice(2);
      return key.startsWith('f:') && Object.hasOwn(object, name)
        ? [[name, pickOwned(object[name], fields[key] as FieldsV1)]]
        : [];
    }),
  );
}

/** Items keep the order in which they are observed. */
function pickItems(items: readonly unknown[], fields: FieldsV1, owned: readonly string[]): unknown[] {
  const selectors = owned.map((key) => ({ matches: matcher(key), fields: fields[key] as FieldsV1 }));
  return items.flatMap((item) => {
    const selector = selectors.find(({ matches }) => matches(item));
    return selector ? [pickOwned(item, selector.fields)] : [];
  });
}

function matcher(key: string): (item: unknown) => boolean {
  const wanted = parsed(key.slice(2));
  if (key.startsWith('v:')) return (item) => item === wanted;
  const keys = Object.entries((wanted ?? {}) as Record<string, unknown>);
  return (item) =>
    keys.length > 0 &&
    typeof item === 'object' &&
    item !== null &&
    keys.every(([name, value]) => (item as Record<string, unknown>)[name] === value);
}

/** A key of another form than the API server writes matches nothing. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
