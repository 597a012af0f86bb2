import { capabilitiesOf } from '../workload/engines.js';
import { filesOf } from './arm-files.js';
import { ASSUMED_RATES, type ExpectedTime, movingNs, type TargetRates } from './assumed-rate.js';
import { jobPlanOf } from './jobs/registry.js';
import { type Arm, besideOf, type Plan } from './plan.js';
import type { PlannedDataset } from './planned-dataset.js';
import type { SpaceNeed } from './space.js';

export {
  ASSUMED_BYTES_PER_SECOND,
  ASSUMED_ENTRY_OPERATIONS_PER_SECOND,
  ASSUMED_RATES,
  type ExpectedTime,
  type MoveRate,
  type TargetRates,
} from './assumed-rate.js';

/** Rates of the targets that were measured, by their names. */
export type RatesByTarget = ReadonlyMap<string, TargetRates>;

const NOTHING_MEASURED: RatesByTarget = new Map();

/**
 * Returns the expected time of all trials, including each trial's layout, the preparation of its caches, and the removal of its files. Data files are
 * not included, because they are laid out once. Throws `FeedrateError('workload')` as `filesOf` does.
 * @param rates of targets. Default: those of a modest cloud volume
 */
export function expectedTime(
  plan: Plan,
  dataset: PlannedDataset | null,
  rates: RatesByTarget = NOTHING_MEASURED,
): ExpectedTime {
  const times = trialTimes(plan, dataset, rates);
  let knownNs = 0;
  let estimatedNs = 0;
  for (const { arm } of plan.trials) {
    knownNs += times[arm]?.knownNs ?? 0;
    estimatedNs += times[arm]?.estimatedNs ?? 0;
  }
  return { knownNs, estimatedNs };
}

/** What a session takes apart from its trials, and a trial apart from its work: processes and threads start and end. */
const SESSION_NS = 400e6;
const TRIAL_NS = 60e6;

/** A run that is prepared. */
interface PreparedRun {
  readonly plan: Plan;
  readonly dataset: PlannedDataset | null;
  readonly space: readonly Pick<SpaceNeed, 'target' | 'dataBytes' | 'dataFiles'>[];
  /** Whether the target is a temporary directory, which is removed with its data files. Default: it is not. */
  readonly isTemporary?: boolean;
}

/** Returns the expected time of a whole run: sessions, the data files that are missing, all trials, and the removal. */
export function expectedRunTime(prepared: PreparedRun, rates: RatesByTarget = NOTHING_MEASURED): ExpectedTime {
  const { plan, dataset, space } = prepared;
  const { knownNs, estimatedNs } = expectedTime(plan, dataset, rates);
  const layoutNs = space.reduce((sum, { target, dataBytes, dataFiles }) => {
    return sum + movingNs((rates.get(target) ?? ASSUMED_RATES).layout, dataBytes, dataFiles);
  }, 0);
  const real = plan.trials.filter(({ arm }) => !isVirtual(plan.arms[arm])).length;
  const aroundNs = real === 0 ? 0 : plan.sessions * SESSION_NS + real * TRIAL_NS;
  return { knownNs, estimatedNs: estimatedNs + layoutNs + aroundNs + closingNs(prepared, rates) };
}

/** Returns the time that a run takes after its last trial, ns: files that are removed. */
export function closingNs(
  { space, isTemporary = false }: Pick<PreparedRun, 'space' | 'isTemporary'>,
  rates: RatesByTarget = NOTHING_MEASURED,
): number {
  if (!isTemporary) return 0;
  return space.reduce(
    (sum, { target, dataFiles }) => sum + dataFiles * (rates.get(target) ?? ASSUMED_RATES).removeNs,
    0,
  );
}

function isVirtual(arm: Arm | undefined): boolean {
  return arm === undefined || capabilitiesOf(arm.spec.ioengine).virtualClock;
}

/** Returns the expected time of one trial of each arm, in the order of `plan.arms`. Throws as `expectedTime` does. */
export function trialTimes(
  plan: Pick<Plan, 'arms'>,
  dataset: PlannedDataset | null,
  rates: RatesByTarget = NOTHING_MEASURED,
): ExpectedTime[] {
  return plan.arms.map((arm) => {
    const ratesOfTarget = rates.get(arm.target) ?? ASSUMED_RATES;
    const beside = besideOf(plan, arm);
    const own = armTime(arm, dataset, ratesOfTarget);
    if (beside === undefined) return own;
    // Two jobs share the storage, so what one moves takes twice as long. The other ends with it.
    const { preparedNs } = armTime(beside, dataset, ratesOfTarget);
    return { knownNs: own.knownNs, estimatedNs: 2 * own.estimatedNs - own.preparedNs + preparedNs };
  });
}

interface ArmTime extends ExpectedTime {
  /** The part of the estimated time that is spent before the job begins. */
  readonly preparedNs: number;
}

function armTime(arm: Arm, dataset: PlannedDataset | null, rates: TargetRates): ArmTime {
  const { spec } = arm;
  const { virtualClock, touchesFiles } = capabilitiesOf(spec.ioengine);
  if (virtualClock) return { knownNs: 0, estimatedNs: 0, preparedNs: 0 };
  const { files, place, laidOut } = filesOf(arm, dataset);
  const fileBytes = files.sums.totalBytes;
  const job = jobPlanOf(spec);
  const { knownNs, estimatedNs } = job.expectedTime(fileBytes, rates, files);
  if (!touchesFiles) return { knownNs, estimatedNs: 0, preparedNs: 0 };
  let preparedNs = 0;
  if (laidOut && place === 'scratch') preparedNs += movingNs(rates.write, fileBytes, files.length);
  if (laidOut && spec.cache === 'warm') preparedNs += movingNs(rates.warm, fileBytes, files.length);
  if (laidOut && job.reads && (spec.cache === 'cold' || spec.cache === 'direct'))
    preparedNs += files.length * rates.evictNs;
  const removedNs = place === 'scratch' ? job.scratchFiles(files.length) * rates.removeNs : 0;
  return { knownNs, estimatedNs: estimatedNs + preparedNs + removedNs, preparedNs };
}
