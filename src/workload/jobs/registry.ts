import { checkpointRestoreKind } from './checkpoint-restore.js';
import { checkpointWriteKind } from './checkpoint-write.js';
import { ioKind } from './io.js';
import type { AnyJobKind } from './job-kind.js';
import { metadataKind } from './metadata.js';
import { smallFilesKind } from './small-files.js';
import { trainingKind } from './training.js';

/** Every kind of job, in the order of the reference. `plan/jobs` and `engine/jobs` must have the same kinds. */
export const JOB_KINDS = {
  io: ioKind,
  'checkpoint-write': checkpointWriteKind,
  'checkpoint-restore': checkpointRestoreKind,
  'small-files': smallFilesKind,
  metadata: metadataKind,
  training: trainingKind,
} as const satisfies Readonly<Record<string, AnyJobKind>>;

export type Kind = keyof typeof JOB_KINDS;

/** A job of this kind. */
export type JobOf<K extends Kind> = K extends Kind ? NonNullable<(typeof JOB_KINDS)[K]['job']> : never;

export type Job = JobOf<Kind>;
