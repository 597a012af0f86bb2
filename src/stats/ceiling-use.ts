/** How close an arm came to the ceilings of its target, and whether a burst carried it. */
import { median } from 'simple-statistics';
import type { BurstRow } from '../record/ceiling-record.js';
import type { RunRecord } from '../record/run-record.js';
import { secondsWithin, stepDown } from '../record/steadiness.js';
import type { TrialRecord } from '../record/trial-record.js';
import { windowNs } from '../record/trial-values.js';
import { isCounted } from './summary.js';
import { type Ceiling, type CeilingKind, type MissingCeiling, targetCeilings } from './target-ceilings.js';

/**
 * From here on, a result is not explained by its ceiling. 1.00 would be too low: reads were seen at 102 % of the published
 * network throughput (measured-throughput-triage.md of FSx-for-ONTAP-Adoption-Playbook, read 2026-11-29).
 */
const BEYOND = 1.05;

/** From here on, a result is at its ceiling. */
export const NEAR = 0.95;

/** How long a run should load a volume if no file says it: 35 minutes outlast the one burst that was watched, of 27. */
const RUN_MINUTES = 35;

/** What an arm used of one ceiling. */
export interface LimitUse extends Ceiling {
  /** In the unit of the ceiling. */
  readonly used: number;
  readonly ofBase: number;
  /** Of the burst, or of the base if there is none. Null if it is not known whether there is a burst. */
  readonly ofPeak: number | null;
}

export interface CeilingUse {
  /** Every ceiling that applies, the closest first. */
  readonly limits: readonly LimitUse[];
  readonly missing: readonly MissingCeiling[];
  /**
   * `sustained`: within the lowest sustained ceiling. `burst`: above it, and within what a burst allows. `beyond`: at
   * least 105 % of a ceiling, so the bytes came from a cache, or the storage compressed them.
   */
  readonly state: 'sustained' | 'burst' | 'beyond';
  /** The ceiling that is closest, by its sustained figure, and in a burst or beyond by its burst. */
  readonly binding: LimitUse;
  /** The part of it that the arm used: 0.94. */
  readonly share: number;
  /** The ceiling that is closest by its sustained figure. */
  readonly sustained: LimitUse;
  /** Beyond a ceiling of the storage: the closest one of the network, through which even cached bytes must come. */
  readonly network: LimitUse | null;
  /** The first lasting drop of throughput. Null if there is none, or no time series. */
  readonly drop: Drop | null;
  /** From the first trial on the target to the end of the last one. */
  readonly loadedMinutes: number;
  /** How long a run must load the volume for its figures to count as sustained. */
  readonly runMinutes: number;
  /** The burst that somebody watched, if there is a row. */
  readonly burst: BurstRow | null;
}

/** A lasting drop of throughput, in bytes per second. */
export interface Drop {
  /** ISO 8601, UTC. Accurate to a few seconds. */
  readonly at: string;
  /** Since the first trial on the target began. */
  readonly afterMinutes: number;
  readonly before: number;
  readonly after: number;
}

const NETWORK_KINDS: readonly CeilingKind[] = ['connections', 'client-network', 'network'];

type Used = Pick<
  TrialRecord,
  'window' | 'status' | 'warmup' | 'ranks' | 'startedAt' | 'wallNs' | 'series' | 'arm' | 'target'
>;

/** Returns the use of each arm whose target has ceilings, by the arm's id. Arms that measured nothing have none. */
export function ceilingUses(
  { environment, plan }: Pick<RunRecord, 'environment' | 'plan'>,
  trials: readonly Used[],
): ReadonlyMap<string, CeilingUse> {
  const uses = new Map<string, CeilingUse>();
  for (const target of environment.targets) {
    if (target.ceilings === undefined) continue;
    const onTarget = trials.filter((trial) => trial.target === target.name);
    for (const { id } of plan.arms) {
      const ofArm = onTarget.filter(({ arm }) => arm === id);
      const use = ceilingUse(target, ofArm, onTarget);
      if (use !== null) uses.set(id, use);
    }
  }
  return uses;
}

/**
 * Returns what the trials of one arm used of the ceilings of its target, from the medians of their counted trials. Null if
 * the target has no ceiling, or nothing was measured.
 * @param onTarget every trial on the target, which together used up its burst
 */
export function ceilingUse(
  target: RunRecord['environment']['targets'][number],
  trials: readonly Used[],
  onTarget: readonly Used[] = trials,
): CeilingUse | null {
  if (target.ceilings === undefined) return null;
  const counted = trials.filter((trial) => isCounted(trial) && windowNs(trial) > 0);
  if (counted.length === 0) return null;
  const found = targetCeilings(target, Math.max(...counted.map(({ ranks }) => ranks?.length ?? 1)));
  const limits = (found?.ceilings ?? []).flatMap((ceiling) => limitUse(ceiling, counted));
  const judged = judgedBy(limits);
  if (found === null || judged === null) return null;
  const [burst = null] = target.ceilings.bursts;
  const [from, to] = spanOf(onTarget);
  return {
    ...judged,
    missing: found.missing,
    drop: dropIn(trials, from),
    loadedMinutes: (to - from) / MINUTE_MS,
    runMinutes: burst?.runMinutes ?? RUN_MINUTES,
    burst,
  };
}

