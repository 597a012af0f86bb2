/** The fields and rules of jobs on the checkpoint of a model: whose state it is, and which files it is in. */
import { formatSizeLabel } from '../../base/units.js';
import { type CheckpointWriter, WRITER_NAMES, WRITERS } from '../checkpoint-writers.js';
import { blocks, sizeOrShare } from '../composite-types.js';
import {
  gridText,
  type MachinePart,
  MODEL_NAMES,
  MODELS,
  type ModelName,
  OPTIMIZER_NAMES,
  OPTIMIZERS,
  type OptimizerName,
  parameters,
  type RankGrid,
  rankGrid,
  ranksOf,
  WEIGHT_TYPE_NAMES,
  type WeightType,
} from '../model-words.js';
import { field, type Rows } from '../row.js';
import { rulesFor } from '../rules.js';
import { choice, count, rate, size } from '../value-types.js';
import type { FileShare } from '../values.js';
import type { CommonJob } from './job-kind.js';
import { isWholeSectors, largest } from './shared-rules.js';

/** The fields of jobs on checkpoints. */
export interface StateJob {
  /** Shards per worker, of a writer that writes shards. A worker represents a training process. */
  readonly shards: number;
  /** Null: follows from the state. */
  readonly shardBytes: number | null;
  readonly writer: CheckpointWriter;
  readonly model: ModelName | null;
  /** Parameters of a model without a name. */
  readonly params: number | null;
  readonly dtype: WeightType;
  readonly optimizer: OptimizerName;
  readonly ranks: RankGrid | null;
  /** The part of the state that is moved: a share, or the bytes that the job's workers move together. */
  readonly scale: number | FileShare;
  /** The machine that runs this part of the job, set by the plan of a group; absent: it runs the whole job. */
  readonly part?: MachinePart;
}

const PIB = 1024 ** 5;

const writers = WRITER_NAMES.map((name) => `\`${name}\`: ${WRITERS[name].meaning}`).join('; ');
const optimizers = OPTIMIZER_NAMES.map((name) => `\`${name}\`: ${OPTIMIZERS[name].meaning}`).join('; ');
const models = MODEL_NAMES.map((name) => `\`${name}\` on ${gridText(MODELS[name].grid)} ranks`).join(', ');

export const stateRows: Rows<StateJob & Pick<CommonJob, 'bs'>> = {
  bs: field('bs', blocks, '1MiB', 'Bytes per read or write call.'),
  writer: field('writer', choice(WRITER_NAMES), 'shards', `Whose files a checkpoint has. ${writers}.`),
  model: field(
    'model',
    choice(MODEL_NAMES),
    { absent: '`params` or `shard_size` says how much there is' },
    `Model whose state is saved, with the sizes of MLPerf Storage: ${models}.`,
  ),
  params: field(
    'params',
    parameters,
    { absent: '`model` or `shard_size` says how much there is' },
    'Parameters of the model whose state is saved, such as `7B`.',
  ),
  dtype: field('dtype', choice(WEIGHT_TYPE_NAMES), 'bf16', 'Type of the weights.'),
  optimizer: field('optimizer', choice(OPTIMIZER_NAMES), 'adam', `State of the optimizer. ${optimizers}.`),
  ranks: field(
    'ranks',
    rankGrid,
    { absent: 'those of `model`; with `params`, one data-parallel rank per worker' },
    'Training processes as tensor × pipeline × data parallelism, such as `8x1x8`. The workers are the first `numjobs` of them. Several machines have the next ones.',
  ),
  scale: field(
    'scale',
    sizeOrShare(1, PIB),
    '100%',
    'Part of the state to move: a percentage, or the bytes of one checkpoint that all workers move together. There are fewer tensors then, of the same size. Every report names the scale.',
  ),
  shards: field('shards', count(1, 100_000), 1, 'Files per worker in one checkpoint.'),
  shardBytes: field(
    'shard_size',
    size(1, PIB),
    { absent: 'follows from `model` or `params`' },
    'Bytes of each shard. Required without `model` and `params`.',
  ),
};

/** NeMo Automodel saves 8B parameters on 8 GPUs in 0.54 s of blocked time: 26 GB/s each (its issue 635). */
export const stagingRow = field(
  'staging_bandwidth',
  rate(),
  '25GB/s',
  'Rate at which a rank copies its state from its accelerator to memory. feedrate waits for that time and copies nothing.',
);

const { rule, condition } = rulesFor<CommonJob & StateJob>();

/** Returns whether a job's files follow from the state of a model. */
export function hasState({ model, params }: Pick<StateJob, 'model' | 'params'>): boolean {
  return model !== null || params !== null;
}

const WITHOUT = 'without model and params';

const needsState = <const P extends 'dtype' | 'optimizer' | 'ranks' | 'scale'>(property: P) =>
  condition(property, ['model', 'params'], ({ model, params }) => (hasState({ model, params }) ? null : WITHOUT));

export const stateConditions = [
  ...(['dtype', 'optimizer', 'ranks', 'scale'] as const).map(needsState),
  condition('shardBytes', ['model', 'params'], ({ model, params }) =>
    hasState({ model, params }) ? 'with model or params, from which it follows' : null,
  ),
  condition('shards', ['writer'], ({ writer }) =>
    WRITERS[writer].writesState ? `with writer: ${writer}, which has files of its own` : null,
  ),
];

export const stateRules = [
  rule(['direct', 'cache', 'shardBytes'], ({ direct, cache, shardBytes }) =>
    (direct || cache === 'direct') && shardBytes !== null && !isWholeSectors([{ blockBytes: shardBytes, share: 1 }])
      ? { at: ['shardBytes'], message: 'direct I/O requires shard sizes that are multiples of 512 bytes' }
      : null,
  ),
  rule(['shardBytes', 'model', 'params', 'writer'], ({ shardBytes, model, params, writer }) => {
    if (shardBytes !== null || hasState({ model, params })) return null;
    if (WRITERS[writer].writesState)
      return { at: ['writer'], message: `${writer} writes the state of a model; add model or params` };
    return { at: ['shardBytes'], message: 'is required, or model or params in its place' };
  }),
  rule(['model', 'params'], ({ model, params }) =>
    model !== null && params !== null
      ? { at: ['params'], message: `contradicts model: ${model}, which has ${MODELS[model].params} parameters` }
      : null,
  ),
  rule(['shardBytes', 'writer'], ({ shardBytes, writer }) =>
    shardBytes !== null && WRITERS[writer].writesState
      ? { at: ['shardBytes', 'writer'], message: `does not fit writer: ${writer}; use model or params` }
      : null,
  ),
  rule(['numjobs', 'ranks', 'model', 'params'], ({ numjobs, ranks, model, params }) => {
    const grid = ranks ?? (model === null ? null : MODELS[model].grid);
    if (grid === null || !hasState({ model, params }) || numjobs <= ranksOf(grid)) return null;
    const message = `${numjobs} workers are more than the ${ranksOf(grid)} ranks of ${gridText(grid)}`;
    return { at: ['numjobs', 'ranks'], message };
  }),
  rule(['bs', 'shardBytes'], ({ bs, shardBytes }) =>
    shardBytes !== null && largest(bs) > shardBytes
      ? {
          at: ['bs', 'shardBytes'],
          message: `${formatSizeLabel(largest(bs))} blocks do not fit into a shard of ${formatSizeLabel(shardBytes)}`,
        }
      : null,
  ),
];
