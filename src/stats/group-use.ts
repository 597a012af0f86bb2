/** How the machines of a group shared the work of an arm: each rank, each host, and what hosts add to the variance. */
import { median } from 'simple-statistics';
import { startShifts } from '../record/common-window.js';
import type { RankPart, TrialRecord } from '../record/trial-record.js';
import { iops, throughputBytesPerSecond, windowNs } from '../record/trial-values.js';
import { studentTail, studentUpperQuantile } from './student.js';

/** One rank of an arm, means over its counted trials. */
export interface RankUse {
  readonly rank: number;
  readonly host: string | null;
  /** While this rank was busy. */
  readonly throughputBytesPerSecond: number;
  readonly iops: number;
  /** Its rate by the median rate of the ranks, the geometric mean over trials; NaN if it moved nothing. */
  readonly ratio: number;
  /** How much later than the first rank it began, ns. */
  readonly startSkewNs: number;
  /** When its last worker was done, ns since the start of the first rank. */
  readonly lastDoneNs: number;
  readonly isSlow: boolean;
}

export interface HostUse {
  /** Null: the run does not say. */
  readonly host: string | null;
  readonly ranks: readonly number[];
  /** The sum of its ranks. */
  readonly throughputBytesPerSecond: number;
  readonly iops: number;
}

