/** Checks that the workers of a plan fit within the limits of this machine. */
import { FeedrateError } from '../base/errors.js';
import { formatBytes, formatWhole } from '../base/units.js';
import { chooseEngine } from '../engine/choose.js';
import { type MachineLimit, readMachineLimits } from '../host/system/machine-limits.js';
import { filesOf } from '../plan/arm-files.js';
import { largestBlockBytes } from '../plan/blocks.js';
import { jobPlanOf } from '../plan/jobs/registry.js';
import { type ArmLoad, type MachineNeeds, mostJobs, needsOf } from '../plan/needs.js';
import { type Arm, type Plan, targetOf } from '../plan/plan.js';
import type { PlannedDataset } from '../plan/planned-dataset.js';
import { ENGINES } from '../workload/engines.js';

/** How each resource is described in messages. */
const RESOURCES: {
  readonly [R in keyof MachineNeeds]: { readonly words: string; readonly format: (n: number) => string };
} = {
  memoryBytes: { words: 'of memory', format: formatBytes },
  addressBytes: { words: 'of address space', format: formatBytes },
  mappings: { words: 'memory mappings', format: formatWhole },
  descriptors: { words: 'open files', format: formatWhole },
  threads: { words: 'threads', format: formatWhole },
};

/**
 * Throws `FeedrateError('workload')` when the workers of an arm need more than a limit of this machine allows. The message
 * has the limit and the largest numjobs that fits.
 */
export function refuseBeyondLimits(
  plan: Plan,
  dataset: PlannedDataset | null,
  limits: readonly MachineLimit[] = readMachineLimits(),
): void {
  const loads = plan.arms.map((arm) => loadOf(plan, arm, dataset));
  const needs = needsOf(loads);
  const exceeded = limits.filter(({ resource, available }) => needs[resource] > available);
  if (exceeded.length === 0) return;
  const jobsWithin = (limit: MachineLimit): number =>
    mostJobs(loads, (less) => less[limit.resource] <= limit.available);
  const [{ limit, most }] = exceeded
    .map((each) => ({ limit: each, most: jobsWithin(each) }))
    .sort((a, b) => a.most - b.most) as [{ limit: MachineLimit; most: number }];
  const { words, format } = RESOURCES[limit.resource];
  const workers = loads.reduce((sum, { jobs, threadsPerJob }) => Math.max(sum, jobs * threadsPerJob), 0);
  const remedy = most === 0 ? limit.raise : `use at most --set numjobs=${most}, or ${limit.raise}`;
  throw new FeedrateError(
    'workload',
    `numjobs: ${formatWhole(workers)} workers need ${format(needs[limit.resource])} ${words}, but the ${limit.name} ` +
      `allows ${format(limit.available)}; ${remedy}`,
  );
}

function loadOf(plan: Plan, arm: Arm, dataset: PlannedDataset | null): ArmLoad {
  const { spec } = arm;
  const { used, threadsPerJob, iodepth } = chooseEngine(spec, targetOf(plan, arm));
  const { holdsQueue, mapsFiles, touchesFiles } = ENGINES[used];
  const { checksContent, holdsAllFiles } = jobPlanOf(spec);
  const files = touchesFiles ? filesOf(arm, dataset).files.length : 0;
  const own = spec.numjobs > files ? files : Math.ceil(files / spec.numjobs);
  return {
    jobs: spec.numjobs,
    threadsPerJob,
    blockBytes: largestBlockBytes(spec),
    buffers: (holdsQueue ? iodepth : 1) + (checksContent ? 1 : 0),
    openFiles: holdsAllFiles ? own : Math.min(1, own),
    holdsRing: holdsQueue && touchesFiles,
    mapsFiles,
  };
}
