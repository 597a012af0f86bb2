/** Trials → one summary per arm. */
import type { LatencyKind } from '../base/latency-kinds.js';
import { NUMBER_METRICS, type NumberKey } from '../base/metrics.js';
import type { Arm } from '../plan/plan.js';
import { isBusy, takenShare } from '../record/machine-use.js';
import { isServerUnknown, VERDICTS_FROM_WORST } from '../record/merge-caches.js';
import type { CacheEvidence, TrialRecord } from '../record/trial-record.js';
import { type LatencySummary, measuredNothing, summarizeLatencies, tailNs } from '../record/trial-values.js';
import { byWeight, type Warning, warning } from '../record/warning.js';
import { trialsByArm } from './arm-trials.js';
import { armWarnings } from './arm-warnings.js';
import { type GroupUse, groupUseOf } from './group-use.js';
import { type NfsUse, nfsUseOf } from './nfs-use.js';
import { observationsOf } from './observations.js';
import { type Spread, spreadOf } from './spread.js';
import { type TrainingUse, trainingUse } from './training-use.js';

/** The fields that identify an arm. Every `Arm` and every `TrialRecord` has them. */
export type ArmHeading = Pick<Arm, 'id' | 'job' | 'target' | 'factors'>;

export interface ArmSummary {
  readonly arm: ArmHeading;
  /** The number of trials that count: successful and not a warm-up. */
  readonly counted: number;
  /** Those of the counted trials that measured nothing. They have no values, so other numbers are about the rest. */
  readonly unmeasured: number;
  readonly failed: number;
  readonly aborted: number;
  readonly warmups: number;
  /** The fault of the first failed trial. Null when none failed. */
  readonly fault: TrialRecord['fault'];
  /**
   * Each single-number metric over the counted trials, in its base unit. A trial that measured nothing has the worst value.
   * Null when no trial has one.
   */
  readonly numbers: Readonly<Record<NumberKey, Spread | null>>;
  /** Time from the first worker's end to the last one's. */
  readonly tailNs: Spread | null;
  /** From the histograms merged over the counted trials. Kinds that did not occur are missing. */
  readonly latencies: ReadonlyMap<LatencyKind, LatencySummary>;
  /** The worst verdict of the counted trials. Null without counted trials. */
  readonly cache: ArmCache | null;
  /** The counted trials together. Null when they were not on an NFS mount. */
  readonly nfs: NfsUse | null;
  /** How accelerators were fed in the counted trials. Null for jobs that are no training. */
  readonly training: TrainingUse | null;
  /** Counted trials during which the machine was busy with other work. Null if no trial recorded it. */
  readonly busyTrials: number | null;
  /** The most of the CPUs that other work took during a counted trial, 0 to 1. Null if it is unknown. */
  readonly takenShareMax: number | null;
  /** The machines of a group; null for a single one. */
  readonly group: GroupUse | null;
  readonly warnings: readonly ArmWarning[];
}

/** The worst cache evidence of an arm's trials. */
export interface ArmCache extends Pick<CacheEvidence, 'claim' | 'verdict' | 'detail'> {
  /** The claim holds for this client, and the server may have served it from its own memory. */
  readonly serverUnknown: boolean;
}

/** A warning of an arm, with the number of counted trials that raised it. Warnings of the arm as a whole count all. */
export interface ArmWarning extends Warning {
  readonly trials: number;
}

/** Returns whether a trial counts for the results: it is successful and not a warm-up. */
export function isCounted(trial: Pick<TrialRecord, 'status' | 'warmup'>): boolean {
  return trial.status === 'ok' && !trial.warmup;
}

/**
 * Returns one summary per arm, in the order of the plan. Arms that occur only in trials (when the plan
 * is lost) follow in the order of their first trial. An arm without counted trials has null results.
 */
export function summarize(arms: readonly ArmHeading[], trials: readonly TrialRecord[]): readonly ArmSummary[] {
  const last = known.get(trials);
  if (last?.arms === arms && last.trials === trials.length) return last.summaries;
  const summaries = summariesOf(arms, trials);
  known.set(trials, { arms, trials: trials.length, summaries });
  return summaries;
}

