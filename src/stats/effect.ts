/**
 * The hierarchy of a comparison: operations give a trial's value, trials of the same round form a pair, and the pairs
 * of a session give its median. Inference uses sessions only. Operations and rounds of one session share its
 * placement, caches and connections, so tests on them raise false alarms (Kalibera and Jones 2013).
 */
import { sampleVariance } from 'simple-statistics';
import { logRatio, medianOf } from './extended.js';
import { type LocationInterval, pairedLocation } from './hodges-lehmann.js';
import { shiftTest, smallestShiftP } from './shift-test.js';
import { signedRankP } from './signed-rank.js';

/** A trial's value and its place in the plan. */
export interface Observation {
  readonly session: number;
  readonly round: number;
  /**
   * In the measure's base unit. The worst value there is (0 for a rate, ∞ for a latency) if the trial ran and measured
   * nothing. NaN if it has no such value: too few operations for a quantile, or a metric that it does not record.
   */
  readonly value: number;
}

/** More rounds than any session has, so that session and round fit into one number. */
const ROUNDS_MAX = 2 ** 26;

/** The independent repetition that inference uses. */
export type InferenceUnit = 'session' | 'round';

/**
 * Logarithms, one for each unit. `paired`: ln(candidate / base) within one run. `unpaired`: ln of the levels of two
 * runs that share only the plan. A unit that measured nothing is −∞ or +∞. Two that both did differ by 0.
 */
export type EffectSample =
  | { readonly design: 'paired'; readonly differences: readonly number[]; readonly pairs: number }
  | {
      readonly design: 'unpaired';
      readonly base: readonly number[];
      readonly candidate: readonly number[];
      readonly pairs: number;
    };

/**
 * Returns the sample of two arms of one run. A round gives ln(candidate / base), a session the median of its rounds.
 */
export function pairedSample(
  base: readonly Observation[],
  candidate: readonly Observation[],
  unit: InferenceUnit = 'session',
): EffectSample {
  const differences = logRatios(base, candidate);
  return { design: 'paired', differences: [...unitsOf(differences, unit).values()], pairs: differences.length };
}

/** Returns ln(candidate / base) of every round that has both. */
function logRatios(base: readonly Observation[], candidate: readonly Observation[]): Observation[] {
  const baseAt = new Map(base.filter(hasValue).map((observed) => [placeOf(observed), observed.value]));
  return candidate.filter(hasValue).flatMap(({ session, round, value }) => {
    const other = baseAt.get(placeOf({ session, round }));
    return other === undefined ? [] : [{ session, round, value: logRatio(value, other) }];
  });
}

function placeOf({ session, round }: Pick<Observation, 'session' | 'round'>): number {
  return session * ROUNDS_MAX + round;
}

/** Returns the sample of two arms of different runs. A session gives the median of the logarithms of its rounds. */
export function unpairedSample(
  base: readonly Observation[],
  candidate: readonly Observation[],
  unit: InferenceUnit = 'session',
): EffectSample {
  const [first, second] = [logLevels(base), logLevels(candidate)];
  return {
    design: 'unpaired',
    base: [...unitsOf(first, unit).values()],
    candidate: [...unitsOf(second, unit).values()],
    pairs: Math.min(first.length, second.length),
  };
}

function logLevels(observed: readonly Observation[]): Observation[] {
  return observed.filter(hasValue).map((one) => ({ ...one, value: Math.log(one.value) }));
}

/** The two sides of one row of a table. */
export interface RowSides {
  readonly base: readonly Observation[];
  readonly candidate: readonly Observation[];
}

/**
 * Returns the sample of the geometric mean over rows: a unit is the mean of the logarithms of all rows in that session.
 * Rows of one session are correlated, so they are not counted as repetitions. A unit that lacks a row is left out.
 */
export function meanSample(
  rows: readonly RowSides[],
  design: EffectSample['design'],
  unit: InferenceUnit = 'session',
): EffectSample {
  const meanOf = (observe: (row: RowSides) => readonly Observation[]) =>
    meansOfShared(rows.map((row) => unitsOf(observe(row), unit)));
  if (design === 'paired') {
    const differences = meanOf(({ base, candidate }) => logRatios(base, candidate));
    return { design, differences, pairs: differences.length };
  }
  const [base, candidate] = [meanOf((row) => logLevels(row.base)), meanOf((row) => logLevels(row.candidate))];
  return { design, base, candidate, pairs: Math.min(base.length, candidate.length) };
}

