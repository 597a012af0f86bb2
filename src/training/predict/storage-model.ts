import { createPrng } from '../../base/prng.js';
import { BINS, binMidpoint, type Histogram, totalCount } from '../../histogram/histogram.js';
import type { Ramp, RampRound } from './ramp.js';

/** Consecutive samples that a stream takes from one place of the measurement, about. */
const BLOCK_SAMPLES = 16;
/** Values that stand for a histogram. */
const MOST_VALUES = 4096;

interface ModelRound {
  readonly samples: number;
  readonly durationNs: number;
  /** Latencies, one array per reader. */
  readonly readers: readonly ArrayLike<number>[];
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
      rounds: rounds.map((round) => ({
        samples: round.samples,
        durationNs: round.durationNs,
        readers: 'counts' in round.latencies ? [expanded(round.latencies)] : round.latencies,
      })),
    })),
  );
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
  const known = points.map(({ readers, rounds }) => ({ readers, meanNs: meanSampleNs(readers, rounds) }));
  const last = known.at(-1) as { readers: number; meanNs: number };
  const meanNs = (readers: number) => {
    if (readers >= last.readers) return (last.meanNs * readers) / last.readers;
    const above = known.findIndex((point) => point.readers > readers);
    const high = known[above] as { readers: number; meanNs: number };
    const low = known[above - 1] ?? high;
    if (low === high) return high.meanNs;
    // Latency, not rate: it is a straight line both far below and far above the point where a station saturates.
    const share = (readers - low.readers) / (high.readers - low.readers);
    return low.meanNs + share * (high.meanNs - low.meanNs);
  };
  return { points, mostReaders: last.readers, meanNs };
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
 * Draws the work of samples from the measurement, in blocks of consecutive ones, because stalls come in groups. Streams
 * that begin a block in the same window of time take it from the same moment of the same round, each from a reader of its
 * own, because a stall of the storage stops all readers at once.
 */
export class WorkSource {
  readonly #points: readonly ModelPoint[];
  /** Mean of the measured latencies of each point, to which its work is relative. */
  readonly #means: readonly number[];
  /** The point whose number of readers is nearest, by ratio, for each number of readers. */
  readonly #nearest: Int32Array;
  readonly #windowNs: number;
  readonly #seed: number;
  /** Of each stream: window, values, next position and scale of its block. */
  readonly #windows: Float64Array;
  readonly #values: ArrayLike<number>[];
  readonly #positions: Int32Array;
  readonly #scales: Float64Array;

  constructor(model: StorageModel, streams: number, seed: number) {
    this.#points = model.points;
    this.#means = model.points.map(({ rounds }) => meanLatency(rounds));
    this.#nearest = Int32Array.from({ length: streams + 1 }, (_, readers) => nearestPoint(model.points, readers));
    this.#windowNs = BLOCK_SAMPLES * model.meanNs(Math.min(streams, model.mostReaders));
    this.#seed = seed;
    this.#windows = new Float64Array(streams).fill(-1);
    this.#values = new Array<ArrayLike<number>>(streams).fill([]);
    this.#positions = new Int32Array(streams);
    this.#scales = new Float64Array(streams);
  }

  /** Returns the work of the next sample of a stream when `readers` samples are being read, this one included. */
  next(stream: number, readers: number, nowNs: number): number {
    const window = Math.floor(nowNs / this.#windowNs);
    if (window !== this.#windows[stream]) this.#begin(stream, window, this.#nearest[readers] as number);
    const values = this.#values[stream] as ArrayLike<number>;
    const position = this.#positions[stream] as number;
    this.#positions[stream] = position + 1 === values.length ? 0 : position + 1;
    return (values[position] as number) * (this.#scales[stream] as number);
  }

  #begin(stream: number, window: number, pointIndex: number): void {
    const point = this.#points[pointIndex] as ModelPoint;
    // More streams than readers were measured: those beyond take another moment, or they would move in step.
    const prng = createPrng(this.#seed, window, Math.floor(stream / point.readers));
    const round = point.rounds[prng.nextBelow(point.rounds.length)] as ModelRound;
    const moment = prng.nextFloat();
    const values = round.readers[(stream % point.readers) % round.readers.length] as ArrayLike<number>;
    // A histogram has no moments: every stream draws for itself.
    const shift = round.readers.length < point.readers ? Math.imul(stream + 1, 0x9e3779b1) >>> 0 : 0;
    this.#windows[stream] = window;
    this.#values[stream] = values;
    this.#positions[stream] = (Math.floor(moment * values.length) + shift) % values.length;
    this.#scales[stream] = 1 / (this.#means[pointIndex] as number);
  }
}

function meanLatency(rounds: readonly ModelRound[]): number {
  let sum = 0;
  let count = 0;
  for (const values of rounds.flatMap(({ readers }) => readers)) {
    count += values.length;
    for (let i = 0; i < values.length; i++) sum += values[i] as number;
  }
  return sum / count;
}

function nearestPoint(points: readonly ModelPoint[], readers: number): number {
  let nearest = 0;
  points.forEach((point, at) => {
    const best = points[nearest] as ModelPoint;
    if (Math.abs(Math.log(point.readers / readers)) < Math.abs(Math.log(best.readers / readers))) nearest = at;
  });
  return nearest;
}
