import type { AcceleratorModel } from '../training/accelerator-model.js';
import type { NamedPath } from './request.js';

/** What `feedrate feed` is asked. */
export interface FeedRequest {
  readonly target: NamedPath;
  /** The user's own files, relative to the target; null: data is generated. */
  readonly dataPath: string | null;
  readonly model: AcceleratorModel;
  readonly reader: 'format' | 'mlperf-3.0';
  /** `num_workers` and `prefetch_factor` of each loader; null: the least that suffices is found. */
  readonly workers: number | null;
  readonly prefetchFactor: number | null;
  /** Time of a worker for each sample after it was read, such as decoding, ns. */
  readonly preprocessNs: number;
  /** Time of the training process to take a batch over from a worker, besides what the emulation itself takes, ns. */
  readonly handOverNs: number;
  readonly whatIf: readonly AcceleratorModel[];
  /** The accelerators that must be fed; null: none must. */
  readonly need: number | null;
  /** Time from the start to the answer, laying out data included. */
  readonly budgetNs: number;
}
