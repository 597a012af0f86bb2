import { capabilitiesOf } from '../workload/engines.js';
import { filesOf } from './arm-files.js';
import { assumedNs, type ExpectedTime } from './assumed-rate.js';
import { jobPlanOf } from './jobs/registry.js';
import type { Arm, Plan } from './plan.js';
import type { PlannedDataset } from './planned-dataset.js';

export { ASSUMED_BYTES_PER_SECOND, assumedNs, type ExpectedTime } from './assumed-rate.js';

/**
 * Returns the expected time of all trials, including each trial's layout and cache warming. Data files are not
 * included: they are laid out once (`SpaceNeed.dataBytes`). Throws `FeedrateError('workload')` as `filesOf` does.
 */
export function expectedTime(plan: Plan, dataset: PlannedDataset | null): ExpectedTime {
  const times = plan.arms.map((arm) => armTime(arm, dataset));
  let knownNs = 0;
  let estimatedNs = 0;
  for (const { arm } of plan.trials) {
    knownNs += times[arm]?.knownNs ?? 0;
    estimatedNs += times[arm]?.estimatedNs ?? 0;
  }
  return { knownNs, estimatedNs };
}

/** Returns the expected time of one trial of the arm. */
function armTime(arm: Arm, dataset: PlannedDataset | null): ExpectedTime {
  const { spec } = arm;
  const { virtualClock, touchesFiles } = capabilitiesOf(spec.ioengine);
  if (virtualClock) return { knownNs: 0, estimatedNs: 0 };
  const files = filesOf(arm, dataset);
  const fileBytes = files.files.sums.totalBytes;
  const { knownNs, estimatedNs } = jobPlanOf(spec).expectedTime(fileBytes);
  if (!touchesFiles) return { knownNs, estimatedNs: 0 };
  const layoutBytes = files.place === 'scratch' && files.laidOut ? fileBytes : 0;
  const warmedBytes = spec.cache === 'warm' && files.laidOut ? fileBytes : 0;
  return { knownNs, estimatedNs: estimatedNs + assumedNs(layoutBytes + warmedBytes) };
}
