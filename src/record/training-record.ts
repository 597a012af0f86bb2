/** What a training job measured besides its operations. Times are ns, summed over a rank's steps, then the mean of ranks. */
export interface TrainingRecord {
  /** The format of the data, and how it was read: `format` (as that format's reader does) or `mlperf-3.0` (whole files). */
  readonly format: string;
  readonly reader: string;
  /** Emulated accelerators: ranks that wait for one another after every step. */
  readonly accelerators: number;
  /** Workers of each rank's loader. */
  readonly readThreads: number;
  readonly prefetchFactor: number;
  readonly batchSize: number;
  /** Mean time of the accelerator for a step, ns. */
  readonly computeNs: number;
  readonly epochs: readonly EpochRecord[];
  /** Batches that were ready and not handed over, mean over ranks, sampled at regular times since the common start. */
  readonly ready: readonly { readonly atNs: number; readonly batches: number }[];
}

export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  readonly steps: number;
  /** Samples that all ranks together were given. */
  readonly samples: number;
  /** Bytes of these samples, without headers, padding and what was read besides. */
  readonly sampleBytes: number;
  /** Before the first batch was asked for, and after the last barrier; ns since the common start. */
  readonly startNs: number;
  readonly endNs: number;
  /** Time in which accelerators computed, waited for data, and waited for one another. */
  readonly computeNs: number;
  readonly waitNs: number;
  readonly barrierNs: number;
  /** The part of the epoch from the start to the end of its first step, and the compute time in it. */
  readonly firstStepNs: number;
  readonly firstComputeNs: number;
  /**
   * The steps without those that the loader's stock distorts: `workers` × `prefetchFactor` steps at each end. Null when
   * too few are left.
   */
  readonly steady: { readonly steps: number; readonly wallNs: number; readonly computeNs: number } | null;
  /** Steps whose wait was longer than half of the step's compute time. */
  readonly stalls: number;
  readonly longestStallNs: number;
  /** The step (from 1) of the longest stall; null without one. */
  readonly longestStallStep: number | null;
}
