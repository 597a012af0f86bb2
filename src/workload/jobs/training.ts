/** The job kind `training` in the workload language, in DLIO's words. */
import { type CheckpointWriter, WRITER_NAMES, WRITERS } from '../checkpoint-writers.js';
import { blocks } from '../composite-types.js';
import { DATA_FORMAT_NAMES, DATA_FORMATS, type DataFormat, formatRow } from '../data-formats.js';
import { capabilitiesOf, ENGINES, type Engine } from '../engines.js';
import { MODELS, type ModelName, ranksOf } from '../model-words.js';
import { READER_CHOICE_NAMES, READER_CHOICES, type ReaderChoice } from '../reader-choices.js';
import { field } from '../row.js';
import { rulesFor } from '../rules.js';
import { meanOfSpread, type TimeSpread, timeSpread } from '../time-spread.js';
import { choice, count, flag, size } from '../value-types.js';
import type { FileShare } from '../values.js';
import type { CommonJob, JobKind } from './job-kind.js';
import { common } from './shared-fields.js';
import { commonConditions, commonRules } from './shared-rules.js';
import { stagingRow, stateRows } from './state-fields.js';

/** `seed`: another order in each epoch, which follows from `randseed`. */
export type Shuffle = 'off' | 'seed';

/** Emulates accelerators that compute, and the loader that feeds them. `numjobs` is their number. */
export interface TrainingJob extends CommonJob {
  readonly kind: 'training';
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
  readonly batchSize: number;
  /** Workers of each accelerator's loader; 0 = the training process loads its batches itself. */
  readonly readThreads: number;
  /** Batches that each worker prepares ahead; null = from `prefetchSize`. */
  readonly prefetchFactor: number | null;
  /** DLIO's batches ahead of all workers together; null = PyTorch's default. */
  readonly prefetchSize: number | null;
  readonly computationTime: TimeSpread;
  readonly preprocessTime: TimeSpread;
  readonly epochs: number;
  /** Most steps in all epochs together; null = all of them. */
  readonly totalSteps: number | null;
  readonly fileShuffle: Shuffle;
  readonly sampleShuffle: Shuffle;
  readonly dropLast: boolean;
  readonly inOrder: boolean;
  readonly persistentWorkers: boolean;
  /** Steps, and epochs, after which a checkpoint is saved; null = never. Steps count on over epochs. */
  readonly stepsBetween: number | null;
  readonly epochsBetween: number | null;
  /** The first epoch after which `epochsBetween` saves. */
  readonly firstSavedEpoch: number;
  /** Bytes of a checkpoint, all accelerators together; null = from `model` or `params`. */
  readonly modelBytes: number | null;
  readonly model: ModelName | null;
  readonly params: number | null;
  readonly scale: number | FileShare;
  readonly writer: CheckpointWriter;
  readonly checkpointMode: 'sync' | 'async';
  readonly stagingBytesPerSecond: number;
}

/** The longest write call of a checkpoint. Every thread of a training job has a buffer of this size. */
export const SAVED_BLOCK_BYTES = 16 * 1024 ** 2;

/** Returns whether a job saves checkpoints. */
export function savesCheckpoints(job: Pick<TrainingJob, 'stepsBetween' | 'epochsBetween'>): boolean {
  // Jobs that were planned before there were checkpoints have neither.
  return (job.stepsBetween ?? null) !== null || (job.epochsBetween ?? null) !== null;
}

const TIB = 1024 ** 4;
const BILLION = 1_000_000_000;
/** More threads than this are refused: they would measure the scheduler. */
const THREADS_MAX = 1023;
/** PyTorch's default. */
const PREFETCH_FACTOR = 2;

/** Returns how many batches each worker of a loader prepares ahead, as DLIO passes it to PyTorch. */
export function prefetchFactorOf(job: Pick<TrainingJob, 'prefetchFactor' | 'prefetchSize' | 'readThreads'>): number {
  const { prefetchFactor, prefetchSize, readThreads } = job;
  if (prefetchFactor !== null) return prefetchFactor;
  if (prefetchSize === null || prefetchSize === 0 || readThreads === 0) return PREFETCH_FACTOR;
  return Math.ceil(prefetchSize / readThreads);
}

const able = (Object.keys(ENGINES) as Engine[]).filter(
  (name) => ENGINES[name].readsSamples && ENGINES[name].help !== null,
);
const shuffle = choice(['off', 'seed'], {
  random: 'write seed: feedrate repeats the same orders with the same randseed',
});

const { rule, condition } = rulesFor<TrainingJob>();

/** Plain shards have no size here but `model_size`, which any writer takes. */
const STATE_WRITERS = WRITER_NAMES.filter((name) => WRITERS[name].writesState) as [CheckpointWriter, ...CheckpointWriter[]];

