/** Planning shared by job kinds that may have a time limit. */
import type { TimedJob } from '../../workload/jobs/job-kind.js';
import type { ExpectedTime } from '../assumed-rate.js';
import type { TimeBounds } from './job-plan.js';

export function timedBounds({ rampTimeNs, runtimeNs, timeBased }: TimedJob): TimeBounds {
  return { rampNs: rampTimeNs, runtimeNs, repeats: timeBased };
}

/**
 * Returns the expected time of a job whose bytes take `transferNs`. The ramp and the run time are exact if time-based, else
 * a limit: bytes that are moved during the ramp count like the others.
 */
export function timedJob({ runtimeNs, rampTimeNs, timeBased }: TimedJob, transferNs: number): ExpectedTime {
  if (timeBased && runtimeNs !== null) return { knownNs: rampTimeNs + runtimeNs, estimatedNs: 0 };
  return { knownNs: 0, estimatedNs: Math.min(transferNs, rampTimeNs + (runtimeNs ?? Number.POSITIVE_INFINITY)) };
}
