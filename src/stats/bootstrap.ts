import { mean, quantileSorted } from 'simple-statistics';
import type { Prng } from '../base/prng.js';
import { normalCdf, normalQuantile } from './normal.js';

const CONFIDENCE = 0.95;
const RESAMPLES = 9999;

/** A statistic of one or more samples. The arrays are used again: it must not keep them. It may sort them. */
export type SampleStatistic = (...samples: Float64Array[]) => number;

export interface BootstrapOptions {
  readonly confidence?: number;
  readonly resamples?: number;
  /**
   * BCa corrects the bias and skewness of the percentiles. Its acceleration is by the jackknife, which is unsound for a
   * statistic that is not smooth: for medians and other quantiles use percentiles.
   */
  readonly method?: 'percentile' | 'bca';
}

export interface BootstrapInterval {
  /** The statistic of the samples themselves. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/**
 * A bootstrap interval (Efron & Tibshirani 1993, chapters 13 and 14) of a statistic of one or more independent samples,
 * each resampled with replacement. Draws all resamples that it is asked for.
 * Throws RangeError for an empty sample, a value or replicate that is not finite, and options out of range.
 */
export function bootstrap(
  samples: readonly (readonly number[])[],
  statistic: SampleStatistic,
  random: Prng,
  { confidence = CONFIDENCE, resamples = RESAMPLES, method = 'percentile' }: BootstrapOptions = {},
): BootstrapInterval {
  checkSamples(samples);
  checkResamples(resamples);
  const estimate = statistic(...samples.map((sample) => Float64Array.from(sample)));
  const drawn = samples.map((sample) => new Float64Array(sample.length));
  const replicates = Float64Array.from({ length: resamples }, () => {
    for (const [index, sample] of samples.entries()) {
      const into = drawn[index] as Float64Array;
      for (let i = 0; i < into.length; i++) into[i] = sample[random.nextBelow(sample.length)] as number;
    }
    return statistic(...drawn);
  });
  const interval =
    method === 'bca'
      ? bcaInterval(estimate, replicates, acceleration(samples, statistic), confidence)
      : percentileInterval(replicates, confidence);
  return { estimate, ...interval };
}

/** The type-7 quantiles (1 ∓ confidence)/2 of the replicates. Throws RangeError as bootstrap does. */
export function percentileInterval(replicates: ArrayLike<number>, confidence: number): { low: number; high: number } {
  checkConfidence(confidence);
  return between(replicates, (1 - confidence) / 2, (1 + confidence) / 2);
}

/**
 * The quantiles α′ = Φ(z₀ + (z₀+z)/(1 − a·(z₀+z))) of the replicates, z = Φ⁻¹((1 ∓ confidence)/2), where z₀ is Φ⁻¹ of
 * the share of replicates below the estimate (an equal one counts half). That share is kept half a replicate from 0
 * and 1: scipy has no interval there. Throws RangeError as bootstrap does.
 */
export function bcaInterval(
  estimate: number,
  replicates: ArrayLike<number>,
  accelerationOfStatistic: number,
  confidence: number,
): { low: number; high: number } {
  checkConfidence(confidence);
  const n = replicates.length;
  let below = 0;
  for (let i = 0; i < n; i++) {
    const replicate = replicates[i] as number;
    below += replicate < estimate ? 1 : replicate === estimate ? 0.5 : 0;
  }
  const bias = normalQuantile(Math.max(0.5, Math.min(n - 0.5, below)) / n);
  const adjusted = (probability: number) => {
    const moved = bias + normalQuantile(probability);
    const stretch = 1 - accelerationOfStatistic * moved;
    // Past the pole of the correction everything is further out than any replicate.
    if (stretch <= 0) return moved > 0 ? 1 : 0;
    return normalCdf(bias + moved / stretch);
  };
  return between(replicates, adjusted((1 - confidence) / 2), adjusted((1 + confidence) / 2));
}

/**
 * The acceleration a of BCa by the jackknife, of any number of samples as in scipy's `_bca_interval`:
 * a = ⅙·Σⱼ(Σᵢ Uᵢⱼ³/nⱼ³) / (Σⱼ Σᵢ Uᵢⱼ²/nⱼ²)^1.5, Uᵢⱼ = (nⱼ−1)·(θ̄ⱼ − θᵢⱼ), θᵢⱼ without the i-th value of sample j.
 * 0 for a statistic that no value moves. Throws RangeError as bootstrap does, and for a sample of one value.
 */
export function acceleration(samples: readonly (readonly number[])[], statistic: SampleStatistic): number {
  checkSamples(samples);
  let cubes = 0;
  let squares = 0;
  for (const [j, sample] of samples.entries()) {
    const n = sample.length;
    if (n < 2) throw new RangeError('a jackknife takes at least two values a sample');
    const without = sample.map((_, left) =>
      statistic(...samples.map((other, k) => Float64Array.from(k === j ? other.filter((_, i) => i !== left) : other))),
    );
    const center = mean(without);
    for (const value of without) {
      const influence = ((n - 1) * (center - value)) / n;
      cubes += influence ** 3;
      squares += influence ** 2;
    }
  }
  return squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
}

function between(replicates: ArrayLike<number>, from: number, to: number): { low: number; high: number } {
  const sorted = Array.from(Float64Array.from(replicates).sort());
  if (sorted.length === 0 || !sorted.every(Number.isFinite)) throw new RangeError('replicates are finite numbers');
  return { low: quantileSorted(sorted, from), high: quantileSorted(sorted, to) };
}

function checkSamples(samples: readonly (readonly number[])[]): void {
  if (samples.length === 0 || samples.some((sample) => sample.length === 0)) {
    throw new RangeError('a bootstrap takes samples that are not empty');
  }
  if (!samples.every((sample) => sample.every(Number.isFinite)))
    throw new RangeError('a bootstrap takes finite values');
}

export function checkResamples(resamples: number): void {
  if (!(Number.isInteger(resamples) && resamples >= 1)) {
    throw new RangeError(`resamples are counted from 1, not ${resamples}`);
  }
}

function checkConfidence(confidence: number): void {
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`a confidence is in (0, 1), not ${confidence}`);
}