const needsSaving = <
  const P extends 'modelBytes' | 'model' | 'params' | 'scale' | 'writer' | 'checkpointMode' | 'firstSavedEpoch',
>(
  property: P,
) =>
  condition(property, ['stepsBetween', 'epochsBetween'], (job) =>
    savesCheckpoints(job) ? null : 'without steps_between_checkpoints and epochs_between_checkpoints',
  );
const KIND = 'with kind: training';

export const trainingKind: JobKind<TrainingJob> = {
  meaning: 'trains on emulated accelerators that a loader feeds by the rule of PyTorch’s DataLoader, as DLIO does',
  rows: {
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
    samplesPerFile: field('num_samples_per_file', count(1, BILLION), 1, 'Samples in each generated file.'),
    recordBytes: field(
      'record_length_bytes',
      size(1, TIB),
      { absent: 'the dataset' },
      'Bytes of a generated sample. Requires `num_files_train`.',
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
    bs: field(
      'transfer_size',
      blocks,
      '256KiB',
      'Bytes of a read call of readers with a buffer of their own (TFRecord).',
    ),
    numjobs: field(
      'accelerators',
      count(1, 1023),
      1,
      'Accelerators to emulate. Each has a loader and a part of the samples. After every step, they wait for each other.',
    ),
    batchSize: field('batch_size', count(1, 10_000_000), 1, 'Samples that an accelerator takes per step.'),
    readThreads: field(
      'read_threads',
      count(0, 1023),
      1,
      'Workers of each loader, one thread each (PyTorch’s `num_workers`). Each makes whole batches, one sample after the other. With 0, the training loop loads its own batches.',
    ),
    prefetchFactor: field(
      'prefetch_factor',
      count(1, 1024),
      { absent: 'from `prefetch_size`, else 2' },
      'Batches that each worker makes ahead (PyTorch’s `prefetch_factor`).',
    ),
    prefetchSize: field(
      'prefetch_size',
      count(0, 65_536),
      { absent: 'PyTorch’s default' },
      'Batches that all workers of a loader make ahead together (DLIO). Divided by `read_threads` and rounded up; 0 means the default.',
    ),
    computationTime: field(
      'computation_time',
      timeSpread,
      'required',
      'Time in which an accelerator computes a step. A number is in seconds.',
    ),
    preprocessTime: field(
      'preprocess_time',
      timeSpread,
      0,
      'Time that a worker needs for each sample after it was read, such as decoding. A number is in seconds.',
    ),
    epochs: field('epochs', count(1, 1_000_000), 1, 'How often all samples are read, each time in a new order.'),
    totalSteps: field(
      'total_training_steps',
      count(1, BILLION),
      { absent: 'every step of every epoch' },
      'End the training after so many steps, in the midst of an epoch if need be.',
    ),
    fileShuffle: field(
      'file_shuffle',
      shuffle,
      'seed',
      'Order of the files: by name (`off`), or a new order in each epoch.',
    ),
    sampleShuffle: field(
      'sample_shuffle',
      shuffle,
      'seed',
      'Order of the samples in formats that are read at any place: as in the files (`off`), or a new order of all samples in each epoch.',
    ),
    dropLast: field(
      'drop_last',
      flag,
      true,
      'Leave out the samples at the end of an epoch that do not fill a batch for every accelerator.',
    ),
    inOrder: field(
      'in_order',
      flag,
      true,
      'Hand batches over in their order. With `false`, a batch is handed over as soon as it is ready (PyTorch 2.6).',
    ),
    persistentWorkers: field(
      'persistent_workers',
      flag,
      false,
      'Whether workers, with what they have open, live on after an epoch (PyTorch’s `persistent_workers`).',
    ),
    stepsBetween: field(
      'steps_between_checkpoints',
      count(1, BILLION),
      { absent: 'not after steps' },
      'Save a checkpoint after every so many steps. Steps count on over epochs.',
    ),
    epochsBetween: field(
      'epochs_between_checkpoints',
      count(1, 1_000_000),
      { absent: 'not after epochs' },
      'Save a checkpoint after every so many epochs.',
    ),
    firstSavedEpoch: field(
      'checkpoint_after_epoch',
      count(1, 1_000_000),
      1,
      'The first epoch after which `epochs_between_checkpoints` saves.',
    ),
    modelBytes: field(
      'model_size',
      size(1, TIB),
      { absent: 'from `model` or `params`' },
      'Bytes of a checkpoint. Each accelerator writes an equal part.',
    ),
    model: stateRows.model,
    params: stateRows.params,
    scale: stateRows.scale,
    writer: field(
      'writer',
      choice(STATE_WRITERS),
      'torch-save',
      'Whose files a checkpoint has, and how they are written: see kind: checkpoint-write. With `model_size`, only how.',
    ),
    checkpointMode: field(
      'checkpoint_mode',
      choice(['sync', 'async']),
      'sync',
      '`sync`: accelerators stand still while a checkpoint is written. `async`: only while their state is copied to memory, and while an earlier checkpoint is still being written.',
    ),
    stagingBytesPerSecond: stagingRow,
    cache: common.cache,
    direct: common.direct,
    randseed: common.randseed,
    ioengine: common.ioengine,
    simulatedLatencyNs: common.simulatedLatencyNs,
    simulatedBytesPerSecond: common.simulatedBytesPerSecond,
  },
  conditions: [
    condition('direct', [], ({ direct }) => (direct ? `${KIND}, whose readers use the page cache` : null)),
    condition('cache', [], ({ cache }) =>
      cache === 'direct' ? `${KIND}, whose readers use the page cache; use cache: cold` : null,
    ),
    condition('rowGroupSamples', ['format'], ({ format }) =>
      formatRow(format).hasColumns ? null : withFormat(format),
    ),
    condition('columns', ['format'], ({ format }) => (formatRow(format).hasColumns ? null : withFormat(format))),
    condition('columnsRead', ['format'], ({ format, columnsRead }) =>
      columnsRead === null || formatRow(format).hasColumns ? null : withFormat(format),
    ),
    condition('sampleShuffle', ['format'], ({ format }) =>
      formatRow(format).access === 'stream' ? `${withFormat(format)}, whose files are read from start to end` : null,
    ),
    condition('inOrder', ['readThreads'], ({ inOrder, readThreads }) =>
      inOrder || readThreads > 1 ? null : `with read_threads: ${readThreads}`,
    ),
    condition('persistentWorkers', ['readThreads', 'epochs'], ({ persistentWorkers, readThreads, epochs }) => {
      if (!persistentWorkers) return null;
      return readThreads === 0 ? 'with read_threads: 0' : epochs === 1 ? 'with epochs: 1' : null;
    }),
    condition('prefetchFactor', ['readThreads'], ({ prefetchFactor, readThreads }) =>
      prefetchFactor !== null && readThreads === 0 ? 'with read_threads: 0' : null,
    ),
    ...(['modelBytes', 'model', 'params', 'scale', 'writer', 'checkpointMode', 'firstSavedEpoch'] as const).map(needsSaving),
    condition('stagingBytesPerSecond', ['checkpointMode'], ({ checkpointMode }) =>
      checkpointMode === 'async' ? null : 'with checkpoint_mode: sync',
    ),
    ...commonConditions,
  ],
  rules: [
    ...commonRules,
    rule(['stepsBetween', 'epochsBetween', 'modelBytes', 'model', 'params'], (job) => {
      const given = [job.modelBytes, job.model, job.params].filter((each) => each !== null).length;
      if (!savesCheckpoints(job) || given === 1) return null;
      return given === 0
        ? { at: ['stepsBetween', 'epochsBetween'], message: 'requires model_size, model or params' }
        : { at: ['modelBytes', 'params', 'model'], message: 'use only one of model_size, model and params' };
    }),
    rule(['model', 'numjobs'], ({ model, numjobs }) => {
      const ranks = model === null ? null : ranksOf(MODELS[model].grid);
      return ranks !== null && numjobs > ranks
        ? { at: ['numjobs', 'model'], message: `${numjobs} accelerators are more than the ${ranks} ranks of ${model}` }
        : null;
    }),
    rule(['ioengine'], ({ ioengine }) =>
      capabilitiesOf(ioengine).readsSamples
        ? null
        : {
            at: ['ioengine'],
            message: `${ioengine} does not make the calls of training readers; leave ioengine out, or use ${able.join(', ')}`,
          },
    ),
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
      return files === null ? { at: ['recordBytes', 'files'], message: 'requires num_files_train' } : null;
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
    rule(['numjobs', 'readThreads'], ({ numjobs, readThreads }) => {
      const threads = numjobs * Math.max(1, readThreads);
      return threads > THREADS_MAX
        ? {
            at: ['readThreads', 'numjobs'],
            message: `makes ${threads} threads with accelerators: ${numjobs}; at most ${THREADS_MAX} together`,
          }
        : null;
    }),
    rule(['prefetchFactor', 'prefetchSize'], ({ prefetchFactor, prefetchSize }) =>
      prefetchFactor !== null && prefetchSize !== null
        ? {
            at: ['prefetchSize', 'prefetchFactor'],
            message: 'cannot be combined with prefetch_factor; remove one of them',
          }
        : null,
    ),
    rule(['computationTime'], ({ computationTime }) =>
      meanOfSpread(computationTime) > 0
        ? null
        : {
            at: ['computationTime'],
            message: 'must be above 0; a loader without accelerators is kind: small-files or io',
          },
    ),
  ],
};

function withFormat(format: DataFormat): string {
  return `with format: ${format}`;
}
