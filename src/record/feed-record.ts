/** The answer of `feedrate feed`: how many accelerators a target feeds. It is kept with the run that it is computed from. */
import type { AcceleratorModel } from '../training/accelerator-model.js';
import type {
  Limiter,
  LimiterEvidence,
  PredictedFeed,
  PredictionDoubt,
  RecommendedLoader,
} from '../training/predict/prediction.js';
import type { ClientCost } from '../training/predict/ramp.js';

export const FEED_VERSION = 1;

/** A value with its 95 % interval. An end is null where nothing that was measured bounds it. */
export interface FeedInterval {
  readonly low: number | null;
  readonly estimate: number;
  readonly high: number | null;
}

/** Readers that each read one sample after another, without any computation. */
export interface RampStep {
  readonly readers: number;
  readonly samplesPerSecond: number;
  readonly bytesPerSecond: number;
  /** Of one sample, from its first call to its last, ns. */
  readonly medianNs: number;
  readonly p99Ns: number;
}

/** The side of the threshold that an AU is on. `edge`: within 1 % of it. `open`: the trials do not tell. */
export type AuSide = 'above' | 'below' | 'edge' | 'open';

/** A number of accelerators that was emulated. */
export interface EmulatedAu {
  readonly accelerators: number;
  readonly trials: number;
  /** Steps that count, of all trials together. */
  readonly steps: number;
  /** Mean of the trials. */
  readonly au: FeedInterval;
  readonly side: AuSide;
}

/** Another model, predicted from the same measurement. */
export interface FeedWhatIf {
  readonly model: string;
  readonly threshold: number;
  /** Null when the measurement says nothing about this model; `refusal` then says why. */
  readonly accelerators: FeedInterval | null;
  readonly whole: number | null;
  readonly recommended: RecommendedLoader | null;
  readonly refusal: string | null;
}

/** The loader of each accelerator. */
export interface FeedLoader {
  readonly numWorkers: number;
  readonly prefetchFactor: number;
}

export interface FeedRecord {
  readonly feedVersion: number;
  /** The id of the run. */
  readonly run: string;
  readonly target: { readonly name: string; readonly path: string; readonly fileSystem: string };
  readonly model: AcceleratorModel;
  /** `format` (as that format's reader does) or `mlperf-3.0` (whole files). */
  readonly reader: string;
  /** The ranks that measured together, over which accelerators are spread evenly; absent: one process measured. */
  readonly group?: { readonly ranks: number; readonly hosts: number };
  readonly data: { readonly kind: 'generated' | 'existing'; readonly files: number; readonly bytes: number };
  /** The least AU that passes. */
  readonly threshold: number;
  /** n · AU(n) once the target is saturated: the accelerators that it can keep busy all the time. */
  readonly accelerators: FeedInterval;
  readonly acceleratorsFrom: 'emulation' | 'prediction';
  /** The most accelerators whose AU reaches the threshold. */
  readonly whole: number;
  /** `open`: the time did not suffice. `predicted`: nothing was emulated. */
  readonly verdict: 'decided' | 'edge' | 'open' | 'predicted';
  /** Why it is not decided; null if it is. */
  readonly undecided: string | null;
  /** A number of accelerators passed although a smaller one failed. */
  readonly nonMonotone: boolean;
  readonly ramp: readonly RampStep[];
  readonly predicted: readonly PredictedFeed[];
  readonly emulated: readonly EmulatedAu[];
  readonly limiter: { readonly kind: Limiter; readonly evidence: readonly LimiterEvidence[] } | null;
  /** The loader that was emulated. */
  readonly loader: FeedLoader;
  /** The least that suffices; null if the ramp did not measure any. */
  readonly recommended: RecommendedLoader | null;
  readonly client: ClientCost;
  readonly doubts: readonly PredictionDoubt[];
  readonly whatIf: readonly FeedWhatIf[];
  /** What a reader of the numbers must know, one sentence each. */
  readonly notes: readonly string[];
}
