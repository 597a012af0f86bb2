import { rank } from './ranks.js';

/**
 * Cliff's δ = (#{b > a} − #{b < a})/(nm) over all pairs, in [−1, 1]. It says how far two samples are apart in units of
 * their own noise, not how much they differ: report it, decide nothing by it. Throws RangeError for an empty sample or NaN.
 */
export function cliffsDelta(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) throw new RangeError("Cliff's delta takes two samples that are not empty");
  const { doubled } = rank([...b, ...a]);
  const doubledSum = doubled.slice(0, b.length).reduce((sum, value) => sum + value, 0);
  // δ = 2U/(nm) − 1, and 2U is the doubled rank sum less its minimum.
  return (doubledSum - b.length * (b.length + 1)) / (a.length * b.length) - 1;
}
