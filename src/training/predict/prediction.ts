import type { AcceleratorModel } from '../accelerator-model.js';
import type { LoaderSettings } from '../loader-rule.js';
import type { ClientCost } from './ramp.js';

/** What a training needs of its data. An `AcceleratorModel` has all of it. */
export type FeedDemand = Pick<
  AcceleratorModel,
  'name' | 'format' | 'recordBytes' | 'recordStdevBytes' | 'batchSize' | 'computeNs' | 'leastAu'
>;

/** A value with its 95 % interval over the rounds of the measurement; null if there was only one round. */
export interface Estimate {
  readonly low: number | null;
  readonly estimate: number;
  readonly high: number | null;
}

/** What is predicted for one number of accelerators. */
export interface PredictedFeed {
  readonly accelerators: number;
  /** Without the distorted steps at both ends of an epoch. */
  readonly au: Estimate;
  /** By the reference's formula, for an epoch of `referenceSteps` steps. Short epochs inflate it. */
  readonly referenceAu: number;
  readonly referenceSteps: number;
  readonly samplesPerSecond: number;
  /** Mean of a step, ns: until the batch is there, and for the other ranks. */
  readonly waitNs: number;
  readonly barrierNs: number;
}

/** Why nothing is predicted. `readers`: more readers would be at work than were measured. */
export interface Refusal {
  readonly reason: 'readers' | 'record-size' | 'format' | 'reader' | 'cache';
  /** What was asked for and what was measured, as a sentence. */
  readonly message: string;
  /** `readers`: how many have to be measured for an answer; else null. */
  readonly readersNeeded: number | null;
}

/** What keeps more accelerators from being fed. */
export type Limiter =
  /** Each stream is slow, and the mount serves more of them: more workers help, or more connections. */
  | 'one-stream'
  | 'storage'
  | 'network'
  /** The client's processors. */
  | 'client-cpu'
  /** The hand-over of batches: the loader itself. */
  | 'harness'
  /** Nothing: the accelerators compute all the time. */
  | 'accelerator';

/** A figure that speaks for a limiter. */
export interface LimiterEvidence {
  /** A clause without the figure: `samples/s gained from 8 to 16 readers`. */
  readonly what: string;
  readonly value: number;
  readonly unit: 'share' | 'count' | 'ns' | 'bytes/s' | 'samples/s';
}

/** A reason to trust a prediction less. The message is a sentence. */
export interface PredictionDoubt {
  readonly reason: 'short-steps' | 'small-batches' | 'few-steps' | 'not-saturated' | 'one-round';
  readonly message: string;
}

/** Settings of PyTorch's DataLoader. */
export interface RecommendedLoader {
  /** `num_workers` and `prefetch_factor`. */
  readonly numWorkers: number;
  readonly prefetchFactor: number;
  /** The AU with them, and the best that any measured setting reaches. */
  readonly au: number;
  readonly bestAu: number;
}

/** What a measured mount can feed. */
export interface FeedPrediction {
  readonly demand: FeedDemand;
  readonly loader: LoaderSettings;
  /** What the client is assumed to take. */
  readonly client: ClientCost;
  /** Accelerators that the mount keeps busy, as a fraction: n·AU(n) when it is saturated. */
  readonly accelerators: Estimate;
  /** Whether `accelerators` is only a lower bound, because the measurement did not saturate the storage. */
  readonly isLowerBound: boolean;
  /** The most accelerators that reach the threshold, all fed at the same time. */
  readonly whole: number;
  readonly threshold: number;
  readonly au: readonly PredictedFeed[];
  /** What keeps the accelerators after `whole` from being fed; null if that was not measured. */
  readonly limiter: { readonly kind: Limiter; readonly evidence: readonly LimiterEvidence[] } | null;
  /** For `whole` accelerators, or for one if there is none; null if too few readers were measured for any. */
  readonly recommended: RecommendedLoader | null;
  readonly doubts: readonly PredictionDoubt[];
}
