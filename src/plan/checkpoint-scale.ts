/** Which part of a model's state a checkpoint job moves. */
import { emulatedRanks, modelState } from '../training/checkpoints/model-state.js';
import { filesOfRanks } from '../training/checkpoints/writer-files.js';
import { WRITERS } from '../workload/checkpoint-writers.js';
import { gridText, paramsText, ranksOf } from '../workload/model-words.js';
import type { CheckpointRestoreJob, CheckpointWriteJob, Job } from '../workload/workload.js';
import { checkpointShape, shardBytesOf } from './jobs/shards.js';

/** The state whose part was written or read. */
export interface ScaledState {
  /** `llama3-8b`, or `7B` parameters. */
  readonly model: string;
  readonly writer: string;
  readonly stateBytes: number;
  readonly ranks: number;
  readonly grid: string;
  readonly measuredRanks: number;
  /** Bytes of the files of the measured ranks: as they were, and at full size. */
  readonly bytes: number;
  readonly fullBytes: number;
  /** Their quotient. */
  readonly scale: number;
}

type CheckpointJob = CheckpointWriteJob | CheckpointRestoreJob;

/** Returns a job of checkpoints as such; null for other jobs, and for those of runs before there were writers. */
export function checkpointJobOf(job: Job): CheckpointJob | null {
  return 'writer' in job && 'shards' in job ? job : null;
}

/** Returns the part of the state; null for shards of a given size. */
export function scaledState(job: CheckpointJob): ScaledState | null {
  const state = modelState(job);
  if (state === null) return null;
  const whole: CheckpointJob = { ...job, scale: { share: 1 } };
  const [bytes, fullBytes] = [job, whole].map(bytesOf) as [number, number];
  return {
    model: job.model ?? paramsText(state.params),
    writer: job.writer,
    stateBytes: state.stateBytes,
    ranks: ranksOf(state.grid),
    grid: gridText(state.grid),
    measuredRanks: emulatedRanks(job).total,
    bytes,
    fullBytes,
    scale: bytes / fullBytes,
  };
}

/** Returns the bytes of the files of all emulated ranks. */
function bytesOf(job: CheckpointJob): number {
  if (!WRITERS[job.writer].writesState) return emulatedRanks(job).total * job.shards * shardBytesOf(job);
  return filesOfRanks(checkpointShape(job)).reduce((sum, { file }) => sum + file.bytes, 0);
}
