import { createPrng, type Prng } from '../../base/prng.js';
import { BINS, binMidpoint, type Histogram, totalCount } from '../../histogram/histogram.js';
import { latencyCurve } from './latency-curve.js';
import type { Ramp, RampRound } from './ramp.js';

/** Length of a window of time, in mean latencies. */
const WINDOW_SAMPLES = 32;
/** Mean latencies that a stream may be behind its reader. */
const MOST_BEHIND = 1;
/** Share of a round between streams that follow the same reader: the golden ratio, so that no two of them come close. */
const APART = 0.6180339887498949;
/** Values that stand for a histogram. */
const MOST_VALUES = 4096;

interface ModelRound {
  readonly samples: number;
  readonly durationNs: number;
  readonly streams: readonly MeasuredStream[];
  /** The time that all streams cover, ns; 0 if their order is not known. */
  readonly coveredNs: number;
}

/** Consecutive samples of one reader. */
interface MeasuredStream {
  readonly latenciesNs: ArrayLike<number>;
  /** When each began, after the first. */
  readonly startsNs: Float64Array;
}

interface ModelPoint {
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
  const all = latencies.map((latenciesNs) => ({ latenciesNs, startsNs: startsOf(latenciesNs) }));
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

/**
 * Draws the work of samples from the measurement, in windows of time, because stalls come in groups and stop all readers
 * at once. In a window, every stream follows a reader of its own through the same stretch of the same round. A stream that
 * pauses goes on where its reader is by then.
 */
export class WorkSource {
  readonly #points: readonly ModelPoint[];
  /** Means of each point, to which its work is relative. */
  readonly #means: readonly PointMeans[];
  /** The point whose number of readers is nearest, by ratio, for each number of readers. */
  readonly #nearest: Int32Array;
  readonly #windowNs: number;
  readonly #prng: Prng;
  /** The window: where it begins in the replay, its round, where it begins in that, and the mean of its point. */
  #window = -1;
  #round: ModelRound;
  #momentNs = 0;
  #mean: PointMeans;
  /** Of each stream: the window that it was in, and its position in its reader's samples. */
  readonly #windows: Float64Array;
  readonly #positions: Int32Array;

  constructor(model: StorageModel, streams: number, seed: number) {
    this.#points = model.points;
    this.#means = model.points.map(({ rounds }) => meansOf(rounds));
    this.#nearest = Int32Array.from({ length: streams + 1 }, (_, readers) => nearestPoint(model.points, readers));
    this.#windowNs = WINDOW_SAMPLES * model.meanNs(Math.min(streams, model.mostReaders));
    this.#prng = createPrng(seed);
    this.#mean = this.#means[0] as PointMeans;
    this.#round = (model.points[0] as ModelPoint).rounds[0] as ModelRound;
    this.#windows = new Float64Array(streams).fill(-1);
    this.#positions = new Int32Array(streams);
  }

  /** Returns the work of the next sample of a stream when `readers` samples are being read, this one included. */
  next(stream: number, readers: number, nowNs: number): number {
    const window = Math.floor(nowNs / this.#windowNs);
    if (window !== this.#window) this.#open(window, this.#nearest[readers] as number);
    const { streams, coveredNs } = this.#round;
    const { latenciesNs, startsNs } = streams[stream % streams.length] as MeasuredStream;
    const count = latenciesNs.length;
    let position = this.#positions[stream] as number;
    let meanNs = this.#mean.latencyNs;
    if (coveredNs === 0) position = this.#prng.nextBelow(count);
    else {
      // Streams that share a reader keep apart, or they would move in step.
      const apartNs = Math.floor(stream / streams.length) * APART * coveredNs;
      const placeNs = (this.#momentNs + nowNs - window * this.#windowNs + apartNs) % coveredNs;
      const isBehind = placeNs - (startsNs[position] as number) > MOST_BEHIND * meanNs;
      if (window !== this.#windows[stream] || isBehind) {
        position = firstFrom(startsNs, placeNs);
        meanNs = this.#mean.nextNs;
      }
    }
    this.#windows[stream] = window;
    this.#positions[stream] = position + 1 === count ? 0 : position + 1;
    return (latenciesNs[position] as number) / meanNs;
  }

  #open(window: number, pointIndex: number): void {
    const { rounds } = this.#points[pointIndex] as ModelPoint;
    this.#window = window;
    this.#round = rounds[this.#prng.nextBelow(rounds.length)] as ModelRound;
    this.#momentNs = this.#prng.nextFloat() * this.#round.coveredNs;
    this.#mean = this.#means[pointIndex] as PointMeans;
  }
}

/** Returns the first position whose value is at least `least`. The values ascend, and the last is. */
function firstFrom(values: Float64Array, least: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) >= least) high = middle;
    else low = middle + 1;
  }
  return low;
}

interface PointMeans {
  /** Of all samples. */
  readonly latencyNs: number;
  /** Of the sample that begins next after a moment: it follows a long one more often than not. */
  readonly nextNs: number;
}

function meansOf(rounds: readonly ModelRound[]): PointMeans {
  let count = 0;
  let sum = 0;
  let before = 0;
  let weighted = 0;
  for (const { latenciesNs } of rounds.flatMap(({ streams }) => streams)) {
    count += latenciesNs.length;
    for (let i = 0; i < latenciesNs.length; i++) {
      const latencyNs = latenciesNs[i] as number;
      const previousNs = i === 0 ? 0 : (latenciesNs[i - 1] as number);
      sum += latencyNs;
      before += previousNs;
      weighted += previousNs * latencyNs;
    }
  }
  return { latencyNs: sum / count, nextNs: before === 0 ? sum / count : weighted / before };
}

function nearestPoint(points: readonly ModelPoint[], readers: number): number {
  let nearest = 0;
  points.forEach((point, at) => {
    const best = points[nearest] as ModelPoint;
    if (Math.abs(Math.log(point.readers / readers)) < Math.abs(Math.log(best.readers / readers))) nearest = at;
  });
  return nearest;
}
