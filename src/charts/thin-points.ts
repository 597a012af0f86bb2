/** Thins long series for a picture, without hiding anything that the picture could show. */

/** A point, as far as thinning looks at it. */
export interface Thinnable {
  readonly x: number;
  readonly y: number | null;
}

/**
 * Returns the points that a picture of `columns` pixels can show: of each column the first, the lowest, the highest and
 * the last one, and a gap if it has one, in their order. So a line looks as if all points were drawn, and one bad second
 * of a week stays. `place` returns where an x is; the points are in ascending order of x. Returns the same list if
 * thinning would not shorten it.
 */
export function thinnedPoints<P extends Thinnable>(
  points: readonly P[],
  columns: number,
  place: (x: number) => number = (x) => x,
): readonly P[] {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length <= columns * 5) return points;
  const start = place(first.x);
  const width = (place(last.x) - start) / columns;
  if (!(width > 0)) return thinnedColumn(points, 0, points.length).map((index) => points[index] as P);
  const kept: P[] = [];
  let from = 0;
  while (from < points.length) {
    const column = Math.floor((place((points[from] as P).x) - start) / width);
    let to = from + 1;
    while (to < points.length && Math.floor((place((points[to] as P).x) - start) / width) === column) to++;
    for (const index of thinnedColumn(points, from, to)) kept.push(points[index] as P);
    from = to;
  }
  return kept;
}

/** Returns the indices of the points to keep of one column, ascending and each once. */
function thinnedColumn(points: readonly Thinnable[], from: number, to: number): number[] {
  let low = -1;
  let high = -1;
  let gap = -1;
  for (let index = from; index < to; index++) {
    const { y } = points[index] as Thinnable;
    if (y === null) gap = index;
    else {
      if (low < 0 || y < ((points[low] as Thinnable).y as number)) low = index;
      if (high < 0 || y > ((points[high] as Thinnable).y as number)) high = index;
    }
  }
  return [...new Set([from, low, high, gap, to - 1])].filter((index) => index >= 0).sort((a, b) => a - b);
}
