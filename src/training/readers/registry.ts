import type { DataFormat } from '../../workload/data-formats.js';
import type { ReaderChoice } from '../../workload/reader-choices.js';
import type { FileGeometry } from '../dataset-shape.js';
import { npzReader } from './npz-reader.js';
import { rawReader } from './raw-reader.js';
import type { ReaderFactory } from './sample-reader.js';
import { wholeFileReader } from './whole-file-reader.js';

/** The reader of each format. A reader is given files of its own format only, with their geometry. */
const FORMAT_READERS = {
  npz: npzReader,
  npy: wholeFileReader,
  jpeg: wholeFileReader,
  tfrecord: wholeFileReader,
  webdataset: wholeFileReader,
  parquet: wholeFileReader,
  csv: wholeFileReader,
  megatron: rawReader,
  nanogpt: rawReader,
  safetensors: wholeFileReader,
  mds: rawReader,
  hdf5: rawReader,
  raw: rawReader,
} as const satisfies Readonly<Record<DataFormat, ReaderFactory<never>>>;

const READERS: Readonly<Record<ReaderChoice, (format: DataFormat) => ReaderFactory<never>>> = {
  format: (format) => FORMAT_READERS[format],
  'mlperf-3.0': () => wholeFileReader,
};

/** Returns the factory of the reader that a user chose, for files of a format. */
export function readerOf(choice: ReaderChoice, format: DataFormat): ReaderFactory {
  return READERS[choice](format) as ReaderFactory<FileGeometry>;
}
