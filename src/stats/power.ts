/** The power of a plan: that of the exact sign-flip test on session medians, and the sessions that it needs. */
import { regularizedBeta } from './beta.js';
import { normalCdf } from './normal.js';
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

/**
 * Returns the probability that a one-sided sign-flip test on n sessions reports “worse than delta” when the true
 * relative difference is `effect`, in (0, 1), and sessions are normal on the log scale. It is the power of Student's
 * t test, to which the sign-flip test is equivalent in the limit (Fisher 1935; Lehmann & Romano, section 15.2), but
 * at most the power of the signs alone. Every flip of a negative difference raises the sum, so a p of at most k/2ⁿ
 * allows at most ⌊log₂ k⌋ negative differences. With k = 1 that bound is exact.
 */
export function signFlipPower(effect: number, n: number, { sessionSd, alpha, delta }: PowerPlan): number {
  const size = sizeOfEffect(effect, { sessionSd, delta });
  return Math.min(powerOfSigns(n, alpha)(size), powerOfStudent(n, alpha)(size));
}

/** Returns the size for an effect: the inverse of `effectOfSize`. */
function sizeOfEffect(effect: number, { sessionSd, delta }: Pick<PowerPlan, 'sessionSd' | 'delta'>): number {
  const shift = Math.log(1 - delta) - Math.log(1 - effect);
  return sessionSd === 0 ? (shift > 0 ? SIZE_MAX : -SIZE_MAX) : shift / sessionSd;
}

/**
 * Returns the power bound of the signs by the size beyond delta: on the log scale, in units of the sd between
 * sessions.
 */
function powerOfSigns(n: number, alpha: number): (size: number) => number {
  const rejected = Math.floor(alpha * 2 ** n);
  if (rejected < 1) return () => 0;
  const negativeMax = Math.floor(Math.log2(rejected));
  return (size) => binomialAtMost(negativeMax, n, normalCdf(-size));
}

/** Returns the power of Student's test by the same size. One session has no such test, so its bound is 1. */
function powerOfStudent(n: number, alpha: number): (size: number) => number {
  if (n < 2) return () => 1;
  const critical = studentUpperQuantile(alpha, n - 1);
  return (size) => noncentralStudentTail(critical, n - 1, size * Math.sqrt(n));
}

/** Returns P(X ≤ k) for n trials with probability p: I₁₋ₚ(n − k, k + 1). */
function binomialAtMost(k: number, n: number, p: number): number {
  if (k >= n) return 1;
  return regularizedBeta(1 - p, n - k, k + 1);
}

/**
 * Returns the smallest difference beyond delta that n sessions detect with this power, in units of the sd between them.
 * It is the same for all cells of a family. ∞ when no difference can be detected.
 */
export function detectableSize(n: number, alpha: number, power: number): number {
  const [signs, student] = [powerOfSigns(n, alpha), powerOfStudent(n, alpha)];
  const powerOf = (size: number) => Math.min(signs(size), student(size));
  let [low, high] = [0, 1];
  while (powerOf(high) < power) {
    if (high >= SIZE_MAX) return Infinity;
    [low, high] = [high, 2 * high];
  }
  while (high - low > PRECISION * high) {
    const middle = (low + high) / 2;
    if (powerOf(middle) >= power) high = middle;
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
  if (powerOfSigns(1, plan.alpha)(size) >= plan.power) return 1;
  const isEnough = (n: number) => powerOfStudent(n, plan.alpha)(size) >= plan.power;
  let [tooFew, enough] = [1, SESSIONS_MAX];
  if (!isEnough(enough)) return Infinity;
  while (enough - tooFew > 1) {
    const middle = (tooFew + enough) >> 1;
    if (isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  // The bound of the signs changes in steps and is not monotonic in n, so try each n.
  for (let n = enough; n <= SESSIONS_MAX; n++) {
    if (powerOfSigns(n, plan.alpha)(size) >= plan.power) return n;
  }
  return Infinity;
}
