import { createPrng } from '../../base/prng.js';
import type { Estimate } from './prediction.js';
import { modelOfPasses, type StorageModel } from './storage-model.js';

/** Resamples of an interval: enough for a standard error to within some 15 %. */
const RESAMPLES = 24;

/** 97.5 % quantiles of Student's t for 1 to 10 degrees of freedom. */
const STUDENT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
const NORMAL = 1.96;

/**
 * Returns a value with its 95 % interval by a bootstrap over the passes of the measurement. A resample has one pass less
 * than the measurement, which makes its variance unbiased, and Student's t allows for few passes.
 */
export function estimateOf(
  model: StorageModel,
  value: (model: StorageModel, seed: number) => number,
  seed: number,
  isFraction: boolean,
): Estimate {
  const estimate = value(model, seed);
  const passes = Math.min(...model.points.map(({ rounds }) => rounds.length));
  if (passes < 2) return { low: null, estimate, high: null };
  const prng = createPrng(seed, passes);
  const values = Array.from({ length: RESAMPLES }, (_, resample) => {
    const chosen = Array.from({ length: passes - 1 }, () => prng.nextBelow(passes));
    return value(modelOfPasses(model, chosen), seed + resample + 1);
  });
  const mean = values.reduce((sum, each) => sum + each, 0) / RESAMPLES;
  const variance = values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (RESAMPLES - 1);
  const half = studentQuantile(passes - 1) * Math.sqrt(variance);
  const most = isFraction ? 1 : Infinity;
  return { low: Math.max(0, estimate - half), estimate, high: Math.min(most, estimate + half) };
}

function studentQuantile(freedom: number): number {
  // Beyond the table, the first terms of the expansion in 1/ν (Abramowitz and Stegun 26.7.5) are right to 0.1 %.
  return STUDENT[freedom - 1] ?? NORMAL + (NORMAL ** 3 + NORMAL) / (4 * freedom) + 2.83 / freedom ** 2;
}
