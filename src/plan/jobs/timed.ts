/** Planning shared by job kinds that may have a time limit. */
import type { TimedJob } from '../../workload/jobs/job-kind.js';
import type { ExpectedTime } from '../assumed-rate.js';
import type { TimeBounds } from './job-plan.js';

export function timedBounds({ rampTimeNs, runtimeNs, timeBased }: TimedJob): TimeBounds {
  return { rampNs: rampTimeNs, runtimeNs, repeats: timeBased };
}

/**
 * Returns the expected time of a job whose bytes take `transferNs`. The run time is exact if time-based, else a limit.
 */
export function timedJob({ runtimeNs, rampTimeNs, timeBased }: TimedJob, transferNs: number): ExpectedTime {
  if (timeBased && runtimeNs !== null) return { knownNs: rampTimeNs + runtimeNs, estimatedNs: 0 };
  return { knownNs: rampTimeNs, estimatedNs: Math.min(transferNs, runtimeNs ?? Number.POSITIVE_INFINITY) };
}
