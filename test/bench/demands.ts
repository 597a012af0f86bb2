/** What is demanded of the ratios feedrate / other side, and whether the rounds show it. */
import { median } from 'simple-statistics';
import type { Cell, Measures } from './cell.js';

export const SIDES = ['feedrate', 'defaults', 'tuned', 'bare'] as const;
export type Side = (typeof SIDES)[number];

/** One round of a cell; null where a side has no such mode, or its bytes did not arrive. */
export type Round = Readonly<Record<Side, Measures | null>>;

export interface CellResult {
  readonly cell: Cell;
  readonly rounds: readonly Round[];
}

export type Metric = 'iops' | 'cpuPerOpNs' | 'p50Ns' | 'p99Ns' | 'p999Ns';

/** Of the rounds' ratios; `low` and `high` enclose the true median with at least 95 % where there are 6 rounds or more. */
export interface Ratio {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly rounds: number;
}

/**
 * Median of the rounds' ratios with its order-statistic interval: the k-th smallest and largest, with the
 * largest k for which 2·P(Binomial(n, ½) < k) ≤ 5 %; all of them where no k does. The two sides of a round
 * met the same state of the machine. Null when no round has both.
 */
export function ratioOf(rounds: readonly Round[], metric: Metric, other: Side): Ratio | null {
  const ratios = rounds
    .map((round) => (round.feedrate?.[metric] ?? Number.NaN) / (round[other]?.[metric] ?? Number.NaN))
    .filter((ratio) => Number.isFinite(ratio))
    .sort((a, b) => a - b);
  if (ratios.length === 0) return null;
  const k = rankOfBound(ratios.length);
  return {
    median: median(ratios),
    low: ratios[k] as number,
    high: ratios[ratios.length - 1 - k] as number,
    rounds: ratios.length,
  };
}

/** Ranks to leave out at each end. */
function rankOfBound(n: number): number {
  let term = 0.5 ** n;
  let below = term;
  let k = 0;
  while (2 * below <= 0.05) {
    k++;
    term *= (n - k + 1) / k;
    below += term;
  }
  return Math.max(0, k - 1);
}

export interface Demand {
  readonly cell: string;
  readonly text: string;
  readonly ratio: Ratio | null;
  /** Null: the noise of the machine is larger than what is asked for. */
  readonly met: boolean | null;
}

interface Rule {
  readonly applies: (cell: Cell) => boolean;
  readonly metric: Metric;
  readonly other: Side;
  readonly bound: number;
  /** `least`: the ratio must reach the bound; `most`: it must not pass it; `holds`: the interval must hold it. */
  readonly kind: 'least' | 'most' | 'holds';
}

const KIB = 1024;
const isCached = ({ medium }: Cell): boolean => medium === 'cache';
const plain = (cell: Cell): boolean => !cell.fsCalls && !cell.refill;
const small = (cell: Cell): boolean => cell.rw === 'randread' && cell.blockBytes === 4 * KIB;
const calls = (cell: Cell): boolean => cell.engine === 'psync' && plain(cell);
const queue = (cell: Cell): boolean => cell.engine === 'io_uring';
const largeRead = (cell: Cell): boolean => cell.rw.endsWith('read') && cell.blockBytes >= 64 * KIB;

const RULES: readonly Rule[] = [
  rule('iops', 'defaults', 'least', 1.05, (cell) => isCached(cell) && calls(cell) && small(cell)),
  rule('cpuPerOpNs', 'defaults', 'most', 0.95, (cell) => isCached(cell) && calls(cell) && small(cell)),
  rule('iops', 'defaults', 'least', 0.95, (cell) => cell.fsCalls),
  rule('iops', 'defaults', 'least', 0.97, (cell) => isCached(cell) && calls(cell) && largeRead(cell)),
  rule('iops', 'tuned', 'least', 1.1, (cell) => isCached(cell) && queue(cell) && small(cell) && cell.iodepth >= 8),
  rule('iops', 'defaults', 'least', 1.4, (cell) => isCached(cell) && queue(cell) && small(cell) && cell.iodepth >= 8),
  rule(
    'cpuPerOpNs',
    'defaults',
    'most',
    0.7,
    (cell) => isCached(cell) && queue(cell) && small(cell) && cell.iodepth >= 8,
  ),
  rule('iops', 'tuned', 'least', 1, (cell) => isCached(cell) && queue(cell) && small(cell) && cell.iodepth === 1),
  rule('iops', 'tuned', 'least', 0.96, (cell) => isCached(cell) && queue(cell) && largeRead(cell)),
  rule('iops', 'defaults', 'holds', 1, ({ medium }) => medium === 'direct'),
  rule('cpuPerOpNs', 'defaults', 'most', 0.95, (cell) => cell.medium === 'direct' && queue(cell) && cell.iodepth >= 32),
  rule('iops', 'defaults', 'least', 0.97, (cell) => cell.endFsync && isCached(cell) && plain(cell)),
  rule('iops', 'defaults', 'least', 1.3, (cell) => cell.refill),
  rule('iops', 'defaults', 'least', 1.05, (cell) => cell.engine === 'mmap'),
  rule('p999Ns', 'defaults', 'most', 1.15, (cell) => isCached(cell) && cell.rw.endsWith('read')),
];

function rule(metric: Metric, other: Side, kind: Rule['kind'], bound: number, applies: (cell: Cell) => boolean): Rule {
  return { metric, other, kind, bound, applies };
}

function verdictOf({ kind, bound }: Rule, ratio: Ratio): boolean | null {
  switch (kind) {
    case 'least':
      return ratio.median >= bound ? true : ratio.high < bound ? false : null;
    case 'most':
      return ratio.median <= bound ? true : ratio.low > bound ? false : null;
    case 'holds':
      return ratio.high >= bound && ratio.low <= bound ? true : ratio.low > bound;
  }
}

const WORDS = { least: 'at least', most: 'at most', holds: 'an interval that holds' } as const;

/** Every demand on the cells that were run, with its verdict. */
export function demandsOf(results: readonly CellResult[]): Demand[] {
  return results.flatMap(({ cell, rounds }) => [
    ...RULES.filter(({ applies }) => applies(cell)).map((each): Demand => {
      const ratio = ratioOf(rounds, each.metric, each.other);
      const text = `${each.metric} to fio ${each.other}: ${WORDS[each.kind]} ${each.bound}`;
      return { cell: cell.name, text, ratio, met: ratio === null ? null : verdictOf(each, ratio) };
    }),
    collectionDemand(cell, rounds),
  ]);
}

function collectionDemand(cell: Cell, rounds: readonly Round[]): Demand {
  const collections = rounds.reduce((sum, { feedrate }) => sum + (feedrate?.collections ?? 0), 0);
  const text = `no garbage collection in the window (${collections} in ${rounds.length} rounds)`;
  return { cell: cell.name, text, ratio: null, met: collections === 0 };
}