/** Returns the mean of each unit that all rows have. */
function meansOfShared(rows: readonly ReadonlyMap<number, number>[]): number[] {
  const [first, ...others] = rows;
  return [...(first?.keys() ?? [])]
    .filter((key) => others.every((row) => row.has(key)))
    .map((key) => rows.reduce((sum, row) => sum + (row.get(key) as number), 0) / rows.length)
    .map((mean) => (Number.isNaN(mean) ? 0 : mean));
}

/** Returns whether an observation has a value. The worst value is one. */
export function hasValue({ value }: Pick<Observation, 'value'>): boolean {
  return value >= 0;
}

/**
 * Returns one value per unit of an arm, in the measure's base unit: the median of a session's rounds, or each round.
 */
export function unitLevels(observed: readonly Observation[], unit: InferenceUnit): number[] {
  return [...unitsOf(observed.filter(hasValue), unit).values()];
}

/** Returns the value of each unit by session, or by session and round. */
function unitsOf(observed: readonly Observation[], unit: InferenceUnit): Map<number, number> {
  if (unit === 'round') return new Map(observed.map((one) => [placeOf(one), one.value]));
  const bySession = new Map<number, number[]>();
  for (const { session, value } of observed) {
    const known = bySession.get(session);
    if (known === undefined) bySession.set(session, [value]);
    else known.push(value);
  }
  return new Map([...bySession].map(([session, values]) => [session, medianOf(values)]));
}

/** Returns the number of units in the sample. For two runs it is that of the smaller run. */
export function unitCount(sample: EffectSample): number {
  return sample.design === 'paired' ? sample.differences.length : Math.min(sample.base.length, sample.candidate.length);
}

/** Returns the smallest one-sided p that a test of this sample can give. 1 without units. */
export function smallestP(sample: EffectSample): number {
  if (sample.design === 'paired') return 2 ** -sample.differences.length;
  return smallestShiftP(sample.base.length, sample.candidate.length);
}

/**
 * Returns the ratio candidate / base: the Hodges–Lehmann estimate on the logarithms, with the interval of the
 * signed-rank test, or of the test of two runs, at this confidence. The ends are 0 and ∞ when there are too few units.
 * Null without units.
 */
export function ratioOf(sample: EffectSample, confidence: number): LocationInterval | null {
  if (unitCount(sample) === 0) return null;
  const logs =
    sample.design === 'paired'
      ? pairedLocation(sample.differences, confidence)
      : shiftTest(sample.base, sample.candidate).interval(confidence);
  return { ...logs, estimate: Math.exp(logs.estimate), low: Math.exp(logs.low), high: Math.exp(logs.high) };
}

/**
 * Returns the one-sided p of H₀ “the logarithm of the ratio is at least (`less`) or at most (`greater`) `bound`”. It
 * uses the exact signed-rank test for paired units and the studentised rank test for unpaired ones. Their intervals are
 * those of `ratioOf`, so a verdict and its interval cannot contradict each other. 1 without units.
 */
export function pBeyond(sample: EffectSample, bound: number, side: 'less' | 'greater'): number {
  if (unitCount(sample) === 0) return 1;
  if (sample.design === 'paired') return signedRankP(sample.differences, bound, side);
  const shift = shiftTest(sample.base, sample.candidate);
  return side === 'less' ? shift.pLess(bound) : shift.pGreater(bound);
}

/** Returns the standard deviation of the units' effect on the log scale. NaN for fewer than two units, or infinite ones. */
export function unitSd(sample: EffectSample): number {
  if (sample.design === 'paired') return Math.sqrt(variance(sample.differences));
  // The standard deviation of the difference of two independent levels, to match that of a pair.
  return Math.sqrt(variance(sample.base) + variance(sample.candidate));
}

function variance(values: readonly number[]): number {
  return values.length < 2 || !values.every(Number.isFinite) ? Number.NaN : sampleVariance([...values]);
}
