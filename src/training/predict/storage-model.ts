import { createPrng } from '../../base/prng.js';
import { BINS, binMidpoint, type Histogram, totalCount } from '../../histogram/histogram.js';
import { latencyCurve } from './latency-curve.js';
import type { Ramp, RampRound } from './ramp.js';

/** Values that stand for a histogram. */
const MOST_VALUES = 4096;

/** One pass over the ramp at one number of readers. */
export interface ModelRound {
  readonly samples: number;
  readonly durationNs: number;
  readonly streams: readonly MeasuredStream[];
  /** The time that all streams cover, ns; 0 if their order is not known. */
  readonly coveredNs: number;
}

/** Consecutive samples of one reader. */
export interface MeasuredStream {
  readonly latenciesNs: ArrayLike<number>;
  /** When each began, after the first. */
  readonly startsNs: Float64Array;
}

/** One number of readers. */
export interface ModelPoint {
  readonly readers: number;
  readonly rounds: readonly ModelRound[];
}

/**
 * The storage as a ramp measured it. A sample needs an amount of work that is 1 on average; with k samples being read,
 * each advances by 1/L(k) per ns, where L(k) = k / X(k) by Little's law. With k readers that never pause, the model
 * therefore has the measured rate X(k) and the measured latencies, and between these it passes from one to the other.
 */
export interface StorageModel {
  readonly points: readonly ModelPoint[];
  readonly mostReaders: number;
  /** Mean time of a sample with k readers, ns. Beyond the ramp the rate stays as it was at its end. */
  readonly meanNs: (readers: number) => number;
}

/** Returns a model of all rounds of a ramp. */
export function storageModel(ramp: Ramp): StorageModel {
  return modelOf(
    ramp.points.map(({ readers, rounds }) => ({
      readers,
      rounds: rounds.map(modelRound),
    })),
  );
}

function modelRound({ samples, durationNs, latencies }: RampRound): ModelRound {
  if ('counts' in latencies) {
    const latenciesNs = expanded(latencies);
    return { samples, durationNs, streams: [{ latenciesNs, startsNs: latenciesNs }], coveredNs: 0 };
  }
  const begun = latencies.filter(({ length }) => length > 0);
  const all = begun.map((latenciesNs) => ({ latenciesNs, startsNs: startsOf(latenciesNs) }));
  const coveredNs = Math.min(...all.map(({ startsNs }) => startsNs.at(-1) as number));
  const streams = all.map(({ latenciesNs, startsNs }) => {
    const covered = firstFrom(startsNs, coveredNs) + 1;
    return {
      latenciesNs: Array.prototype.slice.call(latenciesNs, 0, covered),
      startsNs: startsNs.subarray(0, covered),
    };
  });
  return { samples, durationNs, streams, coveredNs };
}

function startsOf(latenciesNs: ArrayLike<number>): Float64Array {
  const startsNs = new Float64Array(latenciesNs.length);
  for (let i = 1; i < startsNs.length; i++) startsNs[i] = (startsNs[i - 1] as number) + (latenciesNs[i - 1] as number);
  return startsNs;
}

/** Returns a model of chosen passes over the ramp. A pass may be chosen more than once. */
export function modelOfPasses(model: StorageModel, passes: readonly number[]): StorageModel {
  return modelOf(
    model.points.map(({ readers, rounds }) => ({
      readers,
      rounds: passes.map((pass) => rounds[pass % rounds.length] as ModelRound),
    })),
  );
}

function modelOf(points: readonly ModelPoint[]): StorageModel {
  const meanNs = latencyCurve(
    points.map(({ readers, rounds }) => ({ readers, meanNs: meanSampleNs(readers, rounds) })),
  );
  return { points, mostReaders: (points.at(-1) as ModelPoint).readers, meanNs };
}

function meanSampleNs(readers: number, rounds: readonly RampShare[]): number {
  const samples = rounds.reduce((sum, round) => sum + round.samples, 0);
  return (readers * rounds.reduce((sum, round) => sum + round.durationNs, 0)) / samples;
}

type RampShare = Pick<RampRound, 'samples' | 'durationNs'>;

/** Returns values at equal shares of a histogram, in random order. */
function expanded(histogram: Histogram): Float64Array {
  const count = totalCount(histogram);
  const values = new Float64Array(Math.min(count, MOST_VALUES));
  let seen = 0;
  let filled = 0;
  for (let bin = 0; bin < BINS && filled < values.length; bin++) {
    seen += histogram.counts[bin] as number;
    while (filled < values.length && ((filled + 0.5) / values.length) * count < seen)
      values[filled++] = binMidpoint(bin);
  }
  const prng = createPrng(count);
  for (let i = values.length - 1; i > 0; i--) {
    const j = prng.nextBelow(i + 1);
    const value = values[i] as number;
    values[i] = values[j] as number;
    values[j] = value;
  }
  return values;
}

/** Returns the first position whose value is at least `least`. The values ascend, and the last is. */
export function firstFrom(values: Float64Array, least: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) >= least) high = middle;
    else low = middle + 1;
  }
  return low;
}
