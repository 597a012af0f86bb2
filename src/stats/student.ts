import { betaQuantile, regularizedBeta } from './beta.js';
import { normalCdf } from './normal.js';

/**
 * Step of the trapezoidal rule in units of 1/√ν, about the width of the density. The error falls exponentially with
 * it.
 */
const INTEGRATION_STEP = 0.05;
/** The integral leaves out terms at both ends that are below exp(−40) of its largest term. */
const LEFT_OUT_LOG = 40;

/**
 * Returns the t that Student's t with `freedom` degrees of freedom exceeds with probability `tail`, 0 < tail < 1, from
 * P(T > t) = I₍ν/(ν+t²)₎(ν/2, ½)/2. Throws RangeError for other tails, or unless freedom is positive and finite.
 */
export function studentUpperQuantile(tail: number, freedom: number): number {
  if (!(tail > 0 && tail < 1)) throw new RangeError(`a tail is between 0 and 1, not ${tail}`);
  if (tail > 0.5) return -studentUpperQuantile(1 - tail, freedom);
  const x = betaQuantile(2 * tail, freedom / 2, 0.5);
  return Math.sqrt((freedom * (1 - x)) / x);
}

/**
 * Returns P(T > t) for the noncentral Student's t (Z + noncentrality)/√(χ²/ν), ν = freedom > 0. It is ∫ Φ(noncentrality
 * − t·s) over the distribution of s = √(χ²/ν), integrated over ln s, with an error of about 1e-12. Throws RangeError
 * unless all arguments are finite and freedom is positive.
 */
export function noncentralStudentTail(t: number, freedom: number, noncentrality: number): number {
  if (!(freedom > 0 && freedom < Infinity && Number.isFinite(t) && Number.isFinite(noncentrality))) {
    throw new RangeError(`no Student's t: ${t}, ${freedom} degrees of freedom, noncentrality ${noncentrality}`);
  }
  // The density at ln s = u is exp(ν(u + ½ − exp(2u)/2)) times its maximum, which is at 0. For u > 0 the factor is at
  // most exp(−νu²). For u < 0 it is at most exp(ν(u + ½)), and down to −¾ at most exp(−νu²/2).
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

/** Returns P(T > t) for Student's t with `freedom` degrees of freedom, which need not be a whole number. */
export function studentTail(t: number, freedom: number): number {
  const half = regularizedBeta(freedom / (freedom + t ** 2), freedom / 2, 0.5) / 2;
  return t > 0 ? half : 1 - half;
}
