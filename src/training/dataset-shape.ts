import type { DataFormat } from '../workload/data-formats.js';

/** A column of a Parquet file. */
export interface DataColumn {
  readonly name: string;
  /** Bytes of one value. */
  readonly bytes: number;
  /** Whether the loader reads it. */
  readonly isRead: boolean;
}

/** What a generated dataset is made of. DLIO's words are in brackets. */
export interface DatasetShape {
  readonly format: DataFormat;
  /** `num_files_train` */
  readonly files: number;
  /** `num_samples_per_file` */
  readonly samplesPerFile: number;
  /** Bytes of a sample's content on average (`record_length_bytes`). */
  readonly recordBytes: number;
  /** Standard deviation of a sample's bytes, over files (`record_length_bytes_stdev`). */
  readonly recordStdevBytes: number;
  /** Directories that the files are dealt out to (`num_subfolders_train`); 0 = none. */
  readonly folders: number;
  /** Parquet: samples of a row group, and the columns; empty: one column that is read. */
  readonly rowGroupSamples: number;
  readonly columns: readonly DataColumn[];
  /** Of sizes and content. */
  readonly seed: number;
}

/** A place in a file. */
export interface FileSpan {
  readonly offsetBytes: number;
  readonly bytes: number;
}

/** Where the parts of one file are. A format adds what its reader needs to know besides. */
export interface FileGeometry {
  /** Bytes of the whole file. */
  readonly bytes: number;
  readonly samples: number;
  /** Returns the place of a sample's content, without headers and padding. `sample` counts from 0. */
  readonly sampleAt: (sample: number) => FileSpan;
}

/** A file of a dataset as a reader is given it. */
export interface SampleFile<G extends FileGeometry = FileGeometry> {
  readonly path: string;
  readonly geometry: G;
}
