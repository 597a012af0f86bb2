/** What is demanded of the ratios feedrate / other side, and whether the rounds show it. */
import { type Cell, isTimed, isWrite } from './cell.js';
import type { Round, Side } from './measures.js';
import { type Metric, type Ratio, ratioOf } from './ratio.js';

export interface CellResult {
  readonly cell: Cell;
  readonly rounds: readonly Round[];
}

/** Null: not decidable in this noise. */
export type Verdict = boolean | null;

export interface Demand {
  readonly cell: string;
  readonly text: string;
  /** Null where no ratio is demanded (collections, arrived bytes), or no round has both sides. */
  readonly ratio: Ratio | null;
  readonly met: Verdict;
  /** Null also where there is no aim beyond what must be. */
  readonly aim: Verdict;
}

/** `least`: the ratio must reach the bound; `most`: it must not pass it; `holds`: nothing shows that it is below. */
type Kind = 'least' | 'most' | 'holds';
/** `best`: whichever of fio's two sides does more operations. */
type Opponent = 'defaults' | 'tuned' | 'best';

interface Rule {
  readonly metric: Metric;
  readonly to: Opponent;
  readonly kind: Kind;
  readonly bound: number;
  readonly aim: number | null;
}

const SMALL_BYTES = 4096;

function least(to: Opponent, bound: number, aim: number): Rule {
  return { metric: 'iops', to, kind: 'least', bound, aim };
}

function most(metric: Metric, to: Opponent, bound: number, aim: number | null = null): Rule {
  return { metric, to, kind: 'most', bound, aim };
}

/** The demands on a cell's ratios. Two workers must do against two jobs what one does against one. */
export function rulesOf(cell: Cell): Rule[] {
  if (cell.medium === 'direct') return directRules(cell);
  // On tmpfs short queues wait for the kernel's worker threads, with fio as here: told, not demanded.
  if (cell.medium === 'shm' && cell.engine === 'io_uring' && cell.iodepth < 32) return [];
  if (cell.refill) return [least('defaults', 1.3, 1.5)];
  if (cell.endFsync) return [least('defaults', 0.97, 1)];
  const tail = most('p999Ns', 'defaults', 1.15, 1);
  if (cell.fsCalls) return [least('defaults', 0.95, 1), tail];
  if (cell.engine === 'mmap') return [least('defaults', 1.05, 1.15), tail];
  const isSmall = cell.blockBytes === SMALL_BYTES;
  if (cell.engine === 'psync') {
    if (!isSmall) return [least('tuned', 0.97, 1), tail];
    return [least('defaults', 1.05, 1.2), most('cpuPerOpNs', 'defaults', 0.95), tail];
  }
  if (!isSmall) return [least('best', 0.96, 1.03), tail];
  if (cell.iodepth < 8) return [least('tuned', 1, 1.05), tail];
  return [least('tuned', 1.1, 1.25), least('defaults', 1.4, 1.65), most('cpuPerOpNs', 'defaults', 0.7), tail];
}

function directRules(cell: Cell): Rule[] {
  const to = cell.engine === 'io_uring' ? 'tuned' : 'defaults';
  const rules: Rule[] = [{ metric: 'iops', to, kind: 'holds', bound: 1, aim: null }];
  return cell.iodepth >= 32 ? [...rules, most('cpuPerOpNs', to, 0.95, 0.85)] : rules;
}

/** By the interval alone: the median is the best guess, but only the interval says what the noise lets one know. */
export function verdictOf(kind: Kind, bound: number, { interval }: Ratio): Verdict {
  if (interval === null) return null;
  const { low, high } = interval;
  switch (kind) {
    case 'least':
      return low >= bound ? true : high < bound ? false : null;
    case 'most':
      return high <= bound ? true : low > bound ? false : null;
    case 'holds':
      return high >= bound;
  }
}

const WORDS: Readonly<Record<Kind, string>> = {
  least: 'at least',
  most: 'at most',
  holds: 'the interval holds, or lies above,',
};
const METRIC_WORDS: Readonly<Record<Metric, string>> = {
  iops: 'IOPS',
  cpuPerOpNs: 'CPU/op',
  p50Ns: 'p50',
  p99Ns: 'p99',
  p999Ns: 'p99.9',
};

function opponentOf(to: Opponent, rounds: readonly Round[]): Side {
  if (to !== 'best') return to;
  const defaults = ratioOf(rounds, 'iops', 'defaults');
  const tuned = ratioOf(rounds, 'iops', 'tuned');
  return tuned !== null && (defaults === null || tuned.median < defaults.median) ? 'tuned' : 'defaults';
}

function demandOf({ cell, rounds }: CellResult, { metric, to, kind, bound, aim }: Rule): Demand {
  const other = opponentOf(to, rounds);
  const ratio = ratioOf(rounds, metric, other);
  const side = to === 'best' ? `the best fio (${other})` : `fio ${other}`;
  return {
    cell: cell.name,
    text: `${METRIC_WORDS[metric]} to ${side}: ${WORDS[kind]} ${bound}${aim === null ? '' : `, aim ${aim}`}`,
    ratio,
    met: ratio === null ? null : verdictOf(kind, bound, ratio),
    aim: ratio === null || aim === null ? null : verdictOf(kind, aim, ratio),
  };
}

/** Every demand on the cells that were run, with its verdict. */
export function demandsOf(results: readonly CellResult[]): Demand[] {
  return results
    .filter(({ rounds }) => rounds.length > 0)
    .flatMap((result) => [
      ...rulesOf(result.cell).map((each) => demandOf(result, each)),
      collectionDemand(result),
      ...arrivalDemands(result),
    ]);
}

function collectionDemand({ cell, rounds }: CellResult): Demand {
  const collections = rounds.reduce((sum, { sides }) => sum + (sides.feedrate?.collections ?? 0), 0);
  const text = `no garbage collected in the measured window (${collections} in ${rounds.length} rounds)`;
  return { cell: cell.name, text, ratio: null, met: collections === 0, aim: null };
}

/** Flush verified: no round of feedrate's had to be left out. For writes that promise it, where there is a device. */
function arrivalDemands({ cell, rounds }: CellResult): Demand[] {
  const promises = isWrite(cell) && (cell.medium === 'direct' || !isTimed(cell));
  if (!promises) return [];
  const arrived = rounds.filter(({ sides }) => sides.feedrate !== null).length;
  const text = `what was written reached the device (${arrived} of ${rounds.length} rounds)`;
  return [{ cell: cell.name, text, ratio: null, met: arrived === rounds.length, aim: null }];
}
