/** What the units at hand can show, and how many more it takes. */
import { type EffectSample, smallestP, unitCount, unitSd } from '../stats/effect.js';
import type { LocationInterval } from '../stats/hodges-lehmann.js';
import { detectableSize, effectOfSize, sessionsFor } from '../stats/power.js';
import { smallestShiftP } from '../stats/shift-test.js';

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
  const reachable = (n: number) => (design === 'paired' ? 2 ** -n : smallestShiftP(n, n)) <= alpha / family;
  let n = 1;
  while (!reachable(n)) n++;
  return n;
}

/**
 * A difference larger than minEffect is decided by the test, with probability `POWER`. A smaller one is decided once
 * the interval, whose width shrinks with the root of the units, is within ±minEffect.
 */
export function unitsToTell(
  sample: EffectSample,
  ratio: LocationInterval | null,
  family: number,
  { alpha, minEffect }: { readonly alpha: number; readonly minEffect: number },
): number | null {
  const sessionSd = unitSd(sample);
  if (ratio === null || !Number.isFinite(sessionSd)) return null;
  const size = Math.abs(Math.log(ratio.estimate));
  const bound = -Math.log(1 - minEffect);
  const units =
    size > bound
      ? sessionsFor({ sessionSd, alpha: alpha / family, power: POWER, delta: minEffect, effect: 1 - Math.exp(-size) })
      : Math.ceil(unitCount(sample) * (Math.log(ratio.high / ratio.low) / 2 / (bound - size)) ** 2);
  return Number.isFinite(units) ? units : null;
}
