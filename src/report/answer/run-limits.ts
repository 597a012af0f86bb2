/** What limited each load of a run, as far as the run recorded it. Nothing is guessed: an unclear load has no limit. */
import type { Arm } from '../../plan/plan.js';
import type { OwnCost } from '../../record/run-record.js';
import type { TrialRecord } from '../../record/trial-record.js';
import type { WarningCode } from '../../record/warning.js';
import { type CeilingUse, NEAR } from '../../stats/ceiling-use.js';
import type { ArmSummary } from '../../stats/summary.js';
import { kindName, rateText } from '../run/ceiling-text.js';

/** From here on, workers that compute or copy are the limit. As for the warning `client-bound`. */
const CPU_BOUND_SHARE = 0.8;
/** Up to here, workers mostly wait. Between the two, neither is said to be the limit. */
const WAITING_SHARE = 0.5;
/** From this share of a worker's time on, the measurement itself is a limit. */
const OVERHEAD_SHARE = 0.2;

export interface LimitedLoad {
  readonly summary: ArmSummary;
  /** Undefined if the plan is lost. */
  readonly arm: Arm | undefined;
  readonly trials: readonly TrialRecord[];
  readonly ceiling: CeilingUse | undefined;
}

/** Returns what limited a load as a clause without its object: `this machine's CPU limits`; null if it is not known. */
export function limitOf({ summary, arm, trials, ceiling }: LimitedLoad, ownCost: OwnCost | undefined): string | null {
  const raised = new Set<WarningCode>(summary.warnings.map(({ code }) => code));
  const bound = ceilingLimit(ceiling);
  if (bound !== null) return bound;
  if (hasRate(arm) && !raised.has('rate-missed')) return 'the rate or pause that the job sets limits';
  if (raised.has('nfs-queued'))
    return 'the NFS client limits (calls wait longer for a slot or connection than for the server)';
  if (overheadShare(summary, trials, ownCost) >= OVERHEAD_SHARE) return "feedrate's own overhead limits";
  const cpu = cpuShare(trials);
  if (raised.has('client-bound') || cpu >= CPU_BOUND_SHARE) return "this machine's CPU limits";
  // On a busy machine, a worker may also have waited for a CPU.
  return cpu <= WAITING_SHARE && !raised.has('busy-machine') ? 'the storage limits' : null;
}

/** A load beyond a ceiling, or in a burst, is not limited by it. */
function ceilingLimit(use: CeilingUse | undefined): string | null {
  if (use === undefined || use.state !== 'sustained' || use.share < NEAR) return null;
  const { kind, unit, level } = use.binding;
  return `the volume's ceiling (${kindName(kind)}, ${rateText(unit, level.base)}) limits`;
}

function hasRate(arm: Arm | undefined): boolean {
  const words: Readonly<Record<string, string>> = arm?.words ?? {};
  const isSet = (word: string) => !['none', '0s', undefined].includes(words[word]);
  return ['rate', 'rate_iops', 'thinktime', 'interval'].some(isSet);
}

function workerNs({ engine, window }: TrialRecord): number {
  return window.lastDoneNs * engine.numjobs * engine.threadsPerJob;
}

/** The part of the workers' time that they spent on a CPU. NaN if it is unknown. */
function cpuShare(trials: readonly TrialRecord[]): number {
  const cpuNs = trials.reduce((sum, { client }) => sum + (client.workerCpuNs ?? Number.NaN), 0);
  return cpuNs / trials.reduce((sum, trial) => sum + workerNs(trial), 0);
}

function overheadShare({ numbers }: ArmSummary, trials: readonly TrialRecord[], ownCost: OwnCost | undefined): number {
  const [first] = trials;
  if (ownCost === undefined || first === undefined || numbers.iops === null) return 0;
  const { numjobs, threadsPerJob } = first.engine;
  return (ownCost.nullNsPerOperation * numbers.iops.median) / 1e9 / (numjobs * threadsPerJob);
}