/** Reads and writes travel in opposite directions, and share the disks. */
const USED_OF: Readonly<Record<CeilingKind, (window: TrialRecord['window']) => number>> = {
  connections: oneWay,
  'client-network': oneWay,
  network: oneWay,
  disk: ({ readBytes, writeBytes }) => readBytes + writeBytes,
  'ssd-throughput': ({ readBytes, writeBytes }) => readBytes + writeBytes,
  'server-iops': ({ readOps, writeOps }) => readOps + writeOps,
  'ssd-iops': ({ readOps, writeOps }) => readOps + writeOps,
  write: ({ writeBytes }) => writeBytes,
};

function oneWay({ readBytes, writeBytes }: TrialRecord['window']): number {
  return Math.max(readBytes, writeBytes);
}

function limitUse(ceiling: Ceiling, counted: readonly Used[]): LimitUse[] {
  const used = median(counted.map((trial) => USED_OF[ceiling.kind](trial.window) / (windowNs(trial) / 1e9)));
  const { base, burst } = ceiling.level;
  if (!(used > 0 && base > 0)) return [];
  const ofBase = used / base;
  const ofPeak = burst === 'none' ? ofBase : burst === null ? null : used / burst;
  return [{ ...ceiling, used, ofBase, ofPeak }];
}

type JudgedUse = Pick<CeilingUse, 'limits' | 'state' | 'binding' | 'share' | 'sustained' | 'network'>;

function judgedBy(limits: readonly LimitUse[]): JudgedUse | null {
  const byBase = limits.toSorted((a, b) => b.ofBase - a.ofBase);
  const [sustained] = byBase;
  if (sustained === undefined) return null;
  const byPeak = limits.toSorted((a, b) => (b.ofPeak ?? 0) - (a.ofPeak ?? 0));
  const [peak = sustained] = byPeak;
  const common = { limits: byBase, sustained };
  if (sustained.ofBase < BEYOND)
    return { ...common, state: 'sustained', binding: sustained, share: sustained.ofBase, network: null };
  const share = peak.ofPeak ?? 0;
  // Whether the limit that it exceeds has a burst is not published, so how much of the burst it used is not known either.
  if (share < BEYOND && sustained.ofPeak === null)
    return { ...common, state: 'burst', binding: sustained, share: sustained.ofBase, network: null };
  if (share < BEYOND) return { ...common, state: 'burst', binding: peak, share, network: null };
  const isStorage = !NETWORK_KINDS.includes(peak.kind);
  const [network] = byPeak.filter(({ kind }) => NETWORK_KINDS.includes(kind));
  return { ...common, state: 'beyond', binding: peak, share, network: (isStorage && network) || null };
}

const MINUTE_MS = 60_000;

function startMs({ startedAt }: Pick<Used, 'startedAt'>): number {
  return Date.parse(startedAt);
}

function endMs(trial: Pick<Used, 'startedAt' | 'wallNs'>): number {
  return startMs(trial) + trial.wallNs / 1e6;
}

function spanOf(trials: readonly Used[]): [number, number] {
  const from = trials.reduce((least, trial) => Math.min(least, startMs(trial)), Number.POSITIVE_INFINITY);
  return [from, trials.reduce((most, trial) => Math.max(most, endMs(trial)), from)];
}

/** The search for a drop takes time in proportion to the square of the values. */
const MOST_VALUES = 1000;

/** Returns the first lasting drop over all trials of an arm in the order of time, warm-ups included. */
function dropIn(trials: readonly Used[], from: number): Drop | null {
  const seconds = trials
    .filter(({ status }) => status === 'ok')
    .flatMap((trial) => {
      // Workers start after the preparation, whose length is the rest of the trial.
      const commonStartMs = endMs(trial) - trial.window.lastDoneNs / 1e6;
      return secondsWithin(trial.series, trial.window).map(({ startNs, durationNs, readBytes, writeBytes }) => ({
        atMs: commonStartMs + startNs / 1e6,
        rate: (readBytes + writeBytes) / (durationNs / 1e9),
      }));
    })
    .sort((a, b) => a.atMs - b.atMs);
  const size = Math.ceil(seconds.length / MOST_VALUES);
  const grouped = Array.from({ length: size === 0 ? 0 : Math.floor(seconds.length / size) }, (_, index) => {
    const part = seconds.slice(index * size, (index + 1) * size);
    return { atMs: part[0]?.atMs as number, rate: part.reduce((sum, { rate }) => sum + rate, 0) / part.length };
  });
  const step = stepDown(grouped.map(({ rate }) => rate));
  const at = step === null ? undefined : grouped[step.at]?.atMs;
  if (step === null || at === undefined || !Number.isFinite(at)) return null;
  const { before, after } = step;
  return { at: new Date(at).toISOString(), afterMinutes: (at - from) / MINUTE_MS, before, after };
}
