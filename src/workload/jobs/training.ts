/** The job kind `training` in the workload language, in DLIO's words. */
import { blocks } from '../composite-types.js';
import { formatRow } from '../data-formats.js';
import { capabilitiesOf, ENGINES, type Engine } from '../engines.js';
import { field } from '../row.js';
import { rulesFor } from '../rules.js';
import { meanOfSpread, type TimeSpread, timeSpread } from '../time-spread.js';
import { choice, count, flag, rate } from '../value-types.js';
import type { CommonJob, JobKind } from './job-kind.js';
import { type SavingJob, savingConditions, savingRows, savingRules } from './saving-fields.js';
import { common } from './shared-fields.js';
import { commonConditions, commonRules, withoutModel } from './shared-rules.js';
import {
  type TrainingData,
  trainingData,
  trainingDataConditions,
  trainingDataRules,
  withFormat,
} from './training-data.js';

/** `seed`: another order in each epoch, which follows from `randseed`. */
export type Shuffle = 'off' | 'seed';

/** `sleep`: as DLIO does. `compute`: workers share the processors, as those of a real loader do. */
export type PreprocessBy = 'sleep' | 'compute';

/** Emulates accelerators that compute, and the loader that feeds them. `numjobs` is their number. */
export interface TrainingJob extends CommonJob, TrainingData, SavingJob {
  readonly kind: 'training';
  readonly batchSize: number;
  /** Workers of each accelerator's loader; 0 = the training process loads its batches itself. */
  readonly readThreads: number;
  /** Batches that each worker prepares ahead; null = from `prefetchSize`. */
  readonly prefetchFactor: number | null;
  /** DLIO's batches ahead of all workers together; null = PyTorch's default. */
  readonly prefetchSize: number | null;
  readonly computationTime: TimeSpread;
  readonly preprocessTime: TimeSpread;
  readonly preprocessBy: PreprocessBy;
  readonly handOverTime: TimeSpread;
  readonly epochs: number;
  /** Most steps in all epochs together; null = all of them. */
  readonly totalSteps: number | null;
  readonly fileShuffle: Shuffle;
  readonly sampleShuffle: Shuffle;
  readonly dropLast: boolean;
  readonly inOrder: boolean;
  readonly persistentWorkers: boolean;
  /** Of the simulated storage that all workers share; null = each has its own. */
  readonly sharedBytesPerSecond: number | null;
  readonly sharedIops: number | null;
}

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

const KIND = 'with kind: training';

export const trainingKind: JobKind<TrainingJob> = {
  meaning: 'trains on emulated accelerators that a loader feeds by the rule of PyTorch’s DataLoader, as DLIO does',
  rows: {
    ...trainingData,
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
    preprocessBy: field(
      'preprocess_by',
      choice(['sleep', 'compute']),
      'sleep',
      'How a worker spends `preprocess_time`: it sleeps, as in DLIO, or it computes, so that workers share the processors of this machine, as those that decode do.',
    ),
    handOverTime: field(
      'hand_over_time',
      timeSpread,
      0,
      'Time that a training process needs to take a batch over from a worker, such as unpickling and pinning it. It is part of the wait for data. A number is in seconds.',
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
    ...savingRows,
    cache: common.cache,
    direct: common.direct,
    beside: common.beside,
    randseed: common.randseed,
    ioengine: common.ioengine,
    simulatedLatencyNs: common.simulatedLatencyNs,
    simulatedBytesPerSecond: common.simulatedBytesPerSecond,
    sharedBytesPerSecond: field(
      'simulated_shared_bandwidth',
      rate(),
      { absent: 'unlimited' },
      'Bytes per second of all workers together with `ioengine: simulated`. Their requests wait for each other.',
    ),
    sharedIops: field(
      'simulated_shared_iops',
      count(1, BILLION),
      { absent: 'unlimited' },
      'Requests per second of all workers together with `ioengine: simulated`. A request takes the longer of its time by bytes and by number.',
    ),
  },
  conditions: [
    condition('direct', [], ({ direct }) => (direct ? `${KIND}, whose readers use the page cache` : null)),
    condition('cache', [], ({ cache }) =>
      cache === 'direct' ? `${KIND}, whose readers use the page cache; use cache: cold` : null,
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
    condition('preprocessBy', ['preprocessTime'], ({ preprocessBy, preprocessTime }) =>
      preprocessBy === 'compute' && meanOfSpread(preprocessTime) === 0 ? 'without preprocess_time' : null,
    ),
    condition('handOverTime', ['readThreads'], ({ handOverTime, readThreads }) =>
      meanOfSpread(handOverTime) > 0 && readThreads === 0 ? 'with read_threads: 0' : null,
    ),
    condition('sharedBytesPerSecond', ['ioengine'], ({ ioengine }) => withoutModel(ioengine)),
    condition('sharedIops', ['ioengine'], ({ ioengine }) => withoutModel(ioengine)),
    ...savingConditions,
    ...trainingDataConditions,
    ...commonConditions,
  ],
  rules: [
    ...commonRules,
    ...savingRules,
    ...trainingDataRules,
    rule(['ioengine'], ({ ioengine }) =>
      capabilitiesOf(ioengine).readsSamples
        ? null
        : {
            at: ['ioengine'],
            message: `${ioengine} does not make the calls of training readers; leave ioengine out, or use ${able.join(', ')}`,
          },
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
