/** Shorter JSON: a list of objects with the same keys has the keys once. It takes a quarter off the data of a page. */

/** Fewer objects are not worth it. */
const LEAST = 3;

/** The keys of a packed list, and the values of each object in their order. */
interface PackedList {
  readonly $keys: readonly string[];
  readonly $rows: readonly (readonly unknown[])[];
}

/** Returns a value of JSON with its lists packed. No object of it may have a key `$keys`. */
export function packed(value: unknown): unknown {
  if (Array.isArray(value)) return packedList(value);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, packed(part)]));
}

function packedList(list: readonly unknown[]): unknown {
  const [first] = list;
  if (list.length < LEAST || !isObject(first)) return list.map(packed);
  const keys = Object.keys(first);
  const isSame = (item: unknown): item is Record<string, unknown> =>
    isObject(item) && Object.keys(item).length === keys.length && keys.every((key) => key in item);
  if (keys.length === 0 || !list.every(isSame)) return list.map(packed);
  return { $keys: keys, $rows: list.map((item) => keys.map((key) => packed(item[key]))) } satisfies PackedList;
}

/** Returns the value that was packed. */
export function unpacked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpacked);
  if (!isObject(value)) return value;
  if (!('$keys' in value)) return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unpacked(part)]));
  const { $keys, $rows } = value as unknown as PackedList;
  return $rows.map((row) => Object.fromEntries($keys.map((key, index) => [key, unpacked(row[index])])));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
