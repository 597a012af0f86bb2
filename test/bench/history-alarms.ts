/**
 * How often a history shows a change where there is none, and where there is one.
 *
 *   node dist/test/bench/history-alarms.js [series] [seed]       default: 500 series of each kind, seed 1
 *
 * Series without a change are AR(1) with several kinds of noise. Series with one are independent normal values with a
 * step. `before` is E-Divisive alone, `after` leaves out what autocorrelation can explain. About ten minutes.
 */
import { fileURLToPath } from 'node:url';
import { createPrng, type Prng } from '../../src/base/prng.js';
import { autocorrelationWithin } from '../../src/stats/autocorrelation.js';
import { segmentsBetween } from '../../src/stats/change-evidence.js';
import { findChangePoints } from '../../src/stats/change-points.js';
import { normalDraw } from '../support/normal-draws.js';

/** Innovations with a variance near one. */
const NOISES: Readonly<Record<string, (prng: Prng) => number>> = {
  normal: normalDraw,
  lognormal: (prng) => (Math.exp(0.5 * normalDraw(prng)) - Math.exp(0.125)) / 0.6,
  spikes: (prng) => normalDraw(prng) * (prng.nextFloat() < 0.05 ? 4 : 0.7),
};
const LENGTHS = [12, 20, 40, 60, 100, 200];
const WARM_UP = 50;
/** So that a step of one standard deviation is 1 %. */
const LEVEL = 100;

/** A stationary AR(1) series with a standard deviation of about one, and a step in its middle. */
export function seriesOf(prng: Prng, length: number, { phi = 0, step = 0, noise = 'normal' } = {}): number[] {
  const draw = NOISES[noise] as (prng: Prng) => number;
  const scale = Math.sqrt(1 - phi ** 2);
  let value = 0;
  const values = Array.from({ length: WARM_UP + length }, () => {
    value = phi * value + scale * draw(prng);
    return LEVEL + value;
  }).slice(WARM_UP);
  return values.map((one, at) => (at < length / 2 ? one : one + step));
}

/** How many of the series show a change, by E-Divisive alone and as a history does; and their mean lag-1. */
export function changesShown(series: readonly (readonly number[])[], permutations = 199) {
  let [before, after, lag1] = [0, 0, 0];
  for (const values of series) {
    const { changes, doubtful } = findChangePoints(values, createPrng(1), { permutations, alpha: 0.01 });
    if (changes.length > 0 || doubtful !== null) before++;
    if (changes.length > 0) after++;
    lag1 += autocorrelationWithin(segmentsBetween(values, changes)) / series.length;
  }
  return { before, after, lag1 };
}

function main(count: number, seed: number): void {
  const line = (what: string, series: readonly number[][]) => {
    const { before, after, lag1 } = changesShown(series);
    const percent = (part: number) => `${((100 * part) / series.length).toFixed(1)} %`;
    console.log(`| ${what} | ${percent(before)} | ${percent(after)} | ${lag1.toFixed(2)} |`);
  };
  console.log(`| ${count} series each, seed ${seed} | before | after | mean lag-1 |\n|---|---|---|---|`);
  for (const length of LENGTHS) {
    for (const phi of [0, 0.3, 0.5, 0.7]) {
      for (const noise of phi === 0.3 ? ['normal'] : Object.keys(NOISES)) {
        const prng = createPrng(seed);
        const series = Array.from({ length: count }, () => seriesOf(prng, length, { phi, noise }));
        line(`${length} runs, φ ${phi}, ${noise}, no change`, series);
      }
    }
    for (const step of [2, 3, 4, 6]) {
      const prng = createPrng(seed);
      const series = Array.from({ length: Math.ceil(count / 4) }, () => seriesOf(prng, length, { step }));
      line(`${length} runs, independent, step of ${step} sd`, series);
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(Number(process.argv[2] ?? 500), Number(process.argv[3] ?? 1));
}
