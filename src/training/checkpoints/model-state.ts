/** The state of a training run: which tensors each rank holds. */

import {
  type MachinePart,
  MODELS,
  type ModelName,
  OPTIMIZERS,
  type OptimizerName,
  type RankGrid,
  ranksOf,
  WEIGHT_TYPES,
  type WeightType,
} from '../../workload/model-words.js';
import type { FileShare } from '../../workload/values.js';

/** What a job says of its state. */
export interface StateWords {
  readonly model: ModelName | null;
  readonly params: number | null;
  readonly dtype: WeightType;
  readonly optimizer: OptimizerName;
  /** Null: that of the model, or one data-parallel rank for each worker. */
  readonly ranks: RankGrid | null;
  /** The part of the state that is written or read: a share, or the bytes of the job's ranks together. */
  readonly scale: number | FileShare;
  /** Training processes that each machine emulates at most. */
  readonly numjobs: number;
  /** Absent: this machine is alone. */
  readonly part?: MachinePart;
}

/** Equal tensors. */
export interface TensorGroup {
  readonly count: number;
  readonly bytes: number;
}

/** The state of a whole training run. */
export interface ModelState {
  readonly params: number;
  readonly layers: number;
  readonly hidden: number;
  readonly grid: RankGrid;
  /** Bytes of a weight, and of each tensor that the optimizer has for it. */
  readonly weightBytes: number;
  readonly optimizerBytes: readonly number[];
  /** Bytes of all weights, and of the whole state of the optimizer. */
  readonly modelBytes: number;
  readonly stateBytes: number;
}

/** A place in the grid. Each counts from 0. */
export interface RankPlace {
  readonly tensor: number;
  readonly pipeline: number;
  readonly data: number;
}

/** Layers of width 128 × layers have 12 × width² parameters each: the proportions of GPT-3 and Llama up to 13B. */
const WIDTH_OF_LAYER = 128;
const PARAMS_OF_LAYER = 12;
/** Llama 3's vocabulary, once for the input and once for the output. */
const VOCABULARY = 128_256;

/** Returns the state that a job describes; null if it names neither a model nor its parameters. */
export function modelState({ model, params, dtype, optimizer, ranks, numjobs, part }: StateWords): ModelState | null {
  const named = model === null ? null : MODELS[model];
  const count = params ?? named?.params ?? null;
  if (count === null) return null;
  const weightBytes = WEIGHT_TYPES[dtype];
  const optimizerBytes = OPTIMIZERS[optimizer].tensors;
  const layers = named?.layers ?? Math.max(1, Math.round(Math.cbrt(count / (PARAMS_OF_LAYER * WIDTH_OF_LAYER ** 2))));
  const modelBytes = count * weightBytes;
  return {
    params: count,
    layers,
    hidden: named?.hidden ?? Math.max(1, Math.round(Math.sqrt(count / (PARAMS_OF_LAYER * layers)))),
    grid: ranks ?? named?.grid ?? { tensor: 1, pipeline: 1, data: numjobs * (part?.size ?? 1) },
    weightBytes,
    optimizerBytes,
    modelBytes,
    stateBytes: modelBytes + count * optimizerBytes.reduce((sum: number, bytes) => sum + bytes, 0),
  };
}

/** Training processes that are emulated: the first ones of the grid. */
export interface EmulatedRanks {
  /** On all machines of a group together. */
  readonly total: number;
  /** Those of this machine. */
  readonly first: number;
  readonly count: number;
}

/**
 * Returns the ranks that a machine emulates, at most one for each worker. Machines have neighbouring ranks, as launchers place
 * them, and as many as the others, or one more.
 */
export function emulatedRanks({
  model,
  ranks,
  numjobs,
  part = { rank: 0, size: 1 },
}: Pick<StateWords, 'model' | 'ranks' | 'numjobs' | 'part'>): EmulatedRanks {
  const grid = ranks ?? (model === null ? null : MODELS[model].grid);
  const workers = numjobs * part.size;
  const total = grid === null ? workers : Math.min(workers, ranksOf(grid));
  const firstOf = (rank: number): number => Math.floor((total * rank) / part.size);
  return { total, first: firstOf(part.rank), count: firstOf(part.rank + 1) - firstOf(part.rank) };
}

/** Returns the place of a rank. Tensor-parallel ranks are neighbours, then data-parallel ones, as in Megatron and DeepSpeed. */
export function placeOf(rank: number, { tensor, data }: RankGrid): RankPlace {
  return {
    tensor: rank % tensor,
    data: Math.floor(rank / tensor) % data,
    pipeline: Math.floor(rank / (tensor * data)),
  };
}

/**
 * Returns the elements of the tensors that a model-parallel rank holds: four matrices of attention and three of the
 * feed-forward part for each layer (a third and two thirds of its parameters), two norms, and its part of the two tables of
 * tokens, at most half of the parameters.
 */
export function modelElements({ params, layers, hidden, grid }: ModelState): readonly TensorElements[] {
  const { tensor, pipeline } = grid;
  const table = Math.floor(Math.min(VOCABULARY * hidden, params / 4));
  const norms = 2 * layers * hidden < params / 4 ? hidden : 0;
  const ofLayer = (params - 2 * table - 2 * layers * norms) / layers;
  const held = Math.max(1, Math.ceil(layers / pipeline));
  // Stages may have different numbers of layers. The parts add up because each is as long as a stage's mean.
  const share = layers / pipeline / held / tensor;
  return [
    { count: 2, elements: (2 * table) / 2 / pipeline / tensor },
    { count: 4 * held, elements: (ofLayer * share) / 12 },
    { count: 3 * held, elements: (ofLayer * share * 2) / 9 },
    ...(norms === 0 ? [] : [{ count: 2 * held, elements: norms * share }]),
  ];
}

export interface TensorElements {
  readonly count: number;
  readonly elements: number;
}

/**
 * Returns fewer tensors of the same size, so that calls keep their length. Less than one tensor is a smaller one. The bytes
 * are scaled exactly, to a byte for each group.
 */
export function scaled(groups: readonly TensorGroup[], scale: number): TensorGroup[] {
  return groups.flatMap(({ count, bytes }) => {
    const wanted = Math.round(count * bytes * scale);
    const whole = Math.min(count, Math.floor(wanted / bytes));
    const rest = wanted - whole * bytes;
    return [...(whole === 0 ? [] : [{ count: whole, bytes }]), ...(rest === 0 ? [] : [{ count: 1, bytes: rest }])];
  });
}
