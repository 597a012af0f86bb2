/** The statistic of the test of two runs, and its distribution when both samples come from one population. */
import { createPrng, type Prng } from '../base/prng.js';
import { studentUpperQuantile } from './student.js';

/**
 * How two samples lie among each other. A pair counts as above if its second value is above its first. The squares are
 * summed over the values of one sample: of the pairs above that the value is part of.
 */
export interface Arrangement {
  above: number;
  firstSquares: number;
  secondSquares: number;
}

/** The variance of the share of pairs above, as the part that each sample contributes (Brunner & Munzel 2000). */
function varianceParts({ above, firstSquares, secondSquares }: Arrangement, n1: number, n2: number): [number, number] {
  const part = (squares: number, n: number, other: number) => (squares - above ** 2 / n) / ((n - 1) * n * other ** 2);
  return [part(firstSquares, n1, n2), part(secondSquares, n2, n1)];
}

/**
 * Returns the studentised share s of pairs above: that of Brunner and Munzel on the arcsine scale, (arcsin(2s − 1) / 2)
 * over its standard error. The scale keeps the level better than s itself where one run is noisier. ±∞ when the samples
 * do not overlap. Both samples have two values or more.
 */
export function shiftStatistic(arrangement: Arrangement, n1: number, n2: number): number {
  const share = arrangement.above / (n1 * n2);
  const [first, second] = varianceParts(arrangement, n1, n2);
  const value = Math.asin(2 * share - 1) * Math.sqrt((share * (1 - share)) / (first + second));
  // No variance, or none that rounding has left: the samples do not overlap.
  return share === 0 ? -Infinity : share === 1 ? Infinity : value;
}

/** Returns the degrees of freedom of the variance by Satterthwaite's formula, or the fewest if there is no variance. */
export function shiftFreedom(arrangement: Arrangement, n1: number, n2: number): number {
  const [first, second] = varianceParts(arrangement, n1, n2);
  const least = Math.min(n1, n2) - 1;
  const freedom = (first + second) ** 2 / (first ** 2 / (n1 - 1) + second ** 2 / (n2 - 1));
  return freedom >= least ? freedom : least;
}

/** The distribution of the statistic over all C(n₁+n₂, n₁) arrangements. It is symmetric about 0. */
export interface ShiftNull {
  /** P(T ≥ t), never below the probability of one arrangement. */
  upperTail(t: number): number;
  /** For a t > 0: the t of Student's distribution with n₁ + n₂ − 2 degrees of freedom that has the same tail. */
  studentOf(t: number): number;
}

/** The most arrangements that are enumerated: 9 against 9 has 48,620. */
const EXACT_MAX = 2 ** 16;
/** Arrangements that are drawn where there are more. That gives p to about 1 %. */
const DRAWS = 2 ** 16;
/** The most values of all drawn arrangements together, which takes about 0.1 s: more than 256 values have fewer draws. */
const DRAWN_VALUES_MAX = 2 ** 24;
/** Distributions that are drawn from. The k-th one is moved by k standard deviations of the pairs above. */
const TILTS = 8;
/** The most entries of a table. Neighbours are then 0.2 % of the draws apart or less. */
const ENTRIES_MAX = 2 ** 12;
/** Two statistics closer than this, relatively, are equal but for rounding. */
const ROUNDING = 1e-9;

const known = new Map<string, ShiftNull>();

/** Returns the distribution. It is computed once for each pair of sizes. It does not depend on which size comes first. */
export function shiftNull(n1: number, n2: number): ShiftNull {
  const [fewer, more] = [Math.min(n1, n2), Math.max(n1, n2)];
  const key = `${fewer}/${more}`;
  const found = known.get(key) ?? tableOf(fewer, more);
  known.set(key, found);
  return found;
}

/** Smaller tails make no difference. Quantiles of still smaller ones would underflow. */
const TAIL_LEAST = 1e-30;

/** Returns the probability of one arrangement, 1 / C(n₁+n₂, n₁). */
export function leastShiftTail(n1: number, n2: number): number {
  return Math.max(TAIL_LEAST, Math.exp(-logArrangements(n1, n2)));
}

/** Returns ln C(n₁+n₂, n₁). */
function logArrangements(n1: number, n2: number): number {
  let log = 0;
  for (let i = 1; i <= n2; i++) log += Math.log((n1 + i) / i);
  return log;
}

/** Positive statistics and what each adds to the tail. */
interface Weighed {
  readonly statistics: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
}

