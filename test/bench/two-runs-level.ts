/** How often the test of two runs is wrong when their sessions differ in spread alone. */
import { createPrng, type Prng } from '../../src/base/prng.js';
import { shiftTest } from '../../src/stats/shift-test.js';
import { type Normal, normals } from './power-noise.js';

export const SHAPES = ['normal', 'heavy tails', 'skewed up', 'skewed down', 'spikes'] as const;

export interface LevelCase {
  readonly n1: number;
  readonly n2: number;
  /** Of the second sample's sd to the first one's. */
  readonly ratio: number;
  readonly shape: (typeof SHAPES)[number];
}

export interface Levels {
  readonly name: string;
  readonly of: number;
  readonly covered: number;
  readonly alarms: readonly { readonly alpha: number; readonly less: number; readonly greater: number }[];
}

const ALPHAS = [0.05, 0.01];

/** `heavy tails`: Student's t with 3 degrees of freedom; `skewed`: lognormal, σ 1; `spikes`: 5 % are slow by 4 sd in the mean. */
function noiseOf(shape: LevelCase['shape'], prng: Prng, normal: Normal): number {
  if (shape === 'skewed up') return Math.exp(normal());
  if (shape === 'skewed down') return -Math.exp(normal());
  if (shape === 'heavy tails') return normal() / Math.sqrt((normal() ** 2 + normal() ** 2 + normal() ** 2) / 3);
  const plain = normal();
  return shape === 'spikes' && prng.nextFloat() < 0.05 ? plain + 4 * Math.log(1 - prng.nextFloat()) : plain;
}

/** Returns a source of pairs of samples between which there is no shift: the median of all differences is 0. */
export function samplesOf({ n1, n2, ratio, shape }: LevelCase): () => [number[], number[]] {
  const prng = createPrng(n1, n2, Math.round(100 * ratio), SHAPES.indexOf(shape));
  const normal = normals(prng);
  const value = () => noiseOf(shape, prng, normal);
  const isSymmetric = shape === 'normal' || shape === 'heavy tails' || ratio === 1;
  const differences = Float64Array.from({ length: isSymmetric ? 1 : 400_001 }, () => ratio * value() - value()).sort();
  const shift = isSymmetric ? 0 : (differences[200_000] as number);
  return () => [Array.from({ length: n1 }, value), Array.from({ length: n2 }, () => ratio * value() - shift)];
}

export function levelsOf(levelCase: LevelCase, repetitions: number): Levels {
  const draw = samplesOf(levelCase);
  const alarms = ALPHAS.map((alpha) => ({ alpha, less: 0, greater: 0 }));
  let covered = 0;
  for (let i = 0; i < repetitions; i++) {
    const shift = shiftTest(...draw());
    const [less, greater] = [shift.pLess(0), shift.pGreater(0)];
    for (const counts of alarms) {
      if (less <= counts.alpha) counts.less++;
      if (greater <= counts.alpha) counts.greater++;
    }
    if (less > 0.025 && greater > 0.025) covered++;
  }
  const { n1, n2, ratio, shape } = levelCase;
  return { name: `${n1} v ${n2}, ${shape}, sd ratio ${ratio.toFixed(2)}`, of: repetitions, covered, alarms };
}
