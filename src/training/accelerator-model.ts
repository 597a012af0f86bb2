import type { DataFormat } from '../workload/data-formats.js';

/** A model on an accelerator, as a benchmark or a user states it: what it needs of its data. */
export interface AcceleratorModel {
  /** Such as `retinanet-b200`. */
  readonly name: string;
  readonly model: string;
  readonly accelerator: string;
  /** The edition that the numbers are from, such as `MLPerf Storage 3.0`, and where they are published. */
  readonly round: string;
  readonly source: string;
  readonly format: DataFormat;
  /** Bytes of a record on average, and their standard deviation over files. */
  readonly recordBytes: number;
  readonly recordStdevBytes: number;
  /** The bytes of a record that the loader reads: fewer than `recordBytes` if it chooses columns. */
  readonly readBytes: number;
  /** Files of the whole dataset. */
  readonly files: number;
  readonly samplesPerFile: number;
  readonly batchSize: number;
  /** Time of one step, ns. */
  readonly computeNs: number;
  /** DLIO's `read_threads` and `prefetch_size` there. */
  readonly readThreads: number;
  readonly prefetchSize: number;
  /** The least AU that passes, such as 0.9. */
  readonly leastAu: number;
  readonly epochs: number;
}
