import { mean } from 'simple-statistics';
import type { Prng } from '../base/prng.js';

/** Up to this many ways of dealing the values out, all are taken: nine against nine. */
const ENUMERATED_MAX = 50_000;
const PERMUTATIONS = 60_000;
/** Two statistics nearer than this part of the largest are the same one rounded differently. */
const TIE = 1e-12;

/** A statistic of two samples. The arrays are used again: it must neither keep nor change them. */
export type TwoSampleStatistic = (first: readonly number[], second: readonly number[]) => number;

export interface PermutationOptions {
  /** What is compared; the difference of the means, first − second, if not given. */
  readonly statistic?: TwoSampleStatistic;
  /** Needed where not all assignments are taken. */
  readonly random?: Prng;
  /** How many are drawn then: for a bound α over m tests at least 10·m/α. */
  readonly permutations?: number;
  /** The largest number of assignments of which all are taken. */
  readonly enumeratedMax?: number;
}

export interface PermutationTest {
  /** Of the samples as they are. */
  readonly statistic: number;
  /** P(T ≥ t): small when the first sample is large. */
  readonly pGreater: number;
  /** P(T ≤ t). */
  readonly pLess: number;
  /** Twice the smaller tail, at most 1, as in scipy: the null of a statistic need not be symmetric. */
  readonly pTwoSided: number;
  readonly method: 'exact' | 'sampled';
}

/**
 * The permutation test of any statistic of two independent samples (Fisher 1935, Pitman 1937): were both from one
 * distribution, each way of dealing their values out would be as likely. Takes all C(n₁+n₂, n₁) ways where they are few,
 * else p = (b+1)/(B+1) of B drawn ones (Phipson & Smyth 2010). Statistics that equal the observed one count.
 *
 * Throws RangeError for an empty sample, a value or statistic that is not finite, and for samples of which not all
 * assignments are taken without a generator or without permutations.
 */
export function permutationTest(
  first: readonly number[],
  second: readonly number[],
  options: PermutationOptions = {},
): PermutationTest {
  const {
    statistic = differenceOfMeans,
    random,
    permutations = PERMUTATIONS,
    enumeratedMax = ENUMERATED_MAX,
  } = options;
  if (first.length === 0 || second.length === 0) throw new RangeError('a permutation test takes two filled samples');
  const pooled = [...first, ...second];
  if (!pooled.every(Number.isFinite)) throw new RangeError('a permutation test takes finite values');
  const observed = statistic(first, second);
  const ways = combinations(pooled.length, Math.min(first.length, second.length));
  const method = ways <= enumeratedMax ? 'exact' : 'sampled';
  let nulls: Float64Array;
  if (method === 'exact') nulls = allAssignments(pooled, first.length, ways, statistic);
  else {
    if (random === undefined) throw new RangeError(`${ways} assignments take a generator`);
    if (!(Number.isInteger(permutations) && permutations >= 1)) {
      throw new RangeError(`permutations are counted from 1, not ${permutations}`);
    }
    nulls = drawnAssignments(pooled, first.length, permutations, statistic, random);
  }
  return { statistic: observed, ...tails(nulls, observed, method), method };
}

function differenceOfMeans(first: readonly number[], second: readonly number[]): number {
  return mean(first as number[]) - mean(second as number[]);
}

/** C(n, k), k ≤ n/2, exact as far as integers are. */
function combinations(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return ways;
}

function tails(nulls: Float64Array, observed: number, method: PermutationTest['method']) {
  const scale = nulls.reduce((largest, value) => Math.max(largest, Math.abs(value)), Math.abs(observed));
  if (!Number.isFinite(scale)) throw new RangeError('the statistic of some assignment is not a finite number');
  let greater = 0;
  let less = 0;
  for (const value of nulls) {
    if (value >= observed - TIE * scale) greater++;
    if (value <= observed + TIE * scale) less++;
  }
  // All assignments have the observed one among them; drawn ones are joined by it.
  const joined = method === 'exact' ? 0 : 1;
  const pGreater = (greater + joined) / (nulls.length + joined);
  const pLess = (less + joined) / (nulls.length + joined);
  return { pGreater, pLess, pTwoSided: Math.min(1, 2 * Math.min(pGreater, pLess)) };
}

function allAssignments(
  pooled: readonly number[],
  size: number,
  ways: number,
  statistic: TwoSampleStatistic,
): Float64Array {
  const nulls = new Float64Array(ways);
  const first: number[] = [];
  const second: number[] = [];
  let filled = 0;
  const deal = (index: number): void => {
    if (index === pooled.length) {
      nulls[filled++] = statistic(first, second);
      return;
    }
    for (const [into, room] of [
      [first, size],
      [second, pooled.length - size],
    ] as const) {
      if (into.length === room) continue;
      into.push(pooled[index] as number);
      deal(index + 1);
      into.pop();
    }
  };
  deal(0);
  return nulls;
}

function drawnAssignments(
  pooled: readonly number[],
  size: number,
  permutations: number,
  statistic: TwoSampleStatistic,
  random: Prng,
): Float64Array {
  const deck = [...pooled];
  return Float64Array.from({ length: permutations }, () => {
    // A shuffle of the first places is enough to choose what is in them.
    for (let i = 0; i < size; i++) {
      const j = i + random.nextBelow(deck.length - i);
      [deck[i], deck[j]] = [deck[j] as number, deck[i] as number];
    }
    return statistic(deck.slice(0, size), deck.slice(size));
  });
}
