/** The formats of training data, one row each. Fields, plans, writers and readers are derived from these rows. */

/** How a loader goes through a dataset. */
export type Access =
  /** Any sample at any time, as PyTorch's map-style datasets: one index is one sample. */
  | 'map'
  /** Files are dealt out to workers, and each is read from its start to its end, as iterable datasets do. */
  | 'stream';

export interface DataFormatRow {
  /** A clause for the reference. */
  readonly meaning: string;
  /** The end of a file's name. */
  readonly extension: string;
  readonly access: Access;
  /** Whether a file may have more than one sample. */
  readonly manySamples: boolean;
  /** Whether a file has row groups and columns, of which a loader may read some. Absent: no. */
  readonly hasColumns?: true;
}

export const DATA_FORMATS = {
  npz: { meaning: 'NumPy archives, one sample per file', extension: '.npz', access: 'map', manySamples: false },
  npy: { meaning: 'NumPy arrays, one sample per file', extension: '.npy', access: 'map', manySamples: false },
  pt: {
    meaning: 'PyTorch files (`torch.save`), one sample per file',
    extension: '.pt',
    access: 'map',
    manySamples: false,
  },
  jpeg: { meaning: 'images in one folder per class', extension: '.jpg', access: 'map', manySamples: false },
  tfrecord: { meaning: 'TFRecord files of TensorFlow', extension: '.tfrecord', access: 'stream', manySamples: true },
  webdataset: { meaning: 'WebDataset shards (tar)', extension: '.tar', access: 'stream', manySamples: true },
  parquet: {
    meaning: 'Parquet files, read by row groups',
    extension: '.parquet',
    access: 'stream',
    manySamples: true,
    hasColumns: true,
  },
  csv: { meaning: 'CSV files, read from start to end', extension: '.csv', access: 'stream', manySamples: true },
  megatron: {
    meaning: 'indexed tokens of Megatron (.bin and .idx)',
    extension: '.bin',
    access: 'map',
    manySamples: true,
  },
  nanogpt: {
    meaning: 'one mapped file of tokens, read in random windows',
    extension: '.bin',
    access: 'map',
    manySamples: true,
  },
  safetensors: { meaning: 'safetensors files', extension: '.safetensors', access: 'map', manySamples: true },
  mds: { meaning: 'shards of MosaicML Streaming', extension: '.mds', access: 'map', manySamples: true },
  hdf5: { meaning: 'HDF5 files with one dataset', extension: '.h5', access: 'map', manySamples: true },
  raw: { meaning: 'records of one length, one after the other', extension: '.bin', access: 'map', manySamples: true },
} as const satisfies Readonly<Record<string, DataFormatRow>>;

export type DataFormat = keyof typeof DATA_FORMATS;

export const DATA_FORMAT_NAMES = Object.keys(DATA_FORMATS) as readonly DataFormat[];

/** Returns the row of a format. */
export function formatRow(format: DataFormat): DataFormatRow {
  return DATA_FORMATS[format];
}
