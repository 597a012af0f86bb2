/** The files that each rank writes for a checkpoint, by writer, one function each. */
import type { CheckpointWriter, Publishing } from '../../workload/checkpoint-writers.js';
import { ranksOf } from '../../workload/model-words.js';
import {
  archiveAtOnce,
  archiveOfEach,
  archiveToPath,
  countTensors,
  plainFile,
  safetensorsFile,
  splitCalls,
} from './archive-calls.js';
import {
  emulatedRanks,
  type ModelState,
  modelElements,
  modelState,
  placeOf,
  type RankPlace,
  type StateWords,
  scaled,
  type TensorGroup,
} from './model-state.js';

/** A file of a checkpoint. */
export interface CheckpointFile {
  /** Relative to the checkpoint's directory. */
  readonly name: string;
  /** `index` and `pointer` are written by rank 0 when all ranks have written their state. */
  readonly role: 'state' | 'index' | 'pointer';
  readonly bytes: number;
  /** Whether a restart reads it with every data-parallel rank (and the index with every rank) instead of its owner alone. */
  readonly isShared: boolean;
  /** Yields the lengths of its write calls, which add up to `bytes`. */
  readonly calls: () => Iterable<number>;
}

/** What determines the files of a checkpoint. */
export interface CheckpointShape extends StateWords {
  readonly writer: CheckpointWriter;
  readonly publish: Publishing;
  /** The longest write call. */
  readonly chunkBytes: number;
  readonly direct: boolean;
}

/** What a rank knows when it saves. */
interface RankView {
  readonly state: ModelState;
  readonly rank: number;
  readonly place: RankPlace;
  readonly scale: number;
  /** The tensors of the rank's model-parallel part, and those of its optimizer, before they are divided by data parallelism. */
  readonly model: readonly TensorGroup[];
  readonly optimizer: readonly TensorGroup[];
}

/** A file before its calls are split. */
interface FileDraft extends Pick<CheckpointFile, 'name'> {
  readonly role?: CheckpointFile['role'];
  readonly isShared?: boolean;
  readonly calls: () => Iterable<number>;
}

type CallStyle = (groups: readonly TensorGroup[]) => Iterable<number>;
type FilesOf = (view: RankView) => readonly FileDraft[];

const digits = (value: number, length: number): string => String(value).padStart(length, '0');

function draft(name: string, style: CallStyle, groups: readonly TensorGroup[], isShared = false): FileDraft {
  return { name, isShared, calls: () => style(groups) };
}

/** A small file of a known length, written in one call. */
function small(name: string, bytes: number, role: CheckpointFile['role'] = 'state'): FileDraft {
  return { name, role, isShared: role === 'index', calls: () => [bytes] };
}

/** Returns every tensor as the rank's slice of it. */
function sliced(groups: readonly TensorGroup[], parts: number): TensorGroup[] {
  return groups.map(({ count, bytes }) => ({ count, bytes: Math.max(1, Math.ceil(bytes / parts)) }));
}

/** Returns flat tensors: one for each group of the optimizer, as ZeRO partitions them. */
function flat({ state, scale }: RankView, bytesOfParameter: readonly number[]): TensorGroup[] {
  const elements = (state.params * scale) / ranksOf(state.grid);
  return bytesOfParameter.map((bytes) => ({ count: 1, bytes: Math.max(1, Math.round(elements * bytes)) }));
}

/** Deals tensors out to files of at most so many bytes, in their order. */
function filesUpTo(mostBytes: number, groups: readonly TensorGroup[]): TensorGroup[][] {
  const files: TensorGroup[][] = [[]];
  let room = mostBytes;
  for (const { count, bytes } of groups) {
    for (let left = count; left > 0; ) {
      const fit = Math.min(left, Math.floor(room / bytes));
      const taken = fit === 0 && room === mostBytes ? 1 : fit;
      if (taken > 0) files.at(-1)?.push({ count: taken, bytes });
      room -= taken * bytes;
      left -= taken;
      if (left > 0) {
        files.push([]);
        room = mostBytes;
      }
    }
  }
  return files;
}

