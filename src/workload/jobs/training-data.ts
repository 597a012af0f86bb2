/** The data of a training job in the workload language, in DLIO's words. */
import { DATA_FORMAT_NAMES, DATA_FORMATS, type DataFormat, formatRow } from '../data-formats.js';
import { READER_CHOICE_NAMES, READER_CHOICES, type ReaderChoice } from '../reader-choices.js';
import { field, type Rows } from '../row.js';
import { rulesFor } from '../rules.js';
import { choice, count, size } from '../value-types.js';

/** What a training job reads, and how. */
export interface TrainingData {
  readonly format: DataFormat;
  readonly reader: ReaderChoice;
  /** Files of the job's own data; null = the workload's dataset. */
  readonly files: number | null;
  readonly samplesPerFile: number;
  /** Bytes of a sample in the job's own data; null = the workload's dataset. */
  readonly recordBytes: number | null;
  readonly recordStdevBytes: number;
  readonly folders: number;
  /** Parquet: samples of a row group. */
  readonly rowGroupSamples: number;
  /** Parquet: columns, and how many of them are read; null = all. */
  readonly columns: number;
  readonly columnsRead: number | null;
  /** What is a sample in NumPy archives that exist. */
  readonly npzSamples: NpzSamples;
}

/** What is a sample in a NumPy archive. */
const NPZ_SAMPLES = {
  file: 'the first array',
  rows: 'each row of the first array, all of which is loaded for it',
  members: 'each array',
} as const;

export type NpzSamples = keyof typeof NPZ_SAMPLES;

const NPZ_SAMPLES_NAMES = Object.keys(NPZ_SAMPLES) as [NpzSamples, ...NpzSamples[]];

const TIB = 1024 ** 4;
const BILLION = 1_000_000_000;

export const trainingData: Rows<TrainingData> = {
  format: field(
    'format',
    choice(DATA_FORMAT_NAMES as [DataFormat, ...DataFormat[]]),
    'npz',
    `Format of the data: ${DATA_FORMAT_NAMES.map((name) => `\`${name}\` ${DATA_FORMATS[name].meaning}`).join('; ')}.`,
  ),
  reader: field(
    'reader',
    choice(READER_CHOICE_NAMES as [ReaderChoice, ...ReaderChoice[]]),
    'format',
    `How samples are read: ${READER_CHOICE_NAMES.map((name) => `\`${name}\` ${READER_CHOICES[name].meaning}`).join('; ')}.`,
  ),
  files: field(
    'num_files_train',
    count(1, BILLION),
    { absent: 'the dataset' },
    'Files of the training data, which feedrate generates. Requires `record_length_bytes`.',
  ),
  samplesPerFile: field(
    'num_samples_per_file',
    count(1, BILLION),
    1,
    'Samples in each generated file, or in each CSV file that exists.',
  ),
  recordBytes: field(
    'record_length_bytes',
    size(1, TIB),
    { absent: 'the dataset' },
    'Bytes of a generated sample, with `num_files_train`. In files that exist: of a record (`raw`) or a window (`nanogpt`).',
  ),
  recordStdevBytes: field(
    'record_length_bytes_stdev',
    size(0, TIB),
    0,
    'Standard deviation of the bytes of a sample. All samples of a file have the same size.',
  ),
  folders: field(
    'num_subfolders_train',
    count(0, 1_000_000),
    0,
    'Directories that the generated files are distributed over, such as one for each class of images.',
  ),
  rowGroupSamples: field('row_group_size', count(1, BILLION), 1024, 'Samples in each row group of a Parquet file.'),
  columns: field('num_columns', count(1, 10_000), 1, 'Columns of a Parquet file, which divide each sample equally.'),
  columnsRead: field(
    'columns_read',
    count(1, 10_000),
    { absent: 'all' },
    'Columns of a Parquet file that are read: the first ones.',
  ),
  npzSamples: field(
    'npz_samples',
    choice(NPZ_SAMPLES_NAMES),
    'file',
    `What a sample is in NumPy archives that exist: ${NPZ_SAMPLES_NAMES.map((name) => `\`${name}\` ${NPZ_SAMPLES[name]}`).join('; ')}.`,
  ),
};

const { rule, condition } = rulesFor<TrainingData>();

export function withFormat(format: DataFormat): string {
  return `with format: ${format}`;
}

export const trainingDataConditions = [
  condition('rowGroupSamples', ['format'], ({ format }) => (formatRow(format).hasColumns ? null : withFormat(format))),
  condition('columns', ['format'], ({ format }) => (formatRow(format).hasColumns ? null : withFormat(format))),
  condition('columnsRead', ['format'], ({ format, columnsRead }) =>
    columnsRead === null || formatRow(format).hasColumns ? null : withFormat(format),
  ),
  condition('npzSamples', ['format', 'files'], ({ npzSamples, format, files }) => {
    if (npzSamples === 'file') return null;
    if (format !== 'npz') return withFormat(format);
    return files === null ? null : 'with num_files_train, because generated archives have one sample each';
  }),
];

export const trainingDataRules = [
  rule(['files', 'recordBytes'], ({ files, recordBytes }, { dataset }) => {
    if (files === null && recordBytes === null) {
      return dataset?.kind === 'existing'
        ? null
        : {
            at: ['files', 'recordBytes'],
            message: 'is required with record_length_bytes, unless the dataset has files that exist (path)',
          };
    }
    if (recordBytes === null) return { at: ['files', 'recordBytes'], message: 'requires record_length_bytes' };
    // Files that exist may be cut into records.
    return files === null && dataset?.kind !== 'existing'
      ? { at: ['recordBytes', 'files'], message: 'requires num_files_train' }
      : null;
  }),
  rule(['samplesPerFile', 'format'], ({ samplesPerFile, format }) =>
    samplesPerFile > 1 && !formatRow(format).manySamples
      ? {
          at: ['samplesPerFile', 'format'],
          message: `must be 1 with format: ${format}, which has one sample per file`,
        }
      : null,
  ),
  rule(['columns', 'columnsRead'], ({ columns, columnsRead }) =>
    columnsRead !== null && columnsRead > columns
      ? {
          at: ['columnsRead', 'columns'],
          message: `${columnsRead} are more columns than the ${columns} of num_columns`,
        }
      : null,
  ),
];
