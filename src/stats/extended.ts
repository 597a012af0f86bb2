/**
 * Arithmetic with values that may be infinite. A trial that ran and measured nothing has the worst value there is: 0 for
 * a rate, ∞ for a latency. Its logarithm is infinite. Plain arithmetic turns two such values into NaN.
 */

/** Returns the value between two: their mean, or 0 between −∞ and +∞. */
export function midpoint(low: number, high: number): number {
  if (low === high) return low;
  const middle = (low + high) / 2;
  return Number.isNaN(middle) ? 0 : middle;
}

/** Returns a − b, or 0 for two equal infinities: two sides that both measured nothing do not differ. */
export function difference(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** Returns ln(a / b), or 0 for equal values. */
export function logRatio(a: number, b: number): number {
  return a === b ? 0 : Math.log(a / b);
}

/** Compares for a sort in ascending order. */
export function ascending(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Returns the median, which is NaN without values. The order of the values does not matter. */
export function medianOf(values: readonly number[]): number {
  return quantileOfSorted([...values].sort(ascending), 0.5);
}

/**
 * Returns a quantile of sorted values by linear interpolation (type 7 of Hyndman and Fan, as numpy and R do by default).
 * NaN without values.
 */
export function quantileOfSorted(sorted: readonly number[], q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = (sorted.length - 1) * q;
  const [low, high] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number];
  const share = place - Math.floor(place);
  if (low === high || share === 0) return low;
  return share === 0.5 ? midpoint(low, high) : low + (high - low) * share;
}
