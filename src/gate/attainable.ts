/** What the units at hand can show, and how many more it takes. */
import { type EffectSample, smallestP, smallestPBetween, unitCount, unitSd } from '../stats/effect.js';
import type { LocationInterval } from '../stats/hodges-lehmann.js';
import { detectableSize, effectOfSize, sessionsFor } from '../stats/power.js';

/** The probability of detecting the smallest detectable difference. */
export const POWER = 0.9;

/** The differences that samples of a family can detect. The part that depends only on the number of units is cached. */
export function detectableIn(
  family: number,
  alpha: number,
): (sample: EffectSample, minEffect: number) => number | null {
  const sizes = new Map<number, number>();
  return (sample, minEffect) => {
    const n = unitCount(sample);
    const sessionSd = unitSd(sample);
    if (smallestP(sample) > alpha / family || !Number.isFinite(sessionSd)) return null;
    const size = sizes.get(n) ?? detectableSize(n, alpha / family, POWER);
    sizes.set(n, size);
    return Number.isFinite(size) ? effectOfSize(size, { sessionSd, delta: minEffect }) : null;
  };
}

/** Returns the units needed for the smallest reachable p to be at most alpha / family; null if there are enough. */
export function unitsNeeded(sample: EffectSample, family: number, alpha: number): number | null {
  return smallestP(sample) <= alpha / family ? null : unitsToReach(sample, family, alpha);
}

/** Returns the smallest number of units per side whose smallest p is at most alpha / family. */
export function unitsToReach({ design }: Pick<EffectSample, 'design'>, family: number, alpha: number): number {
  const reachable = (n: number) => (design === 'paired' ? 2 ** -n : smallestPBetween(n, n)) <= alpha / family;
  let n = 1;
  while (!reachable(n)) n++;
  return n;
}

/**
 * A difference larger than `beyond` is decided by the test, with probability `POWER`. One smaller than minEffect is decided
 * once the interval, whose width shrinks with the root of the units, is within ±minEffect. One between the two, which is
 * below the noise floor, is never decided.
 */
export function unitsToTell(
  sample: EffectSample,
  ratio: LocationInterval | null,
  family: number,
  { alpha, minEffect, beyond }: { readonly alpha: number; readonly minEffect: number; readonly beyond: number },
): number | null {
  const sessionSd = unitSd(sample);
  if (ratio === null || !Number.isFinite(sessionSd)) return null;
  const size = Math.abs(Math.log(ratio.estimate));
  const bound = -Math.log(1 - minEffect);
  if (size >= bound && size <= -Math.log(1 - beyond)) return null;
  const units =
    size > bound
      ? sessionsFor({ sessionSd, alpha: alpha / family, power: POWER, delta: beyond, effect: 1 - Math.exp(-size) })
      : Math.ceil(unitCount(sample) * (Math.log(ratio.high / ratio.low) / 2 / (bound - size)) ** 2);
  return Number.isFinite(units) ? units : null;
}