function tableOf(n1: number, n2: number): ShiftNull {
  const least = leastShiftTail(n1, n2);
  const isExact = 1 / least <= EXACT_MAX * (1 + ROUNDING);
  const { statistics, weights } = isExact ? enumerated(n1, n2) : drawn(n1, n2);
  const sorted = Float64Array.from(statistics).sort();
  const stride = Math.max(1, Math.floor(sorted.length / ENTRIES_MAX));
  const edges = sorted.filter((value, i) =>
    isExact ? i === 0 || value > (sorted[i - 1] as number) * (1 + ROUNDING) : i % stride === 0,
  );
  const tails = new Float64Array(edges.length + 1);
  for (let i = 0; i < statistics.length; i++) {
    const place = placeOf(edges, (statistics[i] as number) * (1 + ROUNDING));
    tails[place] = (tails[place] as number) + (weights[i] as number);
  }
  for (let i = edges.length - 1; i >= 0; i--) tails[i] = (tails[i] as number) + (tails[i + 1] as number);
  const students = new Float64Array(edges.length);
  const placeBelow = (t: number) => Math.max(0, placeOf(edges, t * (1 + ROUNDING)));
  const tailAt = (place: number) => Math.min(0.5, Math.max(least, tails[place] as number));
  return {
    upperTail: (t) => (t > 0 ? tailAt(placeBelow(t)) : 1 - (tails[placeOf(edges, -t * (1 + ROUNDING)) + 1] as number)),
    studentOf: (t) => {
      const place = placeBelow(t);
      if (students[place] === 0) students[place] = studentUpperQuantile(tailAt(place), n1 + n2 - 2);
      return students[place] as number;
    },
  };
}

/** Returns the index of the last edge at or below the value, −1 if there is none. */
function placeOf(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Goes through all arrangements, value by value in ascending order. */
function enumerated(n1: number, n2: number): Weighed {
  const statistics: number[] = [];
  const go = (firsts: number, seconds: number, above: number, firstSquares: number, secondSquares: number): void => {
    if (firsts === n1 && seconds === n2) {
      const statistic = shiftStatistic({ above, firstSquares, secondSquares }, n1, n2);
      if (statistic > 0) statistics.push(statistic);
      return;
    }
    const left = n2 - seconds;
    if (firsts < n1) go(firsts + 1, seconds, above + left, firstSquares + left ** 2, secondSquares);
    if (seconds < n2) go(firsts, seconds + 1, above, firstSquares, secondSquares + firsts ** 2);
  };
  go(0, 0, 0, 0, 0);
  const weight = Math.exp(-logArrangements(n1, n2));
  return { statistics, weights: new Array<number>(statistics.length).fill(weight) };
}

/**
 * Draws arrangements with probabilities ∝ q^above for several q ≤ 1 and weighs them by the ratio to equal probabilities
 * (importance sampling with the balance heuristic, Veach & Guibas 1995). Equal probabilities alone would reach no p below
 * 1 / DRAWS. The sum of q^above over all arrangements is the Gaussian binomial ∏(1 − q^(n₁+i))/(1 − q^i), so a path can be
 * drawn step by step. Few pairs above mean a small statistic, which is mirrored.
 */
function drawn(n1: number, n2: number): Weighed {
  const n = n1 + n2;
  const prng = createPrng(n1, n2);
  const sd = Math.sqrt((n1 * n2 * (n + 1)) / 12);
  const logAll = logArrangements(n1, n2);
  const tilts = Array.from({ length: TILTS }, (_, index) => tiltOf(index / sd, n1, n2));
  const draws = TILTS * Math.ceil(Math.min(DRAWS, DRAWN_VALUES_MAX / n) / TILTS);
  const statistics = new Float64Array(draws);
  const weights = new Float64Array(draws);
  let positive = 0;
  for (let draw = 0; draw < draws; draw++) {
    const arrangement = drawOne((tilts[draw % TILTS] as Tilt).chances, n1, n2, prng);
    const statistic = -shiftStatistic(arrangement, n1, n2);
    if (!(statistic > 0)) continue;
    let mixed = 0;
    for (const { rate, logSum } of tilts) mixed += Math.exp(logAll - rate * arrangement.above - logSum);
    statistics[positive] = statistic;
    weights[positive++] = TILTS / mixed / draws;
  }
  return { statistics: statistics.subarray(0, positive), weights: weights.subarray(0, positive) };
}

/** Probabilities ∝ q^above, q = exp(−rate). */
interface Tilt {
  readonly rate: number;
  /** ln of the sum of q^above over all arrangements. */
  readonly logSum: number;
  /** 1 − q^r for r = 0, 1, …, or what it is proportional to for q = 1. */
  readonly chances: Float64Array;
}

function tiltOf(rate: number, n1: number, n2: number): Tilt {
  const chances = Float64Array.from({ length: n1 + n2 + 1 }, (_, r) => (rate === 0 ? r : -Math.expm1(-rate * r)));
  let logSum = 0;
  for (let i = 1; i <= n2; i++) logSum += Math.log((chances[n1 + i] as number) / (chances[i] as number));
  return { rate, logSum, chances };
}

/** With r₁ and r₂ values left, the next one is of the second sample with probability (1 − q^r₂)/(1 − q^(r₁+r₂)). */
function drawOne(chances: Float64Array, n1: number, n2: number, prng: Prng): Arrangement {
  let [above, firstSquares, secondSquares] = [0, 0, 0];
  let left1 = n1;
  let left2 = n2;
  while (left1 + left2 > 0) {
    if (prng.nextFloat() * (chances[left1 + left2] as number) < (chances[left2] as number)) {
      left2--;
      secondSquares += (n1 - left1) ** 2;
    } else {
      left1--;
      above += left2;
      firstSquares += left2 ** 2;
    }
  }
  return { above, firstSquares, secondSquares };
}