/** About what a description of a tensor takes in the metadata of torch.distributed.checkpoint, for each rank. */
const METADATA_BYTES_OF_TENSOR = 250;

/** Returns what the first rank writes when all have written their state. */
function publishedFiles({ state, model, optimizer }: RankView, publish: Publishing): FileDraft[] {
  const tensors = (countTensors(model) + countTensors(optimizer)) * ranksOf(state.grid);
  return [
    ...(publish.includes('metadata') ? [small('.metadata', 1000 + METADATA_BYTES_OF_TENSOR * tensors, 'index')] : []),
    ...(publish.includes('pointer') ? [small('latest', 20, 'pointer')] : []),
  ];
}

const isFirst = ({ rank }: RankView): boolean => rank === 0;
/** Only the first of the ranks with the same part of the model writes it. */
const isOwner = ({ place }: RankView): boolean => place.data === 0;
const modelRank = ({ place, state }: RankView): number => place.pipeline * state.grid.tensor + place.tensor;

const GIB = 1024 ** 3;
const SAFETENSORS_FILE_BYTES = 5e9;
const OCDBT_FILE_BYTES = 2 * GIB;
const RNG_STATE_BYTES = 15_000;

function modelShards(view: RankView): FileDraft[] {
  if (!isOwner(view)) return [];
  const files = filesUpTo(SAFETENSORS_FILE_BYTES, view.model);
  return files.map((groups, file) =>
    draft(
      `model-${digits(modelRank(view), 3)}-${digits(file + 1, 5)}-of-${digits(files.length, 5)}.safetensors`,
      safetensorsFile,
      groups,
      true,
    ),
  );
}

const zeroName = (view: RankView): string => `zero_pp_rank_${view.place.data}_mp_rank_${digits(modelRank(view), 2)}`;

/** ZeRO's models, and the rank's part of the optimizer. */
function zeroFiles(view: RankView, models: readonly FileDraft[]): FileDraft[] {
  const states = flat(view, view.state.optimizerBytes);
  return [
    ...models,
    ...(states.length === 0 ? [] : [draft(`${zeroName(view)}_optim_states.pt`, archiveToPath, states)]),
  ];
}

const FILES: Readonly<Record<CheckpointWriter, FilesOf>> = {
  // Its files are equal shards, which need no state.
  shards: () => [],
  'torch-save': (view) =>
    isOwner(view)
      ? [draft(`checkpoint-${digits(modelRank(view), 3)}.pt`, archiveToPath, [...view.model, ...view.optimizer], true)]
      : [],
  dcp: (view) => {
    const tensors = sliced([...view.model, ...view.optimizer], view.state.grid.data);
    return [draft(`__${view.rank}_0.distcp`, archiveOfEach, tensors)];
  },
  megatron: (view) => {
    const tensors = scaled([...view.model, ...view.optimizer], 1 / view.state.grid.data);
    const halves = scaled(tensors, 1 / 2);
    return [
      draft(`__${view.rank}_0.distcp`, archiveOfEach, halves),
      draft(`__${view.rank}_1.distcp`, archiveOfEach, halves),
    ];
  },
  'deepspeed-zero1': (view) => {
    const name = `mp_rank_${digits(modelRank(view), 2)}_model_states.pt`;
    return zeroFiles(view, isOwner(view) ? [draft(name, archiveToPath, view.model, true)] : []);
  },
  'deepspeed-zero3': (view) =>
    zeroFiles(view, [
      draft(`${zeroName(view)}_model_states.pt`, archiveToPath, sliced(view.model, view.state.grid.data)),
    ]),
  safetensors: modelShards,
  'hf-trainer': (view) => [
    ...modelShards(view),
    ...(isOwner(view) && view.optimizer.length > 0
      ? [draft(`optimizer-${digits(modelRank(view), 3)}.pt`, archiveToPath, view.optimizer, true)]
      : []),
    small(`rng_state_${view.rank}.pth`, RNG_STATE_BYTES),
    ...(isFirst(view) ? [small('scheduler.pt', 1064), small('trainer_state.json', 10_000)] : []),
  ],
  lightning: (view) =>
    isOwner(view)
      ? [draft(`part-${digits(modelRank(view), 3)}.ckpt`, archiveAtOnce, [...view.model, ...view.optimizer], true)]
      : [],
  orbax: (view) => {
    const tensors = sliced([...view.model, ...view.optimizer], view.state.grid.data);
    const files = filesUpTo(OCDBT_FILE_BYTES, tensors);
    return [
      ...files.map((groups, file) => draft(`ocdbt.process_${view.rank}/d/${digits(file, 4)}`, plainFile, groups)),
      ...(isFirst(view) ? [small('manifest.ocdbt', 1000), small('_METADATA', 20_000)] : []),
    ];
  },
};