/** What repeats when hosts are drawn anew. */
export interface HostSpread {
  readonly hosts: number;
  /**
   * The standard deviation between hosts by their mean: that of their means over trials, without what trials add by chance.
   */
  readonly betweenShare: number;
  /** The share of the variance of one host's rate in one trial that hosts add, 0 to 1. Null with a single trial. */
  readonly varianceShare: number | null;
  /**
   * The prediction interval of the aggregate that as many other hosts would have, if they were drawn at random from the same
   * kind and did not compete for one limit.
   */
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

export interface GroupUse {
  readonly arm: string;
  readonly trials: number;
  /** Whether rates are bytes or operations per second. */
  readonly unit: 'bytes' | 'operations';
  readonly rate: number;
  /** Time in which all ranks ran, and the longest time of a rank, ns, summed over trials. */
  readonly commonNs: number;
  readonly longestNs: number;
  /** Between the first and the last rank's start, the most of all trials. */
  readonly startSkewNs: number;
  /** Of the first and of the last rank, ns since the first start, means over trials. */
  readonly firstDoneNs: number;
  readonly lastDoneNs: number;
  /** The fastest rank's rate by the slowest one's. */
  readonly imbalance: number;
  readonly slowest: RankUse;
  readonly ranks: readonly RankUse[];
  readonly hosts: readonly HostUse[];
  /** Null with fewer than three hosts. */
  readonly anew: HostSpread | null;
}

type CountedTrial = TrialRecord & { readonly ranks: readonly RankPart[] };

/** Returns the group's part in the counted ones of an arm's trials; null if it was measured by a single machine. */
export function groupUseOf(trials: readonly TrialRecord[]): GroupUse | null {
  const counted = trials.filter(
    (trial): trial is CountedTrial => trial.status === 'ok' && !trial.warmup && trial.ranks !== undefined,
  );
  const [first] = counted;
  if (first === undefined) return null;
  const unit = counted.some((trial) => throughputBytesPerSecond(trial) > 0) ? 'bytes' : 'operations';
  const ranks = ranksOf(counted, unit);
  const rateOf = (use: Pick<RankUse, 'throughputBytesPerSecond' | 'iops'>) =>
    unit === 'bytes' ? use.throughputBytesPerSecond : use.iops;
  const busy = ranks.filter((use) => rateOf(use) > 0);
  const rates = busy.map(rateOf);
  const slowest = busy.find((use) => rateOf(use) === Math.min(...rates)) ?? (ranks[0] as RankUse);
  return {
    arm: first.arm,
    trials: counted.length,
    unit,
    rate: meanOf(counted.map((trial) => (unit === 'bytes' ? throughputBytesPerSecond(trial) : iops(trial)))),
    commonNs: sumOf(counted.map(windowNs)),
    // Checkpoints with a computed barrier take longer than on any rank.
    longestNs: sumOf(counted.map((trial) => Math.max(windowNs(trial), ...trial.ranks.map(windowNs)))),
    startSkewNs: Math.max(...counted.map((trial) => Math.max(...startShifts(trial.ranks)))),
    firstDoneNs: meanOf(counted.map(({ window }) => window.firstDoneNs)),
    lastDoneNs: meanOf(counted.map(({ window }) => window.lastDoneNs)),
    imbalance: rates.length === 0 ? Number.NaN : Math.max(...rates) / Math.min(...rates),
    slowest,
    ranks,
    hosts: hostsOf(ranks),
    anew: hostSpreadOf(counted, unit),
  };
}

/** A rank is slow if its rate is below this part of the median. */
const SLOW_RATIO = 0.8;
const SLOW_P = 0.05;

/**
 * Returns whether a rank is slower than the others: its geometric mean ratio to the median rate is below 0.8, and the ratios
 * are below 1 by a one-sided t-test of their logarithms, at 5 % for all ranks together (Bonferroni). It takes two trials or
 * more: one trial does not show whether the same rank is slow again.
 */
export function isSlow(logRatios: readonly number[], ranks: number): boolean {
  const n = logRatios.length;
  if (n < 2 || !logRatios.every(Number.isFinite)) return false;
  const mean = meanOf(logRatios);
  if (mean >= Math.log(SLOW_RATIO)) return false;
  const deviation = Math.sqrt(sumOf(logRatios.map((value) => (value - mean) ** 2)) / (n - 1));
  if (deviation === 0) return true;
  return studentTail(-mean / (deviation / Math.sqrt(n)), n - 1) < SLOW_P / ranks;
}

function ranksOf(counted: readonly CountedTrial[], unit: GroupUse['unit']): RankUse[] {
  const byRank = new Map<number, { part: RankPart; logRatio: number; skewNs: number }[]>();
  for (const { ranks } of counted) {
    const shifts = startShifts(ranks);
    const rates = ranks.map((part) => rateOfPart(part, unit));
    const busy = rates.filter((rate) => rate > 0);
    // A machine may have no part in a job, as those without files of a checkpoint.
    const middle = median(busy.length === 0 ? rates : busy);
    for (const [place, part] of ranks.entries()) {
      const entry = { part, logRatio: Math.log((rates[place] as number) / middle), skewNs: shifts[place] as number };
      const known = byRank.get(part.rank);
      if (known === undefined) byRank.set(part.rank, [entry]);
      else known.push(entry);
    }
  }
  return [...byRank].map(([rank, entries]): RankUse => {
    const logRatios = entries.map(({ logRatio }) => logRatio);
    return {
      rank,
      host: entries[0]?.part.host ?? null,
      throughputBytesPerSecond: meanOf(entries.map(({ part }) => finite(throughputBytesPerSecond(part)))),
      iops: meanOf(entries.map(({ part }) => finite(iops(part)))),
      ratio: Math.exp(meanOf(logRatios)),
      startSkewNs: meanOf(entries.map(({ skewNs }) => skewNs)),
      lastDoneNs: meanOf(entries.map(({ part, skewNs }) => part.window.lastDoneNs + skewNs)),
      isSlow: isSlow(logRatios, byRank.size),
    };
  });
}

function hostsOf(ranks: readonly RankUse[]): HostUse[] {
  return [...grouped(ranks, ({ host }) => host)].map(([host, uses]) => ({
    host,
    ranks: uses.map(({ rank }) => rank),
    throughputBytesPerSecond: sumOf(uses.map((use) => use.throughputBytesPerSecond)),
    iops: sumOf(uses.map((use) => use.iops)),
  }));
}

const CONFIDENCE = 0.95;
const LEAST_HOSTS = 3;

/**
 * Returns what hosts add to the variance. Hosts and trials are crossed: every host takes part in every trial, so what a trial
 * changes for all hosts is no part of it. With n hosts in t trials, the mean squares of hosts and of the rest give
 * σ²(hosts) = (MS(hosts) − MS(rest)) / t (the two-way random model without repetition; Searle, Casella and McCulloch, "Variance
 * Components", 1992). The sum of n other hosts differs from the observed sum by a variance of 2·n·s², where s² is that of the
 * hosts' means.
 */
export function hostSpread(rates: readonly (readonly number[])[]): HostSpread | null {
  const hosts = rates.length;
  const trials = rates[0]?.length ?? 0;
  if (hosts < LEAST_HOSTS || trials === 0) return null;
  const means = rates.map(meanOf);
  const mean = meanOf(means);
  const variance = sumOf(means.map((value) => (value - mean) ** 2)) / (hosts - 1);
  const trialMeans = Array.from({ length: trials }, (_, trial) =>
    meanOf(rates.map((ofHost) => ofHost[trial] as number)),
  );
  const rest = rates.flatMap((ofHost, host) =>
    ofHost.map((value, trial) => value - (means[host] as number) - (trialMeans[trial] as number) + mean),
  );
  const restVariance = trials < 2 ? null : sumOf(rest.map((value) => value ** 2)) / ((hosts - 1) * (trials - 1));
  const between = Math.max(0, variance - (restVariance ?? 0) / trials);
  const half = studentUpperQuantile((1 - CONFIDENCE) / 2, hosts - 1) * Math.sqrt(2 * hosts * variance);
  return {
    hosts,
    betweenShare: Math.sqrt(between) / mean,
    varianceShare: restVariance === null ? null : between + restVariance === 0 ? 0 : between / (between + restVariance),
    low: Math.max(0, hosts * mean - half),
    high: hosts * mean + half,
    confidence: CONFIDENCE,
  };
}

function hostSpreadOf(counted: readonly CountedTrial[], unit: GroupUse['unit']): HostSpread | null {
  const byHost = new Map<string, number[]>();
  for (const [trial, { ranks }] of counted.entries()) {
    for (const part of ranks) {
      if (part.host === undefined) return null;
      const rates = byHost.get(part.host) ?? counted.map(() => 0);
      rates[trial] = (rates[trial] as number) + rateOfPart(part, unit);
      byHost.set(part.host, rates);
    }
  }
  return hostSpread([...byHost.values()]);
}

function rateOfPart(part: RankPart, unit: GroupUse['unit']): number {
  return finite(unit === 'bytes' ? throughputBytesPerSecond(part) : iops(part));
}

/** A rank that measured nothing has no rate. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function grouped<K, T>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const known = groups.get(keyOf(item));
    if (known === undefined) groups.set(keyOf(item), [item]);
    else known.push(item);
  }
  return groups;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length;
}
