/**
 * Shorter JSON: a list of objects with the same keys has the keys once, and times that follow one another are differences. It
 * halves the data of a page.
 */

/** Fewer objects are not worth it. */
const LEAST = 3;

/** The keys of a packed list, and the values of each object in their order. */
interface PackedList {
  readonly $keys: readonly string[];
  readonly $rows: readonly (readonly unknown[])[];
}

/** The same for objects whose values are no lists or objects: the values of each key. */
interface PackedTable {
  readonly $keys: readonly string[];
  readonly $columns: readonly (readonly unknown[] | PackedSteps)[];
}

/** Whole numbers, each as its difference from the one before. */
interface PackedSteps {
  readonly $steps: readonly number[];
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
  const values = keys.map((key) => list.map((item) => item[key]));
  if (values.flat().every((value) => typeof value !== 'object' || value === null))
    return { $keys: keys, $columns: values.map(packedColumn) } satisfies PackedTable;
  return { $keys: keys, $rows: list.map((item) => keys.map((key) => packed(item[key]))) } satisfies PackedList;
}

function packedColumn(values: readonly unknown[]): readonly unknown[] | PackedSteps {
  if (!values.every((value): value is number => Number.isSafeInteger(value))) return values;
  const steps = values.map((value, index) => value - (values[index - 1] ?? 0));
  return JSON.stringify(steps).length < JSON.stringify(values).length ? { $steps: steps } : values;
}

/** Returns the value that was packed. */
export function unpacked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpacked);
  if (!isObject(value)) return value;
  if (!('$keys' in value)) return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unpacked(part)]));
  if ('$columns' in value) return unpackedTable(value as unknown as PackedTable);
  const { $keys, $rows } = value as unknown as PackedList;
  return $rows.map((row) => Object.fromEntries($keys.map((key, index) => [key, unpacked(row[index])])));
}

function unpackedTable({ $keys, $columns }: PackedTable): Record<string, unknown>[] {
  const columns = $columns.map((column) => ('$steps' in column ? sumsOf(column.$steps) : column));
  return (columns[0] ?? []).map((_, row) =>
    Object.fromEntries($keys.map((key, index) => [key, columns[index]?.[row]])),
  );
}

function sumsOf(steps: readonly number[]): number[] {
  let sum = 0;
  return steps.map((step) => {
    sum += step;
    return sum;
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
