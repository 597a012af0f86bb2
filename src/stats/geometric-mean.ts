/**
 * exp(Σ ln x / n): for ratios across cells, never for rates. On logs, as a product of the values overflows.
 * Throws RangeError without values or where one is not positive and finite.
 */
export function geometricMean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('nothing has no geometric mean');
  let logSum = 0;
  for (const value of values) {
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`a geometric mean takes positive numbers, not ${value}`);
    }
    logSum += Math.log(value);
  }
  return Math.exp(logSum / values.length);
}
