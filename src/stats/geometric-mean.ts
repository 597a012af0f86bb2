/**
 * Returns exp(Σ ln x / n). Use it for ratios across cells, never for rates. It sums logarithms, because a product would
 * overflow. It is 0 or ∞ if a ratio is, and NaN if there are both. Throws RangeError without values, or for a negative one
 * or NaN.
 */
export function geometricMean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('nothing has no geometric mean');
  let logSum = 0;
  for (const value of values) {
    if (!(value >= 0)) {
      throw new RangeError(`a geometric mean takes ratios, not ${value}`);
    }
    logSum += Math.log(value);
  }
  return Math.exp(logSum / values.length);
}
