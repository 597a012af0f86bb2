/** Checks that the workers of a plan fit within the limits of this machine. */
import { FeedrateError } from '../base/errors.js';
import { formatBytes, formatWhole } from '../base/units.js';
import { chooseEngine, workersOf } from '../engine/choose.js';
import { type MachineLimit, readMachineLimits } from '../host/system/machine-limits.js';
import { filesOf } from '../plan/arm-files.js';
import { largestBlockBytes } from '../plan/blocks.js';
import { jobPlanOf } from '../plan/jobs/registry.js';
import { type ArmLoad, type MachineNeeds, mostFiles, mostJobs, needsOf } from '../plan/needs.js';
import { type Arm, besideOf, type Plan, targetOf } from '../plan/plan.js';
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
 * has the limit and the largest numjobs that fits or, where the files are too many for any, the most files.
 */
export function refuseBeyondLimits(
  plan: Plan,
  dataset: PlannedDataset | null,
  limits: readonly MachineLimit[] = readMachineLimits(),
): void {
  const loads = plan.arms.map((arm): ArmLoad => {
    const beside = besideOf(plan, arm);
    const load = loadOf(plan, arm, dataset);
    return beside === undefined ? load : { ...load, beside: loadOf(plan, beside, dataset) };
  });
  const needs = needsOf(loads);
  const exceeded = limits.filter(({ resource, available }) => needs[resource] > available);
  if (exceeded.length === 0) return;
  const [worst] = exceeded
    .map((limit) => {
      const fits = (less: MachineNeeds) => less[limit.resource] <= limit.available;
      return { limit, jobs: mostJobs(loads, fits), files: mostFiles(loads, fits) };
    })
    .sort((a, b) => a.jobs - b.jobs || a.files - b.files) as [Within];
  throw beyond(worst, needs, loads, dataset);
}

/** A limit, the largest numjobs that stays within it, and the most files that all workers share. */
interface Within {
  readonly limit: MachineLimit;
  readonly jobs: number;
  readonly files: number;
}

function beyond(
  { limit, jobs, files }: Within,
  needs: MachineNeeds,
  loads: readonly ArmLoad[],
  dataset: PlannedDataset | null,
): FeedrateError {
  const { words, format } = RESOURCES[limit.resource];
  const most = (of: (load: ArmLoad) => number) => loads.reduce((high, load) => Math.max(high, of(load)), 0);
  const workersOfLoad = ({ jobs: each, threadsPerJob, besides = 0 }: ArmLoad) => each * threadsPerJob + besides;
  const workers = most((load) => workersOfLoad(load) + (load.beside === undefined ? 0 : workersOfLoad(load.beside)));
  const shared = most(({ sharedFiles }) => sharedFiles);
  // With fewer workers, each of them has more of the shared files open.
  const isByFiles = jobs === 0 && files > 0;
  const field = dataset?.kind === 'scanned' ? 'dataset.limit' : 'dataset.nrfiles';
  const remedies = [
    ...(jobs > 0 ? [`use at most --set numjobs=${jobs}`] : []),
    ...(isByFiles ? [`use at most --set ${field}=${files}`, 'kind: small-files, which opens one file at a time'] : []),
    limit.raise,
  ];
  const subject = isByFiles
    ? `dataset: jobs that have ${formatWhole(shared)} files open at once need`
    : `numjobs: ${formatWhole(workers)} ${workers === 1 ? 'worker needs' : 'workers need'}`;
  return new FeedrateError(
    'workload',
    `${subject} ${format(needs[limit.resource])} ${words}, but the ${limit.name} ` +
      `allows ${format(limit.available)}; ${listed(remedies)}`,
  );
}

const listed = (remedies: readonly string[]): string =>
  remedies.length === 1 ? `${remedies[0]}` : `${remedies.slice(0, -1).join(', ')}, or ${remedies.at(-1)}`;

function loadOf(plan: Plan, arm: Arm, dataset: PlannedDataset | null): ArmLoad {
  const { spec } = arm;
  const { used, threadsPerJob, iodepth } = chooseEngine(spec, targetOf(plan, arm));
  const { holdsQueue, mapsFiles, touchesFiles } = ENGINES[used];
  const { checksContent, holdsAllFiles, readsDataset } = jobPlanOf(spec);
  const files = touchesFiles ? filesOf(arm, dataset).files.length : 0;
  const own = spec.numjobs > files ? files : Math.ceil(files / spec.numjobs);
  const isShared = readsDataset && holdsAllFiles;
  return {
    jobs: spec.numjobs,
    threadsPerJob,
    besides: workersOf(spec, { threadsPerJob }) - spec.numjobs * threadsPerJob,
    blockBytes: largestBlockBytes(spec),
    buffers: (holdsQueue ? iodepth : 1) + (checksContent ? 1 : 0),
    openFiles: isShared ? 0 : holdsAllFiles ? own : Math.min(1, own),
    sharedFiles: isShared ? files : 0,
    holdsRing: holdsQueue && touchesFiles,
    mapsFiles,
  };
}
