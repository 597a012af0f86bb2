/** The checkpoint jobs that a configuration of DLIO asks for. */
import type { DlioSource, ImportedField } from './dlio-source.js';

/** Bytes a parameter: 2 for the model (fp16), 12 for the optimizer (three numbers of 4 bytes), as DLIO writes them. */
const PARAMETER_BYTES = 14;

/** The default of `bs`. */
const BLOCK_BYTES = 2 ** 20;

interface CheckpointJobs {
  /** Empty if no checkpoint is written. */
  readonly write: readonly ImportedField[];
  /** Empty if none is read. */
  readonly restore: readonly ImportedField[];
}

/** The most bytes that `model_size` may have. */
const MODEL_SIZE_MAX = 2 ** 40;

/**
 * Returns the fields by which a training job saves checkpoints, as DLIO does between its steps and epochs; null if the model is
 * larger than such a job takes, so that its checkpoints need a job of their own.
 */
export function savingFields(source: DlioSource): readonly ImportedField[] | null {
  const size = modelBytes(source);
  if (size === null || size.bytes > MODEL_SIZE_MAX) return null;
  const [steps, epochs, first] = [
    'checkpoint.steps_between_checkpoints',
    'checkpoint.epochs_between_checkpoints',
    'checkpoint.checkpoint_after_epoch',
  ];
  const field = (key: string, otherwise: number | null): ImportedField[] => {
    const value = source.number(key, 1) ?? otherwise;
    if (value === null) return [];
    return [{ word: key.slice(key.indexOf('.') + 1), value, place: source.has(key) ? source.placeOf(key) : null }];
  };
  if (source.flag('checkpoint.fsync', false))
    source.lose('checkpoint.fsync', 'torch.save calls no fsync; a writer that does is set with writer');
  return [
    ...field(steps, null),
    // DLIO saves after each epoch unless it is told otherwise.
    ...field(epochs, 1),
    ...field(first, null),
    { word: 'model_size', value: Math.round(size.bytes), place: source.placeOf(size.key) },
  ];
}

/** Returns the fields of jobs that write and read checkpoints. `ranks`: null for those of the model's parallelism. */
export function checkpointFields(source: DlioSource, ranks: number | null): CheckpointJobs {
  const processes = ranks ?? parallelism(source);
  const size = modelBytes(source);
  if (size === null) {
    source.fault(
      'model.model_size_bytes',
      'a checkpoint needs model.model_size_bytes, or model.transformer and num_layers',
    );
    return { write: [], restore: [] };
  }
  const [writes, reads] = ['checkpoint.num_checkpoints_write', 'checkpoint.num_checkpoints_read'];
  const written = source.number(writes, 1);
  const read = source.number(reads, 1);
  if (read !== null) source.lose(reads, 'each round of the restore job reads one; set trials.rounds');
  const shardBytes = Math.ceil(size.bytes / processes);
  const shards: ImportedField[] = [
    { word: 'numjobs', value: processes, place: null },
    { word: 'shard_size', value: shardBytes, place: source.placeOf(size.key) },
    ...(shardBytes < BLOCK_BYTES ? [{ word: 'bs', value: shardBytes, place: null }] : []),
  ];
  return {
    write: [
      ...shards,
      { word: 'checkpoints', value: written ?? 1, place: written === null ? null : source.placeOf(writes) },
      // DLIO removes none.
      { word: 'keep_last', value: written ?? 1, place: null },
      ...intervalField(source, written ?? 1),
      { word: 'fsync', value: source.flag('checkpoint.fsync', false), place: source.placeOf('checkpoint.fsync') },
    ],
    restore: read === null ? [] : [...shards, { word: 'cache', value: 'cold', place: null }],
  };
}

function intervalField(source: DlioSource, checkpoints: number): ImportedField[] {
  const key = 'checkpoint.time_between_checkpoints';
  const seconds = source.number(key);
  return seconds === null || checkpoints === 1
    ? []
    : [{ word: 'interval', value: `${seconds}s`, place: source.placeOf(key) }];
}

function parallelism(source: DlioSource): number {
  const part = (name: string): number => source.number(`model.parallelism.${name}`, 1) ?? 1;
  return part('tensor') * part('pipeline') * part('data');
}

/** Returns the bytes of a checkpoint: as they are given, or of a transformer's parameters. */
function modelBytes(source: DlioSource): { readonly bytes: number; readonly key: string } | null {
  parallelism(source);
  const given = source.number('model.model_size_bytes', 1);
  const parameters = transformerParameters(source);
  if (parameters !== null) return { bytes: parameters * PARAMETER_BYTES, key: 'model.num_layers' };
  return given === null ? null : { bytes: given, key: 'model.model_size_bytes' };
}

/**
 * Returns the parameters of a transformer like Llama 3, as DLIO counts them (`checkpointing/base_checkpointing.py`): two
 * embeddings, and in each layer the attention with grouped keys and values, three matrices of the feed-forward part, and
 * two norms.
 */
function transformerParameters(source: DlioSource): number | null {
  const part = (name: string): number | null => source.number(`model.transformer.${name}`, 1);
  const layers = source.number('model.num_layers', 1);
  const [vocabulary, hidden, forward, heads, groups] = [
    part('vocab_size') ?? 32_000,
    part('hidden_size'),
    part('ffn_hidden_size') ?? 8192,
    part('num_attention_heads') ?? 32,
    part('num_kv_heads') ?? 8,
  ];
  if (layers === null || hidden === null) return null;
  const attention = 2 * hidden * hidden + 2 * hidden * ((groups * hidden) / heads);
  return 2 * vocabulary * hidden + layers * (attention + 3 * hidden * forward + 2 * hidden) + hidden;
}
