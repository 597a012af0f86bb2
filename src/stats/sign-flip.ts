import type { Prng } from '../base/prng.js';

/** Up to this many differences all 2^n flips are counted; it takes two lists of at most 2^16 sums. */
export const EXACT_FLIPS_MAX = 32;
/** Ten times what a bound of 1 % over 60 cells asks for (B ≥ m/α is not enough: the p itself has an error). */
const FLIPS = 60_000;
/** Two sums nearer than this part of Σ|d| are the same sum rounded differently. To call them equal only raises p. */
const TIE = 1e-12;

export interface SignFlipTest {
  /** The mean of the differences. */
  readonly statistic: number;
  /** P(mean ≥ the observed one): small when the differences are large. */
  readonly pGreater: number;
  /** P(mean ≤ the observed one). */
  readonly pLess: number;
  /** P(|mean| ≥ the observed one's). */
  readonly pTwoSided: number;
  readonly method: 'exact' | 'sampled';
}

/**
 * The sign-flip (randomisation) test of paired differences (Fisher 1935): were they symmetric about zero, each sign
 * would be as likely as the other, and the mean is compared with that of all 2^n flips. Exact up to EXACT_FLIPS_MAX
 * differences; beyond that p = (b+1)/(B+1) with `flips` = B flips drawn from `random` (Phipson & Smyth 2010), of
 * which a bound α over m tests asks for B ≥ 10·m/α. A flip whose mean equals the observed one counts.
 *
 * Throws RangeError without differences, for one that is not finite, and for more than EXACT_FLIPS_MAX of them
 * without a generator.
 */
export function signFlip(differences: readonly number[], random?: Prng, flips = FLIPS): SignFlipTest {
  if (differences.length === 0) throw new RangeError('a sign-flip test takes at least one difference');
  if (!differences.every(Number.isFinite)) throw new RangeError('a sign-flip test takes finite differences');
  const statistic = differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
  if (differences.length <= EXACT_FLIPS_MAX) return { statistic, ...exact(differences) };
  if (random === undefined) throw new RangeError(`more than ${EXACT_FLIPS_MAX} differences take a generator`);
  if (!(Number.isInteger(flips) && flips >= 1)) throw new RangeError(`flips are counted from 1, not ${flips}`);
  return { statistic, ...sampled(differences, random, flips) };
}

/** The smallest p that a one-sided sign-flip test of n differences can reach: 2^−n. A two-sided one reaches twice that. */
export function smallestSignFlipP(n: number): number {
  return 2 ** -n;
}

type Tails = Omit<SignFlipTest, 'statistic'>;

/**
 * A flip's sum is 2·S − Σ|d| where S is the sum of |d| over what it makes positive, so the flips are the subsets of |d|.
 * Their sums are those of one half plus those of the other (Horowitz & Sahni 1974), which sorted halves count in one pass.
 */
function exact(differences: readonly number[]): Tails {
  const { sizes, positive, negative, tie } = magnitudes(differences);
  const middle = sizes.length >> 1;
  const first = subsetSums(sizes.slice(0, middle));
  const second = subsetSums(sizes.slice(middle));
  const flips = first.length * second.length;
  const pGreater = pairsReaching(first, second, positive - tie) / flips;
  // What is left out has the same distribution, so that S ≤ s is as likely as S ≥ Σ|d| − s.
  const pLess = pairsReaching(first, second, negative - tie) / flips;
  return { pGreater, pLess, pTwoSided: Math.min(1, 2 * Math.min(pGreater, pLess)), method: 'exact' };
}

function magnitudes(differences: readonly number[]) {
  const sizes = differences.map(Math.abs);
  let positive = 0;
  let negative = 0;
  for (const difference of differences) {
    if (difference > 0) positive += difference;
    else negative -= difference;
  }
  return { sizes, positive, negative, tie: TIE * (positive + negative) };
}

/** The sums of all subsets, ascending. */
function subsetSums(sizes: readonly number[]): Float64Array {
  const sums = new Float64Array(2 ** sizes.length);
  let filled = 1;
  for (const size of sizes) {
    for (let i = 0; i < filled; i++) sums[filled + i] = (sums[i] as number) + size;
    filled *= 2;
  }
  return sums.sort();
}

/** How many pairs of a sum of each list reach the bound. */
function pairsReaching(first: Float64Array, second: Float64Array, bound: number): number {
  let from = second.length;
  let pairs = 0;
  for (const sum of first) {
    while (from > 0 && sum + (second[from - 1] as number) >= bound) from--;
    pairs += second.length - from;
  }
  return pairs;
}

function sampled(differences: readonly number[], random: Prng, flips: number): Tails {
  const { sizes, positive, negative, tie } = magnitudes(differences);
  let greater = 0;
  let less = 0;
  let extreme = 0;
  for (let flip = 0; flip < flips; flip++) {
    let sum = 0;
    let signs = 0;
    for (let i = 0; i < sizes.length; i++) {
      if (i % 32 === 0) signs = random.nextUint32();
      if (signs & 1) sum += sizes[i] as number;
      signs >>>= 1;
    }
    if (sum >= positive - tie) greater++;
    if (sum <= positive + tie) less++;
    // The larger of what is positive and what is negative says how far a sum is from zero.
    if (Math.max(sum, positive + negative - sum) >= Math.max(positive, negative) - tie) extreme++;
  }
  const p = (count: number) => (count + 1) / (flips + 1);
  return { pGreater: p(greater), pLess: p(less), pTwoSided: p(extreme), method: 'sampled' };
}
