/** The power of a plan: that of the exact signed-rank test on session medians, and the sessions that it needs. */
import { regularizedBeta } from './beta.js';
import { normalCdf } from './normal.js';
import { signedRankNull } from './rank-null.js';
import { noncentralStudentTail, studentUpperQuantile } from './student.js';

export interface PowerPlan {
  /** Standard deviation between units on the log scale, ≥ 0. */
  readonly sessionSd: number;
  /** The alpha of the one-sided test, in (0, 1), for one cell: already divided by the size of the family. */
  readonly alpha: number;
  /** The relative difference that the test allows, in [0, 1): H₀ is “not worse than −delta”. */
  readonly delta: number;
}

/** More sessions than this are not practical. `sessionsFor` then returns ∞. */
const SESSIONS_MAX = 1000;
/** The relative precision of effect sizes. It is finer than the precision of the sd that they depend on. */
const PRECISION = 1e-3;
/** In units of the sd between sessions. At this size even two sessions differ clearly. */
const SIZE_MAX = 1e6;

/** Of the signed-rank test against Student's for normal values: it takes π/3 times the sessions (Hodges & Lehmann 1956). */
const RANK_EFFICIENCY = 3 / Math.PI;
/** Up to here, the test's own steps in p are taken into account. With more sessions they are too small to matter. */
const STEPS_SESSIONS_MAX = 64;

/**
 * Returns the probability that a one-sided signed-rank test on n sessions reports “worse than delta” when the true
 * relative difference is `effect`, in (0, 1), and sessions are normal on the log scale. It is the power of Student's t test
 * on 3/π of the sessions, at the p that the signed-rank test reaches, but at most the power of the signs alone: k negative
 * differences have a rank sum of at least k(k + 1)/2. The effect at a given power is right within 6 % from 7 sessions on
 * (`bench:shift`).
 */
export function signedRankPower(effect: number, n: number, { sessionSd, alpha, delta }: PowerPlan): number {
  return powerOf(n, alpha)(sizeOfEffect(effect, { sessionSd, delta }));
}

/** Returns the size for an effect: the inverse of `effectOfSize`. */
function sizeOfEffect(effect: number, { sessionSd, delta }: Pick<PowerPlan, 'sessionSd' | 'delta'>): number {
  const shift = Math.log(1 - delta) - Math.log(1 - effect);
  return sessionSd === 0 ? (shift > 0 ? SIZE_MAX : -SIZE_MAX) : shift / sessionSd;
}

/** Returns the power by the size beyond delta: on the log scale, in units of the sd between sessions. */
function powerOf(n: number, alpha: number): (size: number) => number {
  const { level, negativeMax } = rejectionOf(n, alpha);
  if (level === 0) return () => 0;
  // One session has no Student's test, so only the sign bounds its power.
  const student = n < 2 ? () => 1 : powerOfStudent(n, level);
  return (size) => Math.min(student(size), binomialAtMost(negativeMax, n, normalCdf(-size)));
}

/** The largest p ≤ alpha that the test can give, 0 if none, and the most negative differences that it rejects with. */
function rejectionOf(n: number, alpha: number): { readonly level: number; readonly negativeMax: number } {
  if (n > STEPS_SESSIONS_MAX) return { level: alpha, negativeMax: n };
  const { lowerTail, max } = signedRankNull(n);
  let sum = -1;
  while (sum + 1 <= max / 2 && lowerTail(sum + 1) <= alpha) sum++;
  return sum < 0
    ? { level: 0, negativeMax: 0 }
    : { level: lowerTail(sum), negativeMax: Math.floor((Math.sqrt(8 * sum + 1) - 1) / 2) };
}

function powerOfStudent(n: number, alpha: number): (size: number) => number {
  const critical = studentUpperQuantile(alpha, n - 1);
  return (size) => noncentralStudentTail(critical, n - 1, size * Math.sqrt(n * RANK_EFFICIENCY));
}

/** Returns P(X ≤ k) for n trials with probability p: I₁₋ₚ(n − k, k + 1). */
function binomialAtMost(k: number, n: number, p: number): number {
  if (k >= n) return 1;
  return regularizedBeta(1 - p, n - k, k + 1);
}

/** Sizes that were asked for, by number of sessions, alpha and power: the cells of a table ask for the same ones. */
const knownSizes = new Map<string, number>();
const KNOWN_SIZES_MAX = 10_000;

/**
 * Returns the smallest difference beyond delta that n sessions detect with this power, in units of the sd between them.
 * It is the same for all cells of a family. ∞ when no difference can be detected.
 */
export function detectableSize(n: number, alpha: number, power: number): number {
  const key = `${n} ${alpha} ${power}`;
  const known = knownSizes.get(key);
  if (known !== undefined) return known;
  const size = searchedSize(powerOf(n, alpha), power);
  if (knownSizes.size >= KNOWN_SIZES_MAX) knownSizes.clear();
  knownSizes.set(key, size);
  return size;
}

/** Returns the smallest size with this power. ∞ if there is none. */
function searchedSize(powerBy: (size: number) => number, power: number): number {
  let [low, high] = [0, 1];
  while (powerBy(high) < power) {
    if (high >= SIZE_MAX) return Infinity;
    [low, high] = [high, 2 * high];
  }
  while (high - low > PRECISION * high) {
    const middle = (low + high) / 2;
    if (powerBy(middle) >= power) high = middle;
    else low = middle;
  }
  return high;
}

/** Returns the relative difference (0.03 = 3 % worse) that is `size` standard deviations beyond `delta`. */
export function effectOfSize(size: number, { sessionSd, delta }: Pick<PowerPlan, 'sessionSd' | 'delta'>): number {
  return sessionSd === 0 ? delta : 1 - (1 - delta) * Math.exp(-size * sessionSd);
}

/** Returns the smallest relative difference that n sessions detect with this power. ∞ when none can be detected. */
export function minimumDetectableEffect(plan: PowerPlan & { readonly n: number; readonly power: number }): number {
  const size = detectableSize(plan.n, plan.alpha, plan.power);
  return Number.isFinite(size) ? effectOfSize(size, plan) : Infinity;
}

/** Returns the fewest sessions that detect a relative difference `effect` with this power. ∞ above SESSIONS_MAX. */
export function sessionsFor(plan: PowerPlan & { readonly effect: number; readonly power: number }): number {
  if (plan.effect <= plan.delta) return Infinity;
  const size = sizeOfEffect(plan.effect, plan);
  const isEnough = (n: number) => detectableSize(n, plan.alpha, plan.power) <= size;
  // The steps of p are not monotonic in n, so try each n where they matter.
  for (let n = 1; n <= STEPS_SESSIONS_MAX; n++) if (isEnough(n)) return n;
  let [tooFew, enough] = [STEPS_SESSIONS_MAX, SESSIONS_MAX];
  if (!isEnough(enough)) return Infinity;
  while (enough - tooFew > 1) {
    const middle = (tooFew + enough) >> 1;
    if (isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}
