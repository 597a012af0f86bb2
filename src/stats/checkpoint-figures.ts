/** What the checkpoints of an arm mean for the training that they stand for. */
import { checkpointShape, shardBytesOf } from '../plan/jobs/shards.js';
import type { Arm } from '../plan/plan.js';
import {
  type CheckpointTimes,
  dalyInterval,
  lostShare,
  stalledShare,
  youngInterval,
} from '../training/checkpoints/checkpoint-interval.js';
import { modelState } from '../training/checkpoints/model-state.js';
import { filesOfRanks } from '../training/checkpoints/writer-files.js';
import { WRITERS } from '../workload/checkpoint-writers.js';
import { gridText, paramsText, ranksOf } from '../workload/model-words.js';
import type { CheckpointRestoreJob, CheckpointWriteJob, Job } from '../workload/workload.js';
import type { ArmSummary } from './summary.js';

/** The state whose part was written or read. */
export interface StateFigures {
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

export interface CheckpointFigures {
  /** Null for shards of a given size. */
  readonly state: StateFigures | null;
  readonly mode: 'sync' | 'async' | 'restore';
  /** Median times, until the slowest rank was done. */
  readonly measured: CheckpointTimes;
  /** The same at full size, if the time grows with the bytes. Equal without a state. */
  readonly full: CheckpointTimes;
  /** The share of the time that checkpoints take at the interval of the workload, 0 to 1. */
  readonly every: {
    readonly intervalNs: number;
    readonly stalledShare: number;
    readonly lostShare: number | null;
  } | null;
  /** The best interval for the workload's mean time between failures. */
  readonly best: {
    readonly mtbfNs: number;
    readonly youngNs: number;
    readonly dalyNs: number;
    readonly lostShare: number;
  } | null;
}

/** A restore costs time only after a failure. */
const RESTORE = { everyNs: null, mtbfNs: null, mode: 'restore' } as const;

type CheckpointJob = CheckpointWriteJob | CheckpointRestoreJob;

/** Jobs of runs before there were writers have none. */
function isCheckpoint(job: Job): job is CheckpointJob {
  return 'writer' in job && 'shards' in job;
}

/** Returns the figures; null for other jobs, and if no checkpoint was measured. */
export function checkpointFigures(
  { spec }: Pick<Arm, 'spec'>,
  { latencies }: Pick<ArmSummary, 'latencies'>,
): CheckpointFigures | null {
  const writtenNs = latencies.get('checkpoint')?.p50Ns;
  if (writtenNs === undefined || !isCheckpoint(spec)) return null;
  const state = stateFigures(spec);
  const measured = { writtenNs, blockedNs: latencies.get('blocked')?.p50Ns ?? writtenNs };
  const scale = state?.scale ?? 1;
  const full = { writtenNs: writtenNs / scale, blockedNs: measured.blockedNs / scale };
  const { everyNs, mtbfNs, mode } = 'mode' in spec ? spec : RESTORE;
  const bestNs = mtbfNs === null ? 0 : dalyInterval(full, mtbfNs);
  return {
    state,
    mode,
    measured,
    full,
    every:
      everyNs === null
        ? null
        : {
            intervalNs: everyNs,
            stalledShare: stalledShare(full, everyNs),
            lostShare: mtbfNs === null ? null : lostShare(full, everyNs, mtbfNs),
          },
    best:
      mtbfNs === null
        ? null
        : { mtbfNs, youngNs: youngInterval(full, mtbfNs), dalyNs: bestNs, lostShare: lostShare(full, bestNs, mtbfNs) },
  };
}

function stateFigures(job: CheckpointJob): StateFigures | null {
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
    measuredRanks: job.numjobs,
    bytes,
    fullBytes,
    scale: bytes / fullBytes,
  };
}

/** Returns the bytes of the files of all workers. */
function bytesOf(job: CheckpointJob): number {
  if (!WRITERS[job.writer].writesState) return job.numjobs * job.shards * shardBytesOf(job);
  return filesOfRanks(checkpointShape(job)).reduce((sum, { file }) => sum + file.bytes, 0);
}
