import { rank } from './ranks.js';

/**
 * Returns Cliff's δ = (#{b > a} − #{b < a})/(nm) over all pairs, in [−1, 1]. It measures the distance of two samples
 * relative to their noise, not the size of the difference. Report it, but do not use it for decisions. Throws
 * RangeError for an empty sample or NaN.
 */
export function cliffsDelta(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) throw new RangeError("Cliff's delta takes two samples that are not empty");
  const { doubled } = rank([...b, ...a]);
  const doubledSum = doubled.slice(0, b.length).reduce((sum, value) => sum + value, 0);
  // δ = 2U/(nm) − 1, and 2U is the doubled rank sum minus its minimum.
  return (doubledSum - b.length * (b.length + 1)) / (a.length * b.length) - 1;
}
