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
/** Relative differences are told to this part of themselves. */
const PRECISION = 1e-4;

/**
 * The probability that a one-sided sign-flip test on n sessions says “worse than delta” when the truth is `effect`, a
 * relative difference in (0, 1), and sessions are normal on the log scale. It is that of Student's t test, to which
 * the sign-flip test is equivalent in the limit (Fisher 1935; Lehmann & Romano, section 15.2), but at most that of the
 * signs alone: as every flip of a negative difference raises the sum, a p of at most k/2ⁿ leaves room for at most
 * ⌊log₂ k⌋ negative ones. With k = 1 that bound is exact.
 */
export function signFlipPower(effect: number, n: number, { sessionSd, alpha, delta }: PowerPlan): number {
  const rejected = Math.floor(alpha * 2 ** n);
  if (rejected < 1) return 0;
  const shift = Math.log(1 - delta) - Math.log(1 - effect);
  if (sessionSd === 0) return shift > 0 ? 1 : 0;
  const size = shift / sessionSd;
  const signs = binomialAtMost(Math.floor(Math.log2(rejected)), n, normalCdf(-size));
  if (n < 2) return signs;
  const t = noncentralStudentTail(studentUpperQuantile(alpha, n - 1), n - 1, size * Math.sqrt(n));
  return Math.min(signs, t);
}

/** P(X ≤ k) of n trials with probability p: I₁₋ₚ(n − k, k + 1). */
function binomialAtMost(k: number, n: number, p: number): number {
  if (k >= n) return 1;
  return regularizedBeta(1 - p, n - k, k + 1);
}

/**
 * The smallest relative difference (0.03 = 3 % worse) that n sessions show with this power; ∞ when not even a loss of
 * everything would be shown.
 */
export function minimumDetectableEffect(plan: PowerPlan & { readonly n: number; readonly power: number }): number {
  let [low, high] = [plan.delta, 1 - 1e-9];
  if (signFlipPower(high, plan.n, plan) < plan.power) return Infinity;
  while (high - low > PRECISION * high) {
    const middle = (low + high) / 2;
    if (signFlipPower(middle, plan.n, plan) >= plan.power) high = middle;
    else low = middle;
  }
  return high;
}

/** The least number of sessions that show a relative difference `effect` with this power; ∞ past SESSIONS_MAX of them. */
export function sessionsFor(plan: PowerPlan & { readonly effect: number; readonly power: number }): number {
  if (plan.effect <= plan.delta) return Infinity;
  // The bound of the signs moves in steps of n, so that power is not monotonic in it and bisection would miss some.
  for (let n = 1; n <= SESSIONS_MAX; n++) {
    if (signFlipPower(plan.effect, n, plan) >= plan.power) return n;
  }
  return Infinity;
}
