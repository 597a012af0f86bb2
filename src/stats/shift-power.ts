/** The differences that the test of two runs detects. */
import { sampleVariance } from 'simple-statistics';
import { createPrng } from '../base/prng.js';
import { normalQuantile } from './normal.js';
import { shiftTest } from './shift-test.js';

/** Two runs: their sessions, and the standard deviation between these on the log scale. */
export interface TwoRuns {
  readonly base: number;
  readonly candidate: number;
  readonly baseSd: number;
  readonly candidateSd: number;
}

/** Returns the sizes and spreads of two samples of levels. The sd is NaN for fewer than two, or infinite ones. */
export function twoRunsOf(base: readonly number[], candidate: readonly number[]): TwoRuns {
  const sd = (levels: readonly number[]) => (levels.length < 2 ? Number.NaN : Math.sqrt(sampleVariance([...levels])));
  return { base: base.length, candidate: candidate.length, baseSd: sd(base), candidateSd: sd(candidate) };
}

/** Simulated pairs of runs. The detectable shift is then right within about 3 %. */
const DRAWS = 300;
/** The most values that are compared for one shift, which takes about 0.1 s. Large runs have fewer draws. */
const COMPARED_MAX = 300_000;
const DRAWS_MIN = 60;
/** Runs of more pairs of sessions are simulated smaller: there, the shift falls with the root of the sessions. */
const PAIRS_MAX = 4000;
/** Ratios of the two sd that are simulated are these parts apart. Between them, the shift is interpolated. */
const RATIO_STEPS = 4;

const known = new Map<string, number>();

/**
 * Returns the shift on the log scale, beyond the bound of H₀, that a one-sided test of two runs at `alpha` detects with
 * this power when sessions are normal. ∞ if none can be detected.
 *
 * A shift is detected when the test's upper bound for samples without a shift is smaller than it. So the answer is a
 * quantile of that bound, which is simulated. A formula by the test's efficiency would be up to 40 % off: it holds for
 * small shifts only, and few sessions detect only large ones.
 */
export function detectableShift(runs: TwoRuns, alpha: number, power: number): number {
  // The test is the same from both sides, so the noisier run can be the first.
  const [noisy, calm, noisySd, calmSd] =
    runs.baseSd >= runs.candidateSd
      ? [runs.base, runs.candidate, runs.baseSd, runs.candidateSd]
      : [runs.candidate, runs.base, runs.candidateSd, runs.baseSd];
  if (noisySd === 0) return 0;
  const shrunk = Math.max(1, Math.sqrt((noisy * calm) / PAIRS_MAX));
  const sizes = [Math.round(noisy / shrunk), Math.round(calm / shrunk)] as const;
  const place = (RATIO_STEPS * calmSd) / noisySd;
  const at = (step: number) => (noisySd / Math.sqrt(shrunk)) * simulated(sizes, step / RATIO_STEPS, alpha, power);
  const below = Math.floor(place);
  const share = place - below;
  return share === 0 ? at(below) : (1 - share) * at(below) + share * at(below + 1);
}

/** Returns the quantile of the upper bound for samples of sd 1 and `sd`. It is computed once. */
function simulated([n1, n2]: readonly [number, number], sd: number, alpha: number, power: number): number {
  const key = `${n1}/${n2}/${sd}/${alpha}/${power}`;
  const found = known.get(key) ?? quantileOfBound(n1, n2, sd, alpha, power);
  known.set(key, found);
  return found;
}

function quantileOfBound(n1: number, n2: number, sd: number, alpha: number, power: number): number {
  const prng = createPrng(n1, n2);
  const normals = (n: number, scale: number) =>
    Array.from({ length: n }, () => scale * normalQuantile((prng.nextUint32() + 0.5) / 2 ** 32));
  const draws = Math.min(DRAWS, Math.max(DRAWS_MIN, Math.round(COMPARED_MAX / (n1 * n2))));
  const bounds = Float64Array.from({ length: draws }, () =>
    shiftTest(normals(n1, 1), normals(n2, sd)).upperBound(alpha),
  );
  return bounds.sort()[Math.ceil(power * draws) - 1] as number;
}
