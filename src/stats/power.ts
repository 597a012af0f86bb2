/** What a plan can show: power of the exact sign-flip test on session medians, and the sessions that it takes. */
import { regularizedBeta } from './beta.js';
import { normalCdf } from './normal.js';
import { noncentralStudentTail, studentUpperQuantile } from './student.js';

export interface PowerPlan {
  /** Standard deviation between units on the log scale, ≥ 0. */
  readonly sessionSd: number;
  /** Bound of the one-sided test, in (0, 1); of one cell, so already divided by the family. */
  readonly alpha: number;
  /** Difference that the test allows: H₀ is “not worse than −delta”, a relative difference in [0, 1). */
  readonly delta: number;
}

/** Past this many sessions a plan is not a plan; sessionsFor then says ∞. */
const SESSIONS_MAX = 1000;
/** Sizes of effects are told to this part of themselves, which is less than the sd that they rest on is known to. */
const PRECISION = 1e-3;
/** In units of the sd between sessions; with this much even two sessions are apart. */
const SIZE_MAX = 1e6;

/**
 * The probability that a one-sided sign-flip test on n sessions says “worse than delta” when the truth is `effect`, a
 * relative difference in (0, 1), and sessions are normal on the log scale. It is that of Student's t test, to which
 * the sign-flip test is equivalent in the limit (Fisher 1935; Lehmann & Romano, section 15.2), but at most that of the
 * signs alone: as every flip of a negative difference raises the sum, a p of at most k/2ⁿ leaves room for at most
 * ⌊log₂ k⌋ negative ones. With k = 1 that bound is exact.
 */
export function signFlipPower(effect: number, n: number, { sessionSd, alpha, delta }: PowerPlan): number {
  const size = sizeOfEffect(effect, { sessionSd, delta });
  return Math.min(powerOfSigns(n, alpha)(size), powerOfStudent(n, alpha)(size));
}

/** What effectOfSize is told, found again from the effect. */
function sizeOfEffect(effect: number, { sessionSd, delta }: Pick<PowerPlan, 'sessionSd' | 'delta'>): number {
  const shift = Math.log(1 - delta) - Math.log(1 - effect);
  return sessionSd === 0 ? (shift > 0 ? SIZE_MAX : -SIZE_MAX) : shift / sessionSd;
}

/** The bound of the signs, by the size of the difference beyond delta: on the log scale, in units of the sd between sessions. */
function powerOfSigns(n: number, alpha: number): (size: number) => number {
  const rejected = Math.floor(alpha * 2 ** n);
  if (rejected < 1) return () => 0;
  const negativeMax = Math.floor(Math.log2(rejected));
  return (size) => binomialAtMost(negativeMax, n, normalCdf(-size));
}

/** The power of Student's test, by the same. One session has no such test, and no bound by it. */
function powerOfStudent(n: number, alpha: number): (size: number) => number {
  if (n < 2) return () => 1;
  const critical = studentUpperQuantile(alpha, n - 1);
  return (size) => noncentralStudentTail(critical, n - 1, size * Math.sqrt(n));
}

/** P(X ≤ k) of n trials with probability p: I₁₋ₚ(n − k, k + 1). */
function binomialAtMost(k: number, n: number, p: number): number {
  if (k >= n) return 1;
  return regularizedBeta(1 - p, n - k, k + 1);
}

/**
 * The smallest difference beyond delta that n sessions show with this power, in units of the sd between them: of a
 * family it is the same for all cells. ∞ when no difference would be shown.
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

/** The relative difference (0.03 = 3 % worse) that lies `size` standard deviations beyond `delta`. */
export function effectOfSize(size: number, { sessionSd, delta }: Pick<PowerPlan, 'sessionSd' | 'delta'>): number {
  return sessionSd === 0 ? delta : 1 - (1 - delta) * Math.exp(-size * sessionSd);
}

/** The smallest relative difference that n sessions show with this power; ∞ when no difference would be shown. */
export function minimumDetectableEffect(plan: PowerPlan & { readonly n: number; readonly power: number }): number {
  const size = detectableSize(plan.n, plan.alpha, plan.power);
  return Number.isFinite(size) ? effectOfSize(size, plan) : Infinity;
}

/** The least number of sessions that show a relative difference `effect` with this power; ∞ past SESSIONS_MAX of them. */
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
  // The bound of the signs moves in steps of n and is not monotonic in it, so it is walked through.
  for (let n = enough; n <= SESSIONS_MAX; n++) {
    if (powerOfSigns(n, plan.alpha)(size) >= plan.power) return n;
  }
  return Infinity;
}
