import { betaQuantile } from './beta.js';
import { normalCdf } from './normal.js';

/** Step of the trapezoidal rule, whose error falls exponentially with it, in units of 1/√ν: the density is about that wide. */
const INTEGRATION_STEP = 0.05;
/** What is left out of the integral at either end is below exp(−40) of its largest term. */
const LEFT_OUT_LOG = 40;

/**
 * The t that Student's t with `freedom` degrees of freedom exceeds with probability `tail`, 0 < tail < 1: from
 * P(T > t) = I₍ν/(ν+t²)₎(ν/2, ½)/2. Throws RangeError outside or unless freedom is positive and finite.
 */
export function studentUpperQuantile(tail: number, freedom: number): number {
  if (!(tail > 0 && tail < 1)) throw new RangeError(`a tail is between 0 and 1, not ${tail}`);
  if (tail > 0.5) return -studentUpperQuantile(1 - tail, freedom);
  const x = betaQuantile(2 * tail, freedom / 2, 0.5);
  return Math.sqrt((freedom * (1 - x)) / x);
}

/**
 * P(T > t) of the noncentral Student's t (Z + noncentrality)/√(χ²/ν), ν = freedom > 0: ∫ Φ(noncentrality − t·s) over the
 * distribution of s = √(χ²/ν), integrated over ln s, to about 1e-12. Throws RangeError unless all is finite and freedom
 * positive.
 */
export function noncentralStudentTail(t: number, freedom: number, noncentrality: number): number {
  if (!(freedom > 0 && freedom < Infinity && Number.isFinite(t) && Number.isFinite(noncentrality))) {
    throw new RangeError(`no Student's t: ${t}, ${freedom} degrees of freedom, noncentrality ${noncentrality}`);
  }
  // The density at ln s = u is exp(ν(u + ½ − exp(2u)/2)) of that at 0, its largest: at most exp(−νu²) above, below at most
  // exp(ν(u + ½)) and, to −¾, exp(−νu²/2).
  const top = Math.sqrt(LEFT_OUT_LOG / freedom);
  const spread = Math.sqrt((2 * LEFT_OUT_LOG) / freedom);
  const bottom = spread <= 0.75 ? -spread : -LEFT_OUT_LOG / freedom - 0.5;
  const steps = Math.ceil(((top - bottom) * Math.sqrt(freedom)) / INTEGRATION_STEP);
  const step = (top - bottom) / steps;
  let total = 0;
  let exceeding = 0;
  for (let i = 0; i <= steps; i++) {
    const u = bottom + i * step;
    const density = Math.exp(freedom * (u - Math.expm1(2 * u) / 2));
    total += density;
    exceeding += density * normalCdf(noncentrality - t * Math.exp(u));
  }
  return exceeding / total;
}
