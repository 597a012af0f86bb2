/**
 * The hierarchy of a comparison: operations make a trial's number, trials of the same round make a pair, the pairs of
 * a session its median, and inference is on sessions alone. Operations and rounds of one session share what the session
 * drew (placement, caches, connections): tests on them raise false alarms (Kalibera and Jones 2013).
 */
import { medianSorted } from 'simple-statistics';
import { type LocationInterval, pairedLocation, shiftBetween } from './hodges-lehmann.js';
import { mannWhitney } from './mann-whitney.js';
import { signFlip, smallestSignFlipP } from './sign-flip.js';

/** A trial's number, and where in the plan it stands. */
export interface Observation {
  readonly session: number;
  readonly round: number;
  /** In the measure's base unit; not positive or NaN = not measured. */
  readonly value: number;
}

/** More rounds than a session has: session and round are one number below it. */
const ROUNDS_MAX = 2 ** 26;

/** What inference takes as one independent repetition. */
export type InferenceUnit = 'session' | 'round';

/**
 * Logarithms, one for each unit. `paired`: ln(candidate / base), both of the same run; `unpaired`: ln of the levels of
 * two runs that have nothing but the plan in common.
 */
export type EffectSample =
  | { readonly design: 'paired'; readonly differences: readonly number[]; readonly pairs: number }
  | {
      readonly design: 'unpaired';
      readonly base: readonly number[];
      readonly candidate: readonly number[];
      readonly pairs: number;
    };

/** The sample of two arms of one run: each round gives ln(candidate / base), each session the median of its rounds. */
export function pairedSample(
  base: readonly Observation[],
  candidate: readonly Observation[],
  unit: InferenceUnit = 'session',
): EffectSample {
  const place = ({ session, round }: Observation) => session * ROUNDS_MAX + round;
  const baseAt = new Map(base.filter(isMeasured).map((observed) => [place(observed), observed.value]));
  const differences = candidate.filter(isMeasured).flatMap((observed) => {
    const value = baseAt.get(place(observed));
    return value === undefined ? [] : [{ session: observed.session, value: Math.log(observed.value / value) }];
  });
  return { design: 'paired', differences: unitsOf(differences, unit), pairs: differences.length };
}

/** The sample of two arms of different runs: each session gives the median of the logarithms of its rounds. */
export function unpairedSample(
  base: readonly Observation[],
  candidate: readonly Observation[],
  unit: InferenceUnit = 'session',
): EffectSample {
  const levels = (observed: readonly Observation[]) =>
    observed.filter(isMeasured).map(({ session, value }) => ({ session, value: Math.log(value) }));
  const [first, second] = [levels(base), levels(candidate)];
  return {
    design: 'unpaired',
    base: unitsOf(first, unit),
    candidate: unitsOf(second, unit),
    pairs: Math.min(first.length, second.length),
  };
}

function isMeasured({ value }: Observation): boolean {
  return value > 0 && Number.isFinite(value);
}

/** The levels of one arm, a number for each unit: the median of a session's rounds, or each round. In the measure's base unit. */
export function unitLevels(observed: readonly Observation[], unit: InferenceUnit): number[] {
  return unitsOf(observed.filter(isMeasured), unit);
}

function unitsOf(
  observed: readonly { readonly session: number; readonly value: number }[],
  unit: InferenceUnit,
): number[] {
  if (unit === 'round') return observed.map(({ value }) => value);
  const bySession = new Map<number, number[]>();
  for (const { session, value } of observed) {
    const known = bySession.get(session);
    if (known === undefined) bySession.set(session, [value]);
    else known.push(value);
  }
  return [...bySession.values()].map((values) => medianSorted(values.sort((a, b) => a - b)));
}

/** Units that the sample rests on: of two runs, those of the smaller one. */
export function unitCount(sample: EffectSample): number {
  return sample.design === 'paired' ? sample.differences.length : Math.min(sample.base.length, sample.candidate.length);
}

/** The smallest one-sided p that a test of this sample can give: 2⁻ⁿ, or 1 / C(n₁+n₂, n₁). */
export function smallestP(sample: EffectSample): number {
  if (sample.design === 'paired') return smallestSignFlipP(sample.differences.length);
  return smallestPBetween(sample.base.length, sample.candidate.length);
}

/** 1 / C(first + second, first): all of one sample above all of the other. */
export function smallestPBetween(first: number, second: number): number {
  let combinations = 1;
  for (let i = 1; i <= second; i++) combinations *= (first + i) / i;
  return 1 / combinations;
}

/**
 * The ratio candidate / base: Hodges–Lehmann on the logarithms, with the interval that the signed-rank or the
 * Mann–Whitney distribution gives at this confidence; its ends are 0 and ∞ when there are too few units. Null without units.
 */
export function ratioOf(sample: EffectSample, confidence: number): LocationInterval | null {
  if (unitCount(sample) === 0) return null;
  const logs =
    sample.design === 'paired'
      ? pairedLocation(sample.differences, confidence)
      : shiftBetween(sample.base, sample.candidate, confidence);
  return { ...logs, estimate: Math.exp(logs.estimate), low: Math.exp(logs.low), high: Math.exp(logs.high) };
}

/**
 * One-sided p of H₀ “the logarithm of the ratio is at least (`less`) or at most (`greater`) `bound`”: exact sign-flip test
 * on paired units, Mann–Whitney test on unpaired ones, both shifted by the bound. 1 without units.
 */
export function pBeyond(sample: EffectSample, bound: number, side: 'less' | 'greater'): number {
  if (unitCount(sample) === 0) return 1;
  const test =
    sample.design === 'paired'
      ? signFlip(sample.differences.map((difference) => difference - bound))
      : mannWhitney(
          sample.candidate.map((level) => level - bound),
          sample.base,
        );
  return side === 'less' ? test.pLess : test.pGreater;
}

/** Standard deviation of the units' effect on the log scale; NaN below two units. */
export function unitSd(sample: EffectSample): number {
  if (sample.design === 'paired') return Math.sqrt(variance(sample.differences));
  // Of the difference of two independent levels, as a pair's would be.
  return Math.sqrt(variance(sample.base) + variance(sample.candidate));
}

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
