/** Differences that a target shows from itself, where a comparison should find none. */
import type { CalibratedCell } from '../record/calibration-record.js';
import { type EffectSample, type Observation, pBeyond, ratioOf, smallestP, unpairedSample } from '../stats/effect.js';
import { holm } from '../stats/multiplicity.js';

/** Both sides of a cell are one target. */
interface Sides {
  readonly a: readonly Observation[];
  readonly b: readonly Observation[];
}

/** A and B are the same target: a p at or below this means a flaw in the measurement, or a chance of one in twenty. */
export const DIFFERS = 0.05;

/**
 * Returns the two-sided p of a difference in each sample, adjusted for all of them, and whether it could have been as small
 * as `DIFFERS` in any of them.
 */
export function testedForDifference(samples: readonly EffectSample[]): { pDiffers: number; couldDiffer: boolean }[] {
  const ps = holm(
    samples.map((sample) => Math.min(1, 2 * Math.min(pBeyond(sample, 0, 'less'), pBeyond(sample, 0, 'greater')))),
  );
  return samples.map((sample, i) => ({
    pDiffers: ps[i] as number,
    couldDiffer: 2 * smallestP(sample) * samples.length <= DIFFERS,
  }));
}

/**
 * Compares the later half of the sessions with the earlier one, as two runs are compared, both sides together. The middle
 * session of an odd number is left out. A target that drifts differs here, where A and B, measured in turn, do not.
 */
export function earlierAndLater(
  cells: readonly Sides[],
  sessions: number,
  confidence: number,
): NonNullable<CalibratedCell['halves']>[] {
  const half = Math.floor(sessions / 2);
  const samples = cells.map(({ a, b }) => {
    const all = [...a, ...b];
    return unpairedSample(
      all.filter(({ session }) => session <= half),
      all.filter(({ session }) => session > sessions - half),
    );
  });
  return testedForDifference(samples).map((tested, i) => {
    const ratio = ratioOf(samples[i] as EffectSample, confidence);
    return { ratio: ratio?.estimate ?? null, ...tested };
  });
}
