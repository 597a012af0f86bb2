import { unreachable } from '../base/assert.js';
import type { CheckpointWriteJob, Dataset, IoJob, SmallFilesJob } from '../workload/workload.js';
import { filesOf } from './arm-files.js';
import { largestBlockBytes } from './mix.js';
import type { Arm, Plan } from './plan.js';

/** What a target is taken to sustain when only the bytes of a trial are known: a modest cloud volume. */
export const ASSUMED_BYTES_PER_SECOND = 256 * 2 ** 20;

/** How long something takes: the part that is certain and the part that rests on the assumed rate. */
export interface ExpectedTime {
  /** Run times, ramps and pauses that the workload sets. */
  readonly knownNs: number;
  /** Bytes at `ASSUMED_BYTES_PER_SECOND`, or at the job's own rate where that is slower. */
  readonly estimatedNs: number;
}

/**
 * The expected time of all trials, their own layout and warming included, but not the data files,
 * which are laid out once (`SpaceNeed.dataBytes`). Throws `FeedrateError('workload')` as `filesOf` does.
 */
export function expectedTime(plan: Plan, dataset: Dataset | null): ExpectedTime {
  const times = plan.arms.map((arm) => armTime(arm, dataset));
  let knownNs = 0;
  let estimatedNs = 0;
  for (const { arm } of plan.trials) {
    knownNs += times[arm]?.knownNs ?? 0;
    estimatedNs += times[arm]?.estimatedNs ?? 0;
  }
  return { knownNs, estimatedNs };
}

/** The time that bytes take at the assumed rate. */
export function assumedNs(bytes: number): number {
  return (bytes / ASSUMED_BYTES_PER_SECOND) * 1e9;
}

/** Of one trial. */
function armTime(arm: Arm, dataset: Dataset | null): ExpectedTime {
  const { spec } = arm;
  // A simulated trial runs under a virtual clock.
  if (spec.ioengine === 'simulated') return { knownNs: 0, estimatedNs: 0 };
  const files = filesOf(arm, dataset);
  const fileBytes = files.files.reduce((total, { bytes }) => total + bytes, 0);
  const time = jobTime(spec, fileBytes);
  if (spec.ioengine === 'null') return { ...time, estimatedNs: 0 };
  const layoutBytes = files.place === 'scratch' && files.laidOut ? fileBytes : 0;
  const warmedBytes = spec.cache === 'warm' && files.laidOut ? fileBytes : 0;
  return { ...time, estimatedNs: time.estimatedNs + assumedNs(layoutBytes + warmedBytes) };
}

function jobTime(job: Arm['spec'], fileBytes: number): ExpectedTime {
  switch (job.kind) {
    case 'io':
      return timedJob(job, ioNs(job, fileBytes));
    case 'small-files':
      return timedJob(job, assumedNs(fileBytes));
    case 'checkpoint-write':
      return checkpointWriteTime(job, fileBytes);
    case 'checkpoint-restore':
      return { knownNs: 0, estimatedNs: assumedNs(fileBytes) };
    default:
      return unreachable(job);
  }
}

/** A job that may be bound by time: to its run time exactly, or at most. */
function timedJob(job: IoJob | SmallFilesJob, transferNs: number): ExpectedTime {
  const { runtimeNs, rampTimeNs, timeBased } = job;
  if (timeBased && runtimeNs !== null) return { knownNs: rampTimeNs + runtimeNs, estimatedNs: 0 };
  return { knownNs: rampTimeNs, estimatedNs: Math.min(transferNs, runtimeNs ?? Number.POSITIVE_INFINITY) };
}

/** The bytes of an I/O job: the slowest of the assumed rate and the job's own; pauses come on top. */
function ioNs(job: IoJob, fileBytes: number): number {
  const bytesEach = job.ioSizeBytes ?? fileBytes / job.numjobs;
  const operationsEach = bytesEach / largestBlockBytes(job.bs);
  const pausesNs = (operationsEach / job.thinktimeBlocks) * job.thinktimeNs;
  const atByteRateNs = job.rateBytesPerSecond === null ? 0 : (bytesEach / job.rateBytesPerSecond) * 1e9;
  const atOperationRateNs = job.rateIops === null ? 0 : (operationsEach / job.rateIops) * 1e9;
  return pausesNs + Math.max(assumedNs(bytesEach * job.numjobs), atByteRateNs, atOperationRateNs);
}

function checkpointWriteTime(job: CheckpointWriteJob, fileBytes: number): ExpectedTime {
  const readBackBytes = job.readBack ? fileBytes : 0;
  return {
    knownNs: (job.checkpoints - 1) * job.intervalNs,
    estimatedNs: assumedNs(fileBytes * job.checkpoints + readBackBytes),
  };
}