/** The table of arms and the report of a run are made from the same trials, whose quantiles are expensive. */
const known = new WeakMap<
  readonly TrialRecord[],
  { readonly arms: readonly ArmHeading[]; readonly trials: number; readonly summaries: readonly ArmSummary[] }
>();

function summariesOf(arms: readonly ArmHeading[], trials: readonly TrialRecord[]): ArmSummary[] {
  const byArm = trialsByArm(trials);
  const headings = new Map(arms.map((arm) => [arm.id, arm]));
  for (const [id, [first]] of byArm) if (first !== undefined && !headings.has(id)) headings.set(id, { ...first, id });
  return [...headings].map(([id, heading]) => summarizeArm(heading, byArm.get(id) ?? []));
}

function summarizeArm(heading: ArmHeading, trials: readonly TrialRecord[]): ArmSummary {
  const counted = trials.filter(isCounted);
  return {
    arm: { id: heading.id, job: heading.job, target: heading.target, factors: heading.factors },
    counted: counted.length,
    unmeasured: counted.filter(measuredNothing).length,
    failed: trials.filter((trial) => trial.status === 'failed').length,
    aborted: trials.filter((trial) => trial.status === 'aborted').length,
    warmups: trials.filter((trial) => trial.warmup).length,
    fault: trials.find((trial) => trial.fault !== null)?.fault ?? null,
    numbers: Object.fromEntries(
      NUMBER_METRICS.map((metric) => {
        const observed = observationsOf({ key: metric.key, metric, statistic: null }, counted);
        return [metric.key, spreadOf(observed.map(({ value }) => value))];
      }),
    ) as ArmSummary['numbers'],
    tailNs: spreadOf(counted.map(tailNs)),
    latencies: summarizeLatencies(counted),
    cache: worstCache(counted),
    nfs: nfsUseOf(counted),
    training: trainingUse(counted),
    ...busyOf(counted),
    group: groupUseOf(counted),
    warnings: warningsOfArm(counted),
  };
}

function busyOf(trials: readonly TrialRecord[]): Pick<ArmSummary, 'busyTrials' | 'takenShareMax'> {
  const shares = trials.map(({ machine }) => takenShare(machine)).filter((share) => share !== null);
  if (shares.length === 0) return { busyTrials: null, takenShareMax: null };
  return { busyTrials: trials.filter(({ machine }) => isBusy(machine)).length, takenShareMax: Math.max(...shares) };
}

function worstCache(trials: readonly TrialRecord[]): ArmSummary['cache'] {
  for (const verdict of VERDICTS_FROM_WORST) {
    const evidence = trials.find((trial) => trial.cache.verdict === verdict)?.cache;
    if (evidence === undefined) continue;
    const serverUnknown = trials.some((trial) => trial.cache.verdict === verdict && isServerUnknown(trial));
    return { claim: evidence.claim, verdict, detail: evidence.detail, serverUnknown };
  }
  return null;
}

/** Returns a trial's warnings. Trials of earlier versions do not say that they measured nothing. */
function raisedBy(trial: TrialRecord): readonly Warning[] {
  const { warnings } = trial;
  if (!measuredNothing(trial) || warnings.some(({ code }) => code === 'nothing-measured')) return warnings;
  return [warning('nothing-measured', 'the measured time was empty'), ...warnings];
}

/** Returns the warnings of single counted trials and of all of them together, the most important first. */
export function warningsOfArm(trials: readonly TrialRecord[]): ArmWarning[] {
  const byCode = new Map<Warning['code'], ArmWarning>();
  for (const trial of trials) {
    const raised = new Map(raisedBy(trial).map((warning) => [warning.code, warning]));
    for (const [code, found] of raised) {
      const known = byCode.get(code);
      byCode.set(code, known ? { ...known, trials: known.trials + 1 } : { ...found, trials: 1 });
    }
  }
  const together = armWarnings(trials).map((found) => ({ ...found, trials: trials.length }));
  return [...byCode.values(), ...together].sort(byWeight);
}
