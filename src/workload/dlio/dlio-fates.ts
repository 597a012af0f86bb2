/** The keys of DLIO that have no field in feedrate, with the reason, or without one where no I/O depends on them. */

/** What becomes of a key. */
interface Fate {
  /** Why it is not carried over; null where nothing is lost. */
  readonly reason: string | null;
  /** Values that ask for nothing. */
  readonly neutral?: readonly unknown[];
}

const LOADER = 'feedrate follows the rule of PyTorch’s DataLoader';
const FRAMEWORK_ONLY = 'feedrate does no computation and holds no tensors';

const SAVE_APART =
  'the checkpoint is a job of its own: there is no training, or the model is too large for one that saves';

/** By key. `*` at the end stands for every key that begins so. */
const FATES: Readonly<Record<string, Fate>> = {
  'model.name': { reason: null },
  'model.type': { reason: null },
  'model.model_datatype': { reason: 'feedrate counts 2 bytes a parameter', neutral: ['fp16', 'bf16'] },
  'model.optimizer_datatype': { reason: 'feedrate counts 12 bytes a parameter', neutral: ['fp32'] },
  'model.parallelism.zero_stage': { reason: 'the ranks divide all bytes equally' },
  'model.optimization_groups': { reason: 'not part of the size of a checkpoint here' },
  'model.layer_parameters': { reason: 'not part of the size of a checkpoint here' },
  'workflow.generate_data': { reason: null },
  'workflow.debug': { reason: null },
  'workflow.profiling': { reason: 'feedrate records its own measurements', neutral: [false] },
  'dataset.data_folder': { reason: null },
  'dataset.keep_files': { reason: null },
  'dataset.file_prefix': { reason: null },
  'dataset.generation_buffer_size': { reason: null },
  'dataset.record_length_bytes_resize': { reason: 'feedrate sends no batches to another process' },
  'dataset.record_element_bytes': { reason: null },
  'dataset.compression': { reason: 'feedrate reads incompressible data as it is', neutral: ['none'] },
  'dataset.compression_level': { reason: null },
  'dataset.enable_chunking': { reason: 'HDF5 files have one chunk per sample', neutral: [false] },
  'dataset.chunk_size': { reason: 'HDF5 files have one chunk per sample' },
  'dataset.hdf5.*': { reason: 'HDF5 files have one dataset without further options' },
  'dataset.parquet.read_mode': { reason: 'whole row groups are read', neutral: ['row_group'] },
  'dataset.parquet.*': { reason: 'has no counterpart' },
  'reader.computation_threads': { reason: FRAMEWORK_ONLY },
  'reader.shuffle_size': { reason: 'feedrate shuffles over all samples, not in a window' },
  'reader.read_type': { reason: 'feedrate reads each batch when it is needed', neutral: ['on_demand'] },
  'reader.file_access': { reason: 'feedrate has no file that all ranks open together', neutral: ['multi', 'posix'] },
  'reader.odirect': { reason: 'readers use the page cache; evict it with cache: cold', neutral: [false] },
  'reader.dont_use_mmap': { reason: null },
  'reader.pin_memory': { reason: FRAMEWORK_ONLY },
  'reader.multiprocessing_context': { reason: 'workers are threads' },
  'reader.transformed_record_dims': { reason: FRAMEWORK_ONLY },
  'reader.transformed_record_element_type': { reason: FRAMEWORK_ONLY },
  'reader.data_loader_classname': { reason: LOADER },
  'reader.data_loader_sampler': { reason: LOADER },
  'reader.reader_classname': { reason: 'feedrate makes the calls of the usual reader of the format' },
  'train.seed_change_epoch': { reason: 'each epoch has another order', neutral: [true] },
  'evaluation.eval_after_epoch': { reason: 'the evaluation is a job of its own' },
  'evaluation.epochs_between_evals': { reason: 'the evaluation is a job of its own' },
  'dataset.num_subfolders_eval': { reason: 'the evaluation’s files are in one directory', neutral: [0] },
  'checkpoint.checkpoint_folder': { reason: null },
  'checkpoint.checkpoint_after_epoch': { reason: SAVE_APART },
  'checkpoint.epochs_between_checkpoints': { reason: SAVE_APART },
  'checkpoint.steps_between_checkpoints': { reason: SAVE_APART },
  'checkpoint.type': { reason: 'every rank writes its own part', neutral: ['all_ranks'] },
  'checkpoint.mode': { reason: 'all ranks write', neutral: ['default'] },
  'checkpoint.rank_sync': { reason: null },
  'checkpoint.recovery_rank_shift': { reason: 'feedrate evicts what is read instead (cache: cold)', neutral: [false] },
  'checkpoint.randomize_tensor': { reason: 'content is always incompressible', neutral: [true] },
  'checkpoint.checkpoint_mechanism_classname': { reason: 'feedrate has writers of its own' },
  'checkpoint.ksm.*': { reason: 'content is always incompressible' },
  'storage.storage_root': { reason: null },
  'storage.storage_options.*': { reason: 'feedrate reads a mounted directory' },
  'output.metric.exclude_start_steps': { reason: 'AU leaves out the first step', neutral: [1] },
  'output.metric.exclude_end_steps': { reason: 'AU leaves out the first step only', neutral: [0] },
  'output.*': { reason: null },
  'profiling.*': { reason: null },
  'hydra.*': { reason: null },
  defaults: { reason: 'give the files that it names as well' },
};

/** Known keys, for messages. */
export const FATED_KEYS = Object.keys(FATES).filter((key) => !key.endsWith('*'));

/** Returns why a key is lost: null if nothing is, undefined if DLIO has no such key. */
export function fateOf(key: string, value: unknown): string | null | undefined {
  const room = Object.keys(FATES).find((each) => each.endsWith('*') && key.startsWith(each.slice(0, -1)));
  const fate = Object.hasOwn(FATES, key) ? FATES[key] : FATES[room ?? ''];
  if (fate === undefined) return undefined;
  return fate.neutral?.includes(value) ? null : fate.reason;
}
