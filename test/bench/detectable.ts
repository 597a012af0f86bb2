/** Whether what feedrate calls detectable is found as often as promised. */
import { createPrng } from '../../src/base/prng.js';
import { detectableIn, POWER } from '../../src/gate/attainable.js';
import type { EffectSample } from '../../src/stats/effect.js';
import { pairedLocation } from '../../src/stats/hodges-lehmann.js';
import { shiftTest } from '../../src/stats/shift-test.js';
import { normals } from './power-noise.js';

export interface DetectableCase {
  readonly name: string;
  readonly cells: number;
  readonly alpha: number;
  /** `second` is null for pairs. */
  readonly first: number;
  readonly second: number | null;
  /** The sd of the second run's sessions; the first run's is `SD`. */
  readonly secondSd: number;
}

export interface Detected {
  readonly name: string;
  readonly cells: number;
  /** The relative difference; null if none is. */
  readonly told: number | null;
  readonly simulated: number | null;
}

const SD = 0.02;
const ALPHA = 0.01;

export function detectableCases(): DetectableCase[] {
  const sizes: readonly (readonly [number, number | null, number])[] = [
    [8, null, SD],
    [12, null, SD],
    [18, null, SD],
    [40, null, SD],
    [8, 8, SD],
    [9, 36, SD],
    [8, 64, SD],
    [9, 36, SD / 3],
    [9, 36, 3 * SD],
    [18, 18, 1.6 * SD],
    [80, 120, SD],
  ];
  return [1, 10].flatMap((cells) =>
    sizes.map(([first, second, secondSd]) => {
      const spread = secondSd === SD ? '' : `, sd ratio ${(secondSd / SD).toFixed(2)}`;
      const name = second === null ? `${first} pairs` : `${first} v ${second}${spread}`;
      return { name, cells, alpha: ALPHA, first, second, secondSd };
    }),
  );
}

/** Values with exactly this mean and standard deviation, in the form of normal quantiles, so that nothing is estimated. */
function exactly(n: number, sd: number): number[] {
  const raw = Array.from({ length: n }, (_, index) => index - (n - 1) / 2);
  const squares = raw.reduce((sum, value) => sum + value ** 2, 0);
  return raw.map((value) => value * sd * Math.sqrt((n - 1) / squares));
}

/** A difference is found when the upper bound of samples without one is smaller, so 90 % of the bounds are. */
export function detectedBy(one: DetectableCase, repetitions: number): Detected {
  const { name, cells, alpha, first, second, secondSd } = one;
  const sample: EffectSample =
    second === null
      ? { design: 'paired', differences: exactly(first, SD), pairs: first }
      : { design: 'unpaired', base: exactly(first, SD), candidate: exactly(second, secondSd), pairs: first };
  const normal = normals(createPrng(99, first, second ?? 0));
  const values = (n: number, sd: number) => Array.from({ length: n }, () => sd * normal());
  const level = alpha / cells;
  const bounds = Float64Array.from({ length: repetitions }, () =>
    second === null
      ? pairedLocation(values(first, SD), 1 - 2 * level).high
      : shiftTest(values(first, SD), values(second, secondSd)).upperBound(level),
  ).sort();
  const shift = bounds[Math.ceil(POWER * repetitions) - 1] as number;
  const told = detectableIn(cells, alpha)(sample, 0);
  return { name, cells, told, simulated: Number.isFinite(shift) ? -Math.expm1(-shift) : null };
}
