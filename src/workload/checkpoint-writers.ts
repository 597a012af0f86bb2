/** The writers of checkpoints, one row each. Their files and calls are in `training/checkpoints/writer-files.ts`. */

/** How a checkpoint becomes the one to restart from, after all of its files are written. */
export type Publishing = 'none' | 'pointer' | 'metadata' | 'metadata+pointer' | 'directory';

/** When a file gets its final name: never (it is written under it), or as the last step before or after its close. */
export type Renaming = 'none' | 'open' | 'closed';

/** What a workload may change of a writer. */
export interface WriterHabits {
  /** fsync each file before it gets its final name. */
  readonly fsync: boolean;
  readonly rename: Renaming;
  readonly publish: Publishing;
  /** fsync the directory after its last entry. */
  readonly fsyncDirectories: boolean;
  /** The longest write call, bytes. */
  readonly chunkBytes: number;
}

interface WriterRow extends WriterHabits {
  /** A clause for the reference. */
  readonly meaning: string;
  /** Whether its files follow from the state of a model. If not, from `shards` and `shard_size`. */
  readonly writesState: boolean;
}

const MIB = 1024 ** 2;
/**
 * Writers that hand whole tensors to the kernel make calls of up to 2 GiB. feedrate splits them, because each worker needs a
 * buffer as long as its longest call.
 */
const WHOLE = 128 * MIB;
const PLAIN = { fsync: false, rename: 'none', publish: 'none', fsyncDirectories: false, chunkBytes: WHOLE } as const;

export const WRITERS = {
  shards: {
    meaning: 'equal files: `shards` of each worker, written in calls of `bs`, fsynced, then renamed',
    writesState: false,
    fsync: true,
    rename: 'closed',
    publish: 'none',
    fsyncDirectories: true,
    chunkBytes: MIB,
  },
  'torch-save': {
    ...PLAIN,
    meaning: 'one archive of each model-parallel rank, a call for each tensor, no fsync (`torch.save` to a path)',
    writesState: true,
  },
  dcp: {
    ...PLAIN,
    meaning:
      'one file of each rank with a third of a kilobyte around each tensor, fsynced; then `.metadata` (torch.distributed.checkpoint)',
    writesState: true,
    fsync: true,
    publish: 'metadata',
  },
  'deepspeed-zero1': {
    ...PLAIN,
    meaning: 'the model by data-parallel rank 0, a part of the optimizer by each rank, no fsync; `latest` last',
    writesState: true,
    publish: 'pointer',
  },
  'deepspeed-zero3': {
    ...PLAIN,
    meaning: 'a part of model and optimizer by each rank, no fsync; `latest` last',
    writesState: true,
    publish: 'pointer',
  },
  megatron: {
    ...PLAIN,
    meaning: 'two files of each rank with whole tensors, fsynced; then `.metadata` and the iteration tracker',
    writesState: true,
    fsync: true,
    publish: 'metadata+pointer',
  },
  safetensors: {
    ...PLAIN,
    meaning: 'the model alone in files of at most 5 GB, no fsync, renamed before their close',
    writesState: true,
    rename: 'open',
  },
  'hf-trainer': {
    ...PLAIN,
    meaning: 'the model in safetensors files, the optimizer in one archive, and small state files, no fsync',
    writesState: true,
  },
  lightning: {
    ...PLAIN,
    meaning: 'one archive made in memory, written at once, no fsync, renamed',
    writesState: true,
    rename: 'closed',
  },
  orbax: {
    ...PLAIN,
    meaning:
      'files of at most 2 GiB of each process, each fsynced and renamed with its directory; then a rename of the whole',
    writesState: true,
    fsync: true,
    rename: 'closed',
    publish: 'directory',
    fsyncDirectories: true,
  },
} as const satisfies Readonly<Record<string, WriterRow>>;

export type CheckpointWriter = keyof typeof WRITERS;

export const WRITER_NAMES = Object.keys(WRITERS) as [CheckpointWriter, ...CheckpointWriter[]];

/** How a checkpoint is read back, one row each. */
interface RestoreReaderRow {
  readonly meaning: string;
  /** The longest read call, bytes; null: `bs`. */
  readonly callBytes: number | null;
  /** Threads of each worker, which read as many equal parts of a file at once. */
  readonly threads: number;
  /** Whether it maps the files, which is an engine of its own. */
  readonly maps: boolean;
  /** Whether it asks for no read-ahead first, and for the pages to be dropped afterwards. */
  readonly advises: boolean;
}

export const RESTORE_READERS = {
  read: { meaning: 'reads each file in calls of `bs`', callBytes: null, threads: 1, maps: false, advises: false },
  mmap: { meaning: 'maps each file and touches it in order', callBytes: null, threads: 1, maps: true, advises: false },
  'mlperf-3.0': {
    meaning:
      'reads the quarters of each file with 4 threads in calls of 128 MiB, without read-ahead (FADV_RANDOM), and drops them from the cache (DONTNEED), as MLPerf Storage 3.0 does',
    callBytes: 128 * MIB,
    threads: 4,
    maps: false,
    advises: true,
  },
} as const satisfies Readonly<Record<string, RestoreReaderRow>>;

export type RestoreReader = keyof typeof RESTORE_READERS;

export const RESTORE_READER_NAMES = Object.keys(RESTORE_READERS) as [RestoreReader, ...RestoreReader[]];
