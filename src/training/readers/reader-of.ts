import type { DataFormat } from '../../workload/data-formats.js';
import type { ReaderChoice } from '../../workload/reader-choices.js';
import type { FileGeometry } from '../dataset-shape.js';
import { csvReader } from './csv-reader.js';
import { hdf5Reader } from './hdf5-reader.js';
import { jpegReader } from './jpeg-reader.js';
import { mdsReader } from './mds-reader.js';
import { megatronReader } from './megatron-reader.js';
import { nanogptReader } from './nanogpt-reader.js';
import { npyReader } from './npy-reader.js';
import { npzReader } from './npz-reader.js';
import { parquetReader } from './parquet-reader.js';
import { ptReader } from './pt-reader.js';
import { rawReader } from './raw-reader.js';
import { safetensorsReader } from './safetensors-reader.js';
import type { ReaderFactory } from './sample-reader.js';
import { tfrecordReader } from './tfrecord-reader.js';
import { webdatasetReader } from './webdataset-reader.js';
import { wholeFileReader } from './whole-file-reader.js';

/** The reader of each format. A reader is given files of its own format only, with their geometry. */
const FORMAT_READERS = {
  npz: npzReader,
  npy: npyReader,
  pt: ptReader,
  jpeg: jpegReader,
  tfrecord: tfrecordReader,
  webdataset: webdatasetReader,
  parquet: parquetReader,
  csv: csvReader,
  megatron: megatronReader,
  nanogpt: nanogptReader,
  safetensors: safetensorsReader,
  mds: mdsReader,
  hdf5: hdf5Reader,
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
