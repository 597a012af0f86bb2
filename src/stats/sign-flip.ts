/** The most differences that are used without rounding. They need two lists of at most 2^16 sums. */
export const EXACT_FLIPS_MAX = 32;
/** With more differences, they are rounded to a grid. A difference of mean size has this many steps. */
const STEPS = 64;
/** Two sums closer than this share of Σ|d| count as equal, because they differ by rounding. That can only raise p. */
const TIE = 1e-12;

export interface SignFlipTest {
  /** The mean of the differences. */
  readonly statistic: number;
  /** P(mean ≥ the observed one): small when the differences are large. */
  readonly pGreater: number;
  /** P(mean ≤ the observed one). */
  readonly pLess: number;
  /** P(|mean| ≥ the observed |mean|). */
  readonly pTwoSided: number;
}

/**
 * Returns the sign-flip (randomisation) test of paired differences (Fisher 1935). If they are symmetric about zero,
 * both signs are equally likely, so the mean is compared with that of all 2^n flips. A flip whose mean equals the
 * observed one counts. More than EXACT_FLIPS_MAX differences are first rounded to 1/STEPS of their mean size. The
 * grid does not depend on the signs, so the test of the rounded differences keeps its level exactly. Its p reaches
 * 2^−n. Random flips would stop at 1/(B+1), which is above the alpha of one cell among many.
 *
 * Throws RangeError without differences or for one that is not finite.
 */
export function signFlip(differences: readonly number[]): SignFlipTest {
  if (differences.length === 0) throw new RangeError('a sign-flip test takes at least one difference');
  if (!differences.every(Number.isFinite)) throw new RangeError('a sign-flip test takes finite differences');
  const statistic = differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
  const { pGreater, pLess } = differences.length <= EXACT_FLIPS_MAX ? exact(differences) : rounded(differences);
  return { statistic, pGreater, pLess, pTwoSided: Math.min(1, 2 * Math.min(pGreater, pLess)) };
}

/** Returns the smallest one-sided p of a sign-flip test of n differences: 2^−n. The two-sided one is twice that. */
export function smallestSignFlipP(n: number): number {
  return 2 ** -n;
}

type Tails = Pick<SignFlipTest, 'pGreater' | 'pLess'>;

/**
 * The sum of a flip is 2·S − Σ|d|, where S is the sum of |d| over the differences that it makes positive. The flips are
 * therefore the subsets of |d|. Each subset sum is a sum of one half plus a sum of the other (Horowitz & Sahni 1974).
 * Sorted halves are counted in one pass.
 */
function exact(differences: readonly number[]): Tails {
  const { sizes, positive, negative, tie } = magnitudes(differences);
  const middle = sizes.length >> 1;
  const first = subsetSums(sizes.slice(0, middle));
  const second = subsetSums(sizes.slice(middle));
  const flips = first.length * second.length;
  const pGreater = pairsReaching(first, second, positive - tie) / flips;
  // The complement of a subset has the same distribution, so S ≤ s is as likely as S ≥ Σ|d| − s.
  const pLess = pairsReaching(first, second, negative - tie) / flips;
  return { pGreater, pLess };
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

/** Returns the sums of all subsets in ascending order, by merging the sorted sums without and with each size. */
function subsetSums(sizes: readonly number[]): Float64Array {
  let sums = new Float64Array(2 ** sizes.length);
  let merged = new Float64Array(2 ** sizes.length);
  let length = 1;
  for (const size of sizes) {
    for (let place = 0, without = 0, having = 0; place < 2 * length; place++) {
      const added = having < length ? (sums[having] as number) + size : Number.POSITIVE_INFINITY;
      if (without < length && (sums[without] as number) <= added) merged[place] = sums[without++] as number;
      else {
        merged[place] = added;
        having++;
      }
    }
    length *= 2;
    [sums, merged] = [merged, sums];
  }
  return sums;
}

/** Returns the number of pairs, one sum from each list, whose total reaches the bound. */
function pairsReaching(first: Float64Array, second: Float64Array, bound: number): number {
  let from = second.length;
  let pairs = 0;
  for (const sum of first) {
    while (from > 0 && sum + (second[from - 1] as number) >= bound) from--;
    pairs += second.length - from;
  }
  return pairs;
}

/** Computes the same on a grid, where the distribution of S is built up size by size. */
function rounded(differences: readonly number[]): Tails {
  const { positive, negative } = magnitudes(differences);
  const step = (positive + negative) / differences.length / STEPS;
  if (step === 0) return { pGreater: 1, pLess: 1 };
  const steps = differences.map((difference) => Math.round(Math.abs(difference) / step));
  const total = steps.reduce((sum, size) => sum + size, 0);
  const above = steps.reduce((sum, size, index) => sum + ((differences[index] as number) > 0 ? size : 0), 0);
  const probabilities = new Float64Array(total + 1);
  probabilities[0] = 1;
  let reached = 0;
  for (const size of steps) {
    reached += size;
    for (let sum = reached; sum >= 0; sum--) {
      const without = probabilities[sum] as number;
      probabilities[sum] = (sum >= size ? without + (probabilities[sum - size] as number) : without) / 2;
    }
  }
  // From the far end, so that the smallest are added first.
  const upperTail = (from: number) => probabilities.subarray(from).reduceRight((sum, p) => sum + p, 0);
  const p = (from: number) => Math.min(1, Math.max(Number.MIN_VALUE, upperTail(from)));
  return { pGreater: p(above), pLess: p(total - above) };
}
