/** What the units at hand can show, and how many more it takes. */
import { type EffectSample, smallestP, unitCount, unitSd } from '../stats/effect.js';
import type { LocationInterval } from '../stats/hodges-lehmann.js';
import { normalQuantile } from '../stats/normal.js';
import { detectableSize, effectOfSize, sessionsFor } from '../stats/power.js';
import { detectableShift, type TwoRuns, twoRunsOf } from '../stats/shift-power.js';
import { smallestShiftP } from '../stats/shift-test.js';
import { studentUpperQuantile } from '../stats/student.js';

/** The probability of detecting the smallest detectable difference. */
export const POWER = 0.9;

/** So many units are wanted of the candidate, whose base then stays as it is, or of each side. */
export interface UnitsWanted {
  readonly units: number;
  readonly of: 'each' | 'candidate';
}

/** More units than this are not practical. */
const UNITS_MAX = 1000;

/** The differences that samples of a family can detect. */
export function detectableIn(
  family: number,
  alpha: number,
): (sample: EffectSample, minEffect: number) => number | null {
  return (sample, minEffect) => {
    const sessionSd = unitSd(sample);
    if (smallestP(sample) > alpha / family || !Number.isFinite(sessionSd)) return null;
    if (sample.design === 'unpaired') {
      const shift = detectableShift(twoRunsOf(sample.base, sample.candidate), alpha / family, POWER);
      return Number.isFinite(shift) ? effectOfSize(1, { sessionSd: shift, delta: minEffect }) : null;
    }
    const size = detectableSize(unitCount(sample), alpha / family, POWER);
    return Number.isFinite(size) ? effectOfSize(size, { sessionSd, delta: minEffect }) : null;
  };
}

/**
 * Returns the units needed for the smallest reachable p to be at most alpha / family. Null if there are enough, and if
 * nothing was measured: then more units of the same kind do not help.
 */
export function unitsNeeded(sample: EffectSample, family: number, alpha: number): UnitsWanted | null {
  if (unitCount(sample) === 0 || smallestP(sample) <= alpha / family) return null;
  if (sample.design === 'paired') return { units: unitsToReach(sample, family, alpha), of: 'each' };
  const reaches = (base: number, candidate: number) => smallestShiftP(base, candidate) <= alpha / family;
  return grown(sample.base.length, sample.candidate.length, reaches);
}

/** Returns the smallest number of units per side whose smallest p is at most alpha / family. */
export function unitsToReach({ design }: Pick<EffectSample, 'design'>, family: number, alpha: number): number {
  const reachable = (n: number) => (design === 'paired' ? 2 ** -n : smallestShiftP(n, n)) <= alpha / family;
  let n = 1;
  while (!reachable(n)) n++;
  return n;
}

/** Returns the fewest units of a longer candidate that are enough, or else of both sides. Null if none are. */
function grown(
  base: number,
  candidate: number,
  isEnough: (base: number, candidate: number) => boolean,
): UnitsWanted | null {
  const fewest = (from: number, enough: (n: number) => boolean): number | null => {
    let [tooFew, found] = [from, UNITS_MAX];
    if (from >= UNITS_MAX || !enough(UNITS_MAX)) return null;
    while (found - tooFew > 1) {
      const middle = (tooFew + found) >> 1;
      if (enough(middle)) found = middle;
      else tooFew = middle;
    }
    return found;
  };
  const alone = fewest(candidate, (n) => isEnough(base, n));
  if (alone !== null) return { units: alone, of: 'candidate' };
  const each = fewest(Math.min(base, candidate), (n) => isEnough(Math.max(base, n), Math.max(candidate, n)));
  return each === null ? null : { units: each, of: 'each' };
}

/**
 * A difference larger than `beyond` is decided by the test, with probability `POWER`. One smaller than minEffect is decided
 * once the interval, whose width shrinks with the root of the units, is within ±minEffect. One between the two, which is
 * below the noise floor, is never decided. Null then, if it takes more than UNITS_MAX units, and if it is unknown.
 */
export function unitsToTell(
  sample: EffectSample,
  ratio: LocationInterval | null,
  family: number,
  { alpha, minEffect, beyond }: { readonly alpha: number; readonly minEffect: number; readonly beyond: number },
): UnitsWanted | null {
  const sessionSd = unitSd(sample);
  if (ratio === null || !Number.isFinite(sessionSd)) return null;
  const size = Math.abs(Math.log(ratio.estimate));
  const bound = -Math.log(1 - minEffect);
  const floor = -Math.log(1 - beyond);
  if (size >= bound && size <= floor) return null;
  const width = Math.log(ratio.high / ratio.low) / 2;
  if (sample.design === 'unpaired') {
    const runs = twoRunsOf(sample.base, sample.candidate);
    const [now, wanted] =
      size > bound ? [detectableShift(runs, alpha / family, POWER), size - floor] : [width, bound - size];
    if (!Number.isFinite(now)) return null;
    const level = size > bound ? alpha / family : (1 - ratio.confidence) / 2;
    const factor = now / errorOf(runs, level);
    return grown(runs.base, runs.candidate, (base, candidate) => {
      return factor * errorOf({ ...runs, base, candidate }, level) <= wanted;
    });
  }
  const units =
    size > bound
      ? sessionsFor({ sessionSd, alpha: alpha / family, power: POWER, delta: beyond, effect: 1 - Math.exp(-size) })
      : Math.ceil(unitCount(sample) * (width / (bound - size)) ** 2);
  return Number.isFinite(units) ? { units, of: 'each' } : null;
}

/** What a detectable shift and the width of an interval are proportional to as runs grow, with few degrees of freedom. */
function errorOf({ base, candidate, baseSd, candidateSd }: TwoRuns, level: number): number {
  const quantile = studentUpperQuantile(level, Math.max(1, Math.min(base, candidate) - 1)) - normalQuantile(1 - POWER);
  return quantile * Math.sqrt(baseSd ** 2 / base + candidateSd ** 2 / candidate);
}