/** O_DIRECT takes whole blocks, of at most this size on usual devices. The end of a file is padded. */
const DIRECT_BYTES = 4096;

/** Returns the share of the state that is written, at most 1. A size is that of the files of all emulated ranks. */
function scaleOf(state: ModelState, shape: CheckpointShape): number {
  const { scale } = shape;
  if (typeof scale !== 'number') return scale.share;
  const { total } = emulatedRanks(shape);
  let bytes = 0;
  for (let rank = 0; rank < total; rank++)
    for (const file of scaledFiles(state, shape, rank, 1)) if (file.role === 'state') bytes += file.bytes;
  return Math.min(1, scale / bytes);
}

/** Returns the files that a rank writes; empty for ranks that write none. Throws nothing: rules have checked the words. */
export function filesOfRank(shape: CheckpointShape, rank: number): CheckpointFile[] {
  const state = modelState(shape);
  return state === null ? [] : scaledFiles(state, shape, rank, scaleOf(state, shape));
}

function scaledFiles(state: ModelState, shape: CheckpointShape, rank: number, scale: number): CheckpointFile[] {
  const { writer, publish, chunkBytes, direct } = shape;
  const elements = modelElements(state);
  const groupsOf = (bytes: number): TensorGroup[] =>
    scaled(
      elements.map((each) => ({ count: each.count, bytes: Math.max(1, Math.round(each.elements * bytes)) })),
      scale,
    );
  const view: RankView = {
    state,
    rank,
    place: placeOf(rank, state.grid),
    scale,
    model: groupsOf(state.weightBytes),
    optimizer: state.optimizerBytes.flatMap(groupsOf),
  };
  const drafts = [...FILES[writer](view), ...(isFirst(view) ? publishedFiles(view, publish) : [])];
  return drafts.map(({ name, role = 'state', isShared = false, calls }) => {
    let bytes = 0;
    for (const each of calls()) bytes += each;
    const whole = direct ? Math.ceil(bytes / DIRECT_BYTES) * DIRECT_BYTES : bytes;
    return { name, role, isShared, bytes: whole, calls: () => splitCalls(direct ? [whole] : calls(), chunkBytes) };
  });
}

/** A file with the rank that writes it. */
export interface OwnedFile {
  readonly owner: number;
  readonly file: CheckpointFile;
}

/** Returns all files of the emulated ranks, of all machines, in the order of their owners. */
export function filesOfRanks(shape: CheckpointShape): OwnedFile[] {
  const state = modelState(shape);
  if (state === null) return [];
  const scale = scaleOf(state, shape);
  return Array.from({ length: emulatedRanks(shape).total }, (_, owner) =>
    scaledFiles(state, shape, owner, scale).map((file) => ({ owner, file })),
  ).flat();
}

/**
 * Returns the places of the files that a rank reads when it restarts: its own, those that its data-parallel replicas share,
 * and the metadata. The owner of a shared file comes before the others in the order of ranks, so it is always there.
 */
export function restoredBy(rank: number, files: readonly OwnedFile[], { grid }: Pick<ModelState, 'grid'>): number[] {
  const own = placeOf(rank, grid);
  const isRead = ({ owner, file }: OwnedFile): boolean => {
    if (file.role === 'pointer') return false;
    if (owner === rank || file.role === 'index') return true;
    const place = placeOf(owner, grid);
    return file.isShared && place.tensor === own.tensor && place.pipeline === own.pipeline;
  };
  return files.flatMap((each, place) => (isRead(each) ? [place] : []));
}
