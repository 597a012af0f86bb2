import type { Prng } from '../../src/base/prng.js';

/** A standard normal number (Box–Muller). */
export function normalDraw(prng: Prng): number {
  return Math.sqrt(-2 * Math.log(1 - prng.nextFloat())) * Math.cos(2 * Math.PI * prng.nextFloat());
}

/** A number of `make` for each of n places. */
export function series(n: number, make: (index: number) => number): number[] {
  return Array.from({ length: n }, (_, index) => make(index));
}
