/** Arranges measured arms in rows and columns by their attributes, as benchstat's `-row` and `-col` do. */
import { FeedrateError } from '../base/errors.js';

/** Anything measured that its attributes identify. */
export interface Attributed {
  /** Name → value, in natural order: `bs` → `4KiB`, `target` → `a`. */
  readonly attributes: ReadonlyMap<string, string>;
}

export interface GridRow<T> {
  /** The values of `Grid.rowNames` that the members of the row share. */
  readonly attributes: ReadonlyMap<string, string>;
  /** One member per column of the grid; null if nothing was measured. */
  readonly members: readonly (T | null)[];
}

export interface Grid<T> {
  readonly columnNames: readonly string[];
  readonly rowNames: readonly string[];
  /** The first is the base. */
  readonly columns: readonly string[];
  readonly rows: readonly GridRow<T>[];
}

export interface GridOptions {
  /** Names of attributes whose values are the columns. */
  readonly columns: readonly string[];
  /** Default: every attribute that varies within a column. */
  readonly rows?: readonly string[] | undefined;
  /** The column that others are compared with. Default: the first one found. */
  readonly base?: string | undefined;
}

/**
 * Arranges the members in cells. Columns and rows keep the order of their first members.
 * @throws FeedrateError `usage` for an unknown name, a name in both rows and columns, an unknown base, fewer than two
 * columns, or two members in one cell
 */
export function gridOf<T extends Attributed>(members: readonly T[], options: GridOptions): Grid<T> {
  const known = attributeNames(members);
  for (const name of [...options.columns, ...(options.rows ?? [])]) requireKnown(name, known);
  const both = options.rows?.find((name) => options.columns.includes(name));
  if (both !== undefined)
    throw new FeedrateError('usage', `${both} is in both --rows and --cols; remove it from one of them`);
  const columns = orderedColumns(members, options);
  const rowNames = options.rows ?? namesThatVaryWithin(members, options.columns, known);
  const rows = new Map<string, { attributes: Map<string, string>; members: (T | null)[] }>();
  for (const member of members) {
    const key = JSON.stringify(rowNames.map((name) => member.attributes.get(name)));
    let row = rows.get(key);
    if (row === undefined) {
      row = {
        attributes: new Map(rowNames.map((name) => [name, member.attributes.get(name) ?? ''])),
        members: columns.map(() => null),
      };
      rows.set(key, row);
    }
    const index = columns.indexOf(valuesOf(member, options.columns));
    const other = row.members[index];
    if (other !== null && other !== undefined) throw twoInOneCell(other, member, options, rowNames);
    row.members[index] = member;
  }
  return { columnNames: options.columns, rowNames, columns, rows: [...rows.values()] };
}

/** Returns the names of the attributes that have more than one value among the members. */
export function varyingNames(members: readonly Attributed[]): string[] {
  return attributeNames(members).filter(
    (name) => new Set(members.map((member) => member.attributes.get(name))).size > 1,
  );
}

function attributeNames(members: readonly Attributed[]): string[] {
  return [...new Set(members.flatMap((member) => [...member.attributes.keys()]))];
}

function valuesOf(member: Attributed, names: readonly string[]): string {
  return names.map((name) => member.attributes.get(name) ?? '–').join(' ');
}

function orderedColumns(members: readonly Attributed[], { columns: names, base }: GridOptions): string[] {
  const met = [...new Set(members.map((member) => valuesOf(member, names)))];
  if (met.length < 2) {
    throw new FeedrateError(
      'usage',
      `nothing to compare: ${names.join(',')} has only one value (${met.join('') || 'none'}); ${othersThatVary(members)}`,
    );
  }
  if (base === undefined) return met;
  if (!met.includes(base)) {
    throw new FeedrateError('usage', `--base ${base}: no such column; choose one of: ${met.join(', ')}`);
  }
  return [base, ...met.filter((value) => value !== base)];
}

/**
 * Only attributes that vary within a column distinguish rows. An attribute with one value per column, such as the NFS
 * version of a target or the label of a run, does not.
 */
function namesThatVaryWithin(members: readonly Attributed[], columns: readonly string[], known: string[]): string[] {
  return known.filter((name) => {
    if (columns.includes(name)) return false;
    const values = new Map<string, Set<string | undefined>>();
    for (const member of members) {
      const column = valuesOf(member, columns);
      values.set(column, (values.get(column) ?? new Set()).add(member.attributes.get(name)));
    }
    return [...values.values()].some((set) => set.size > 1);
  });
}

function othersThatVary(members: readonly Attributed[]): string {
  const varying = varyingNames(members);
  return varying.length === 0 ? 'nothing else varies' : `these vary: ${varying.join(', ')}`;
}

function requireKnown(name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  throw new FeedrateError('usage', `no attribute “${name}”; known: ${known.join(', ')}`);
}

function twoInOneCell(
  first: Attributed,
  second: Attributed,
  options: GridOptions,
  rowNames: readonly string[],
): FeedrateError {
  const where = valuesOf(second, [...rowNames, ...options.columns]);
  const differ = varyingNames([first, second]);
  const name = differ[0];
  const remedy =
    name === undefined
      ? 'name each run only once'
      : `add one of these to --rows, or choose with --where ${name}=${second.attributes.get(name)}`;
  return new FeedrateError(
    'usage',
    `two arms in one cell (${where}): they differ in ${differ.join(', ') || 'nothing'}; ${remedy}`,
  );
}
