/** The |x| at which the errors of the series and the slow start of the continued fraction balance. */
const SERIES_LIMIT = 2;
/** Sets the terms of the continued fraction for 1e-16: 200 at SERIES_LIMIT, and fewer with the square of x. */
const FRACTION_TERMS = 800;

/** Returns the standard normal density. x² is split so that its rounding error does not grow in the tails. */
function normalDensity(x: number): number {
  const head = Math.trunc(x * 16) / 16;
  const exponential = Math.exp((-head * head) / 2) * Math.exp((-(x - head) * (x + head)) / 2);
  return exponential / Math.sqrt(2 * Math.PI);
}

/** Φ(x) − ½ for |x| ≤ SERIES_LIMIT: φ(x)·(x + x³/3 + x⁵/(3·5) + …), terms of one sign (Abramowitz & Stegun 26.2.11). */
function centralArea(x: number): number {
  let sum = 0;
  let term = x;
  for (let odd = 3; sum + term !== sum; odd += 2) {
    sum += term;
    term *= (x * x) / odd;
  }
  return normalDensity(x) * sum;
}

/** Φ(−x) for x ≥ SERIES_LIMIT: φ(x)/(x + 1/(x + 2/(x + 3/…))) (Abramowitz & Stegun 26.2.14). */
function upperTail(x: number): number {
  let fraction = x;
  for (let term = Math.ceil(FRACTION_TERMS / (x * x)) + 10; term >= 1; term--) fraction = x + term / fraction;
  return normalDensity(x) / fraction;
}

/** Returns Φ(x). The relative error is about 1e-14, also far out in the lower tail. NaN for NaN. */
export function normalCdf(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return 1;
  if (x === Number.NEGATIVE_INFINITY) return 0;
  if (x <= -SERIES_LIMIT) return upperTail(-x);
  return x < SERIES_LIMIT ? 0.5 + centralArea(x) : 1 - upperTail(x);
}

/**
 * Returns the x with Φ(x) = p for 0 ≤ p ≤ 1, and ∓∞ at the ends. Throws RangeError for other p.
 *
 * It uses Newton's method on ln Φ, which is concave. It starts left of the root, because Φ(−t) ≤ ½·exp(−t²/2), and so
 * reaches it without overshooting. A last step on Φ − ½ keeps the relative precision near zero.
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a probability is in [0, 1], not ${p}`);
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 0.5) return 0;
  const target = Math.log(p);
  let x = -Math.sqrt(-2 * target);
  for (let iteration = 0; iteration < 50; iteration++) {
    const below = normalCdf(x);
    const step = ((target - Math.log(below)) * below) / normalDensity(x);
    x += step;
    if (Math.abs(step) <= 1e-12 * Math.abs(x)) break;
  }
  if (x <= -SERIES_LIMIT) return x;
  return x - (centralArea(x) - (p - 0.5)) / normalDensity(x);
}
