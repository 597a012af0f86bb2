import { gammaln } from 'simple-statistics';

/** More terms than parameters up to about 1e8 need. The fraction needs O(√max(a, b)) terms. */
const FRACTION_TERMS_MAX = 20_000;
/** Avoids a division by zero when a convergent of the fraction vanishes. */
const TINY = 1e-300;

/**
 * Returns the regularised incomplete beta function Iₓ(a, b), the distribution function of Beta(a, b), for 0 ≤ x ≤ 1 and
 * positive a and b. The relative error is about 1e-13. Throws RangeError for other arguments.
 *
 * It uses the continued fraction DLMF 8.17.22 where that converges fast, and Iₓ(a, b) = 1 − I₁₋ₓ(b, a) elsewhere.
 */
export function regularizedBeta(x: number, a: number, b: number): number {
  if (!(x >= 0 && x <= 1)) throw new RangeError(`Beta is distributed over [0, 1], not ${x}`);
  if (!(a > 0 && b > 0 && a < Infinity && b < Infinity)) throw new RangeError(`Beta(${a}, ${b}) is no distribution`);
  if (x === 0 || x === 1) return x;
  if (x > (a + 1) / (a + b + 2)) return 1 - regularizedBeta(1 - x, b, a);
  const logFactor = a * Math.log(x) + b * Math.log1p(-x) + gammaln(a + b) - gammaln(a) - gammaln(b);
  return Math.exp(logFactor) / (a * betaFraction(x, a, b));
}

/** Returns 1 + d₁/(1 + d₂/(1 + …)), by Lentz's method as modified by Thompson and Barnett. */
function betaFraction(x: number, a: number, b: number): number {
  let value = 1;
  let c = 1;
  let d = 0;
  for (let term = 1; term <= FRACTION_TERMS_MAX; term++) {
    const m = term >> 1;
    const numerator = term % 2 === 0 ? m * (b - m) : -(a + m) * (a + b + m);
    const coefficient = (numerator * x) / ((a + term - 1) * (a + term));
    d = 1 / nonZero(1 + coefficient * d);
    c = nonZero(1 + coefficient / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return value;
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** Returns the x with Iₓ(a, b) = p, for 0 ≤ p ≤ 1, by bisection to adjacent numbers. Throws RangeError for other p. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a probability is in [0, 1], not ${p}`);
  let low = 0;
  let high = 1;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return high;
    if (regularizedBeta(middle, a, b) < p) low = middle;
    else high = middle;
  }
}
