/**
 * Returns the lag-k autocorrelation Σ(xₜ−x̄)(xₜ₊ₖ−x̄) / Σ(xₜ−x̄)², with t from 1 to n−k above and to n below. This is
 * R's acf(): biased towards zero and always in [−1, 1]. NaN for a series that does not vary.
 * Throws RangeError for a value that is not finite or a lag outside 0 … n−1.
 */
export function autocorrelation(series: ArrayLike<number>, lag: number): number {
  const n = series.length;
  if (!(Number.isInteger(lag) && lag >= 0 && lag < n)) throw new RangeError(`${n} values have no lag ${lag}`);
  let sum = 0;
  for (let t = 0; t < n; t++) sum += series[t] as number;
  if (!Number.isFinite(sum)) throw new RangeError('an autocorrelation takes finite values');
  const mean = sum / n;
  let products = 0;
  let squares = 0;
  let varies = false;
  for (let t = 0; t < n; t++) {
    const deviation = (series[t] as number) - mean;
    squares += deviation * deviation;
    if (t + lag < n) products += deviation * ((series[t + lag] as number) - mean);
    // Do not test the squares, because the mean of equal values is rounded.
    if (series[t] !== series[0]) varies = true;
  }
  return varies ? products / squares : Number.NaN;
}
