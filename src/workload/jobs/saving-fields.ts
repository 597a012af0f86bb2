/** The fields and rules of training jobs that save checkpoints, in DLIO's words. */
import { type CheckpointWriter, WRITER_NAMES, WRITERS } from '../checkpoint-writers.js';
import { type MachinePart, MODELS, type ModelName, ranksOf } from '../model-words.js';
import { field, type Rows } from '../row.js';
import { rulesFor } from '../rules.js';
import { choice, count, size } from '../value-types.js';
import type { FileShare } from '../values.js';
import type { CommonJob } from './job-kind.js';
import { stagingRow, stateRows } from './state-fields.js';

export interface SavingJob {
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
  /** As in `StateJob`. */
  readonly part?: MachinePart;
}

const TIB = 1024 ** 4;
const BILLION = 1_000_000_000;

/** The longest write call of a checkpoint. Every thread of a training job has a buffer of this size. */
export const SAVED_BLOCK_BYTES = 16 * 1024 ** 2;

/** Returns whether a job saves checkpoints. */
export function savesCheckpoints(job: Pick<SavingJob, 'stepsBetween' | 'epochsBetween'>): boolean {
  // Jobs that were planned before there were checkpoints have neither.
  return (job.stepsBetween ?? null) !== null || (job.epochsBetween ?? null) !== null;
}

const { rule, condition } = rulesFor<CommonJob & SavingJob>();

/** Plain shards have no size here but `model_size`, which any writer takes. */
const STATE_WRITERS = WRITER_NAMES.filter((name) => WRITERS[name].writesState) as [
  CheckpointWriter,
  ...CheckpointWriter[],
];

const needsSaving = <
  const P extends 'modelBytes' | 'model' | 'params' | 'scale' | 'writer' | 'checkpointMode' | 'firstSavedEpoch',
>(
  property: P,
) =>
  condition(property, ['stepsBetween', 'epochsBetween'], (job) =>
    savesCheckpoints(job) ? null : 'without steps_between_checkpoints and epochs_between_checkpoints',
  );
export const savingRows: Rows<SavingJob> = {
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
};

export const savingConditions = [
  ...(['modelBytes', 'model', 'params', 'scale', 'writer', 'checkpointMode', 'firstSavedEpoch'] as const).map(
    needsSaving,
  ),
  condition('stagingBytesPerSecond', ['checkpointMode'], ({ checkpointMode }) =>
    checkpointMode === 'async' ? null : 'with checkpoint_mode: sync',
  ),
];

export const savingRules = [
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
];
