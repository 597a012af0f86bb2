/** Jobs that end within their `ramp_time`, so that no time is left to measure. */
import { FeedrateError } from '../base/errors.js';
import { formatDurationNs } from '../base/units.js';
import { capabilitiesOf } from '../workload/engines.js';
import type { Job } from '../workload/workload.js';
import { filesOf } from './arm-files.js';
import { ASSUMED_RATES, INSTANT_RATES } from './assumed-rate.js';
import { smallestBlockBytes } from './blocks.js';
import { jobPlanOf } from './jobs/registry.js';
import type { Arm, ArmFiles, Plan } from './plan.js';
import type { PlannedDataset } from './planned-dataset.js';
import { canBeTimed, sizeFieldOf } from './size-fields.js';

/** Storage that is slower does not answer any more. */
const SLOWEST_OPERATION_NS = 1e9;
const SLOWEST_BYTES_PER_SECOND = 64 * 2 ** 10;
/** A simulated latency is at most so many times its median: the largest draw is 8.6 deviations, of 0.25 in the logarithm. */
const LARGEST_DRAW = 9;
/** Open, close and sync of a file, and the end of it. */
const CALLS_PER_FILE = 4;
/** A block that is moved, with the fsync and fdatasync that may follow it. */
const CALLS_PER_BLOCK = 3;

/**
 * Returns a line for each job that is likely to end within its ramp at the rates that are assumed of any target.
 * Throws `FeedrateError('workload')` for an arm that certainly does: even if each call took a second.
 */
export function rampNotes(plan: Pick<Plan, 'arms'>, dataset: PlannedDataset | null): string[] {
  const notes = new Set<string>();
  for (const arm of plan.arms) {
    const { rampNs, repeats } = jobPlanOf(arm.spec).bounds;
    if (rampNs === 0 || repeats) continue;
    const ramp = formatDurationNs(rampNs);
    const files = filesOf(arm, dataset);
    if (longestNs(arm.spec, files) < rampNs)
      throw new FeedrateError(
        'workload',
        `${arm.id}: the job ends within its ramp_time of ${ramp}, so nothing would be measured; ${remedyOf(arm.spec, files)}`,
      );
    if (likelyNs(arm, files) < rampNs)
      notes.add(
        `${arm.job}: the job is likely to end within its ramp_time of ${ramp} and measure nothing; ${remedyOf(arm.spec, files)}`,
      );
  }
  return [...notes];
}

function remedyOf(spec: Job, { place }: ArmFiles): string {
  const more = place === 'existing' ? 'more files' : `a larger ${sizeFieldOf(spec)}`;
  return `use ${canBeTimed(spec) ? 'time_based with a runtime' : more}, or a shorter ramp_time`;
}

/** Returns the longest time that a job can take, ns; Infinity if chance decides. */
function longestNs(spec: Job, { files }: ArmFiles): number {
  const job = jobPlanOf(spec);
  if (job.rate?.random === true) return Number.POSITIVE_INFINITY;
  const { totalBytes } = files.sums;
  const bytes = job.movedBytes(totalBytes);
  const calls = (CALLS_PER_BLOCK * bytes) / smallestBlockBytes(spec) + CALLS_PER_FILE * files.length;
  const { virtualClock } = capabilitiesOf(spec.ioengine);
  const callNs = virtualClock ? LARGEST_DRAW * spec.simulatedLatencyNs : SLOWEST_OPERATION_NS;
  const rate = virtualClock ? (spec.simulatedBytesPerSecond ?? Number.POSITIVE_INFINITY) : SLOWEST_BYTES_PER_SECOND;
  const { knownNs, estimatedNs } = job.expectedTime(totalBytes, INSTANT_RATES, files);
  return knownNs + estimatedNs + calls * callNs + (bytes / rate) * 1e9;
}

function likelyNs({ spec }: Arm, { files }: ArmFiles): number {
  const { knownNs, estimatedNs } = jobPlanOf(spec).expectedTime(files.sums.totalBytes, ASSUMED_RATES, files);
  return knownNs + estimatedNs;
}
