/** The rules that `bench:power` scores: what ours takes, and those of other tools on the same recordings. */
import { mean, medianSorted, sampleVariance } from 'simple-statistics';
import { createPrng, type Prng } from '../../src/base/prng.js';
import type { Judged } from '../../src/gate/verdict.js';
import { type Observation, pairedSample, unpairedSample } from '../../src/stats/effect.js';
import { studentUpperQuantile } from '../../src/stats/student.js';
import { mannWhitney } from './mann-whitney.js';
import type { CellRecording, Plan } from './power-noise.js';

/** What `compare` and `gate` hand to `judge` for a family. */
export function judgedOf(family: readonly CellRecording[], plan: Plan): Judged[] {
  const sampleOf = plan.order === 'runs' ? unpairedSample : pairedSample;
  const observe = (values: Float64Array): Observation[] =>
    Array.from(values, (value, index) => ({ session: Math.floor(index / plan.rounds), round: index, value }));
  return family.map(({ base, candidate }) => ({
    sample: sampleOf(observe(base), observe(candidate)),
    better: 'higher',
    comparable: true,
  }));
}

/** Another tool's rule: does it call the candidate worse? It looks at one cell at a time, and at trials. */
export interface Rival {
  readonly name: string;
  /** One line for the reader. */
  readonly is: string;
  /** How many cells of a scenario it is scored on: enough to tell its rate, and what time allows. */
  readonly cellsMax: number;
  isWorse(cell: CellRecording): boolean;
}

const ALPHA = 0.05;
const NOISE_THRESHOLD = 0.01;
const RATIO_THRESHOLD = 0.1;
const RESAMPLES = 1000;

export const RIVALS: readonly Rival[] = [
  {
    name: 'benchstat',
    is: 'benchstat’s rule: two-sided Mann–Whitney on trials, α 5 % a cell',
    cellsMax: 1500,
    isWorse: ({ base, candidate }) => {
      if (median(candidate) >= median(base)) return false;
      return mannWhitney([...candidate], [...base]).pTwoSided < ALPHA;
    },
  },
  {
    name: 'criterion',
    is: `like criterion.rs: bootstrap of Welch’s t from the pooled trials, α 5 %, and the bootstrap interval of the ratio of means clears 1 % (${RESAMPLES} resamples where criterion draws 100,000)`,
    cellsMax: 150,
    isWorse: isWorseToCriterion,
  },
  {
    name: 'Welch',
    is: 'hyperfine’s script: Welch’s t test on trials, two-sided, α 5 % a cell',
    cellsMax: 1500,
    isWorse: ({ base, candidate }) => {
      const t = welchOf(base, candidate);
      return t.value < 0 && -t.value > studentUpperQuantile(ALPHA / 2, t.freedom);
    },
  },
  {
    name: '10 %',
    is: 'a plain threshold: the median is more than 10 % lower',
    cellsMax: Number.POSITIVE_INFINITY,
    isWorse: ({ base, candidate }) => median(candidate) < (1 - RATIO_THRESHOLD) * median(base),
  },
];

function median(values: Float64Array): number {
  return medianSorted([...values].sort((a, b) => a - b));
}

/** Welch’s t, candidate − base, and its degrees of freedom. */
export function welchOf(base: ArrayLike<number>, candidate: ArrayLike<number>): { value: number; freedom: number } {
  const [first, second] = [Array.from(base), Array.from(candidate)];
  const [a, b] = [sampleVariance(first) / first.length, sampleVariance(second) / second.length];
  const freedom = (a + b) ** 2 / (a ** 2 / (first.length - 1) + b ** 2 / (second.length - 1));
  return { value: (mean(second) - mean(first)) / Math.sqrt(a + b), freedom };
}

/** criterion.rs `analysis/compare.rs`: `t_test` on mixed resamples, `estimates` of the relative mean, `compare_to_threshold`. */
function isWorseToCriterion({ base, candidate }: CellRecording): boolean {
  // Of the recording itself, so that it does not matter which cells were scored before.
  const prng = createPrng(base[0] as number, candidate[0] as number);
  const observed = welchOf(base, candidate).value;
  const pooled = Float64Array.from([...base, ...candidate]);
  const [first, second] = [new Float64Array(base.length), new Float64Array(candidate.length)];
  let below = 0;
  const ratios = new Float64Array(RESAMPLES);
  for (let i = 0; i < RESAMPLES; i++) {
    draw(pooled, first, prng);
    draw(pooled, second, prng);
    if (tOf(first, second) < observed) below++;
    draw(base, first, prng);
    draw(candidate, second, prng);
    ratios[i] = sumOf(second) / second.length / (sumOf(first) / first.length) - 1;
  }
  const p = (2 * Math.min(below, RESAMPLES - below)) / RESAMPLES;
  ratios.sort();
  // Both ends of the interval of the relative change must be beyond the noise threshold: the upper one decides a loss.
  return p < ALPHA && (ratios[Math.ceil(0.975 * RESAMPLES) - 1] as number) < -NOISE_THRESHOLD;
}

function draw(from: Float64Array, into: Float64Array, prng: Prng): void {
  for (let i = 0; i < into.length; i++) into[i] = from[prng.nextBelow(from.length)] as number;
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function tOf(first: Float64Array, second: Float64Array): number {
  const [a, b] = [sumOf(first) / first.length, sumOf(second) / second.length];
  return (b - a) / Math.sqrt(squaresOf(first, a) + squaresOf(second, b));
}

/** The squared standard error of the mean. */
function squaresOf(values: Float64Array, center: number): number {
  let sum = 0;
  for (const value of values) sum += (value - center) ** 2;
  return sum / (values.length - 1) / values.length;
}
