/**
 * Returns exp(Σ ln x / n). Use it for ratios across cells, never for rates. It sums logarithms, because a product would
 * overflow. Throws RangeError without values, or when a value is not positive and finite.
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
