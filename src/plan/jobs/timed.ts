/** For the kinds of job that may be bound by time. */
import type { TimedJob } from '../../workload/jobs/job-kind.js';
import type { ExpectedTime } from '../assumed-rate.js';
import type { TimeBounds } from './job-plan.js';

export function timedBounds({ rampTimeNs, runtimeNs, timeBased }: TimedJob): TimeBounds {
  return { rampNs: rampTimeNs, runtimeNs, repeats: timeBased };
}

/** The time of a job whose bytes take `transferNs`: its run time exactly, or at most. */
export function timedJob({ runtimeNs, rampTimeNs, timeBased }: TimedJob, transferNs: number): ExpectedTime {
  if (timeBased && runtimeNs !== null) return { knownNs: rampTimeNs + runtimeNs, estimatedNs: 0 };
  return { knownNs: rampTimeNs, estimatedNs: Math.min(transferNs, runtimeNs ?? Number.POSITIVE_INFINITY) };
}
