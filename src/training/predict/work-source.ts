import { createPrng, type Prng } from '../../base/prng.js';
import {
  firstFrom,
  type MeasuredStream,
  type ModelPoint,
  type ModelRound,
  type StorageModel,
} from './storage-model.js';

/** Length of a window of time, in mean latencies. */
const WINDOW_SAMPLES = 32;
/** Mean latencies that a stream may be behind its reader. */
const MOST_BEHIND = 1;
/** Share of a round between streams that follow the same reader: the golden ratio, so that no two of them come close. */
const APART = 0.6180339887498949;

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
