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

/**
 * Returns the lag-1 autocorrelation of a series around the means of its segments, so that a change between segments does
 * not inflate it: r = Σ eₜeₜ₊₁ over neighbours in a segment, divided by Σ eₜ². With S means estimated from n values, its
 * expectation is about φ − S(1 + 4φ)/n (Marriott and Pope 1954), which is corrected. In [−1, 1]. With fewer than eight
 * values for each segment, the correction is halved rather than carried to extremes. NaN when nothing varies.
 */
export function autocorrelationWithin(segments: readonly (readonly number[])[]): number {
  let [products, squares, n] = [0, 0, 0];
  for (const segment of segments) {
    const mean = segment.reduce((sum, value) => sum + value, 0) / segment.length;
    for (const [t, value] of segment.entries()) {
      squares += (value - mean) ** 2;
      if (t > 0) products += (value - mean) * ((segment[t - 1] as number) - mean);
    }
    n += segment.length;
  }
  const estimated = segments.length;
  const corrected = (products / squares + estimated / n) / Math.max(1 / 2, 1 - (4 * estimated) / n);
  return Math.min(1, Math.max(-1, corrected));
}
