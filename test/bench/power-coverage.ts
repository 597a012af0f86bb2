/** How often the intervals hold the truth. */
import { createPrng } from '../../src/base/prng.js';
import { type EffectSample, meanSample, ratioOf } from '../../src/stats/effect.js';
import { medianInterval } from '../../src/stats/spread.js';
import { deviation, type Noise, normals } from './power-noise.js';
import type { Count } from './power-score.js';

type RatioInterval = 'ratio, paired' | 'ratio, two runs';

export interface CoverageCase {
  readonly interval: RatioInterval | 'geometric mean, paired' | 'geometric mean, two runs' | 'median';
  /** Units, of each side. */
  readonly n: number;
  /** Of a session: the unit is the median of its rounds. */
  readonly rounds: number;
  readonly shape: Noise['shape'];
  readonly demanded: boolean;
}

export interface Coverage {
  readonly case: CoverageCase;
  readonly covered: Count;
  /** Mean width, per cent of the level; the infinite ones left out. */
  readonly meanWidth: number;
}

const CV = 0.02;
const TRUTH = 0.97;
const CONFIDENCE = 0.95;
/** The true ratios of the rows of a table, whose geometric mean is `TRUTH`. */
const ROWS = [0.9, 1.08, 1, 0.94, 0.94].map((ratio, _, all) => TRUTH * (ratio / Math.exp(meanLog(all))));
/** The sd of what all rows of a session share, on each side. */
const LUCK_SD = 0.02;

/** Demanded of the ratio; the median's orders are few when n is small, and it only promises *at least* 95 %. */
export function coverageCases(): CoverageCase[] {
  const ratio = (interval: CoverageCase['interval'], n: number, rounds: number, shape: Noise['shape'] = 'plain') => ({
    interval,
    n,
    rounds,
    shape,
    // Values that are tied make it conservative, as R's is.
    demanded: shape !== 'ties',
  });
  const sizes = [6, 8, 12, 18, 30, 54];
  return [
    ...sizes.flatMap((n) => [ratio('ratio, paired', n, 3), ratio('ratio, two runs', n, 3)]),
    ...(['ratio, paired', 'ratio, two runs'] as const).flatMap((interval) =>
      (['spikes', 'bimodal', 'ties'] as const).flatMap((shape) => [1, 3].map((r) => ratio(interval, 18, r, shape))),
    ),
    ...sizes.map((n) => ({ interval: 'median', n, rounds: 1, shape: 'plain', demanded: false }) as const),
    // At the end, so that the cases above keep their seeds.
    ...(['geometric mean, paired', 'geometric mean, two runs'] as const).flatMap((interval) =>
      [6, 9, 18, 40].map((n) => ({ interval, n, rounds: 3, shape: 'plain', demanded: true }) as const),
    ),
  ];
}

/** Draws `repetitions` samples and counts the intervals that hold the truth. */
export function coverageOf(coverageCase: CoverageCase, repetitions: number, ...seed: readonly number[]): Coverage {
  const { interval, n, rounds, shape } = coverageCase;
  const prng = createPrng(...seed);
  const normal = normals(prng);
  const trial = () => ticked(deviation({ cv: CV, shape }, prng, normal), shape);
  const units = (value: () => number) =>
    Array.from({ length: n }, () => middleOf(Array.from({ length: rounds }, value)));
  const draw = (): { low: number; high: number; truth: number } => {
    if (interval === 'median') {
      const found = medianInterval(
        units(trial).sort((a, b) => a - b),
        CONFIDENCE,
      );
      return { low: Math.exp(found.low), high: Math.exp(found.high), truth: 1 };
    }
    const sample = interval.startsWith('ratio')
      ? ratioSample(interval as RatioInterval, n * rounds, units, trial)
      : tableSample(interval === 'geometric mean, paired' ? 'paired' : 'unpaired', coverageCase, trial, normal);
    const found = ratioOf(sample, CONFIDENCE);
    if (found === null) throw new Error('a sample without units has no ratio');
    return { low: found.low, high: found.high, truth: TRUTH };
  };
  let [hits, finite, widths] = [0, 0, 0];
  for (let i = 0; i < repetitions; i++) {
    const { low, high, truth } = draw();
    // A bound that is the truth but for rounding holds it.
    if (low <= truth * (1 + 1e-12) && truth * (1 - 1e-12) <= high) hits++;
    if (!Number.isFinite(high)) continue;
    finite++;
    widths += high - low;
  }
  return { case: coverageCase, covered: { hits, of: repetitions }, meanWidth: (100 * widths) / finite };
}

function ratioSample(
  interval: RatioInterval,
  pairs: number,
  units: (value: () => number) => number[],
  trial: () => number,
): EffectSample {
  const shift = Math.log(TRUTH);
  return interval === 'ratio, paired'
    ? { design: 'paired', differences: units(() => shift + trial() - trial()), pairs }
    : { design: 'unpaired', base: units(trial), candidate: units(() => shift + trial()), pairs };
}

/** The sample of the geometric mean over `ROWS`. */
function tableSample(
  design: EffectSample['design'],
  { n, rounds }: CoverageCase,
  trial: () => number,
  normal: () => number,
): EffectSample {
  const lucks = () => Array.from({ length: n }, () => LUCK_SD * normal());
  const [baseLuck, candidateLuck] = [lucks(), lucks()];
  const observed = (luck: readonly number[], ratio: number) =>
    luck.flatMap((shared, session) =>
      Array.from({ length: rounds }, (_, round) => ({ session, round, value: ratio * Math.exp(shared + trial()) })),
    );
  const rows = ROWS.map((ratio) => ({ base: observed(baseLuck, 1), candidate: observed(candidateLuck, ratio) }));
  return meanSample(rows, design);
}

function meanLog(ratios: readonly number[]): number {
  return ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length;
}

/** Ties on the log scale, so that the truth of the median is still 0 and a shift stays a shift. */
function ticked(log: number, shape: Noise['shape']): number {
  return shape === 'ties' ? Math.round(log / CV) * CV : log;
}

function middleOf(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)) / 2;
}
