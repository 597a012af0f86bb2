/** Turns effects into verdicts, with one bound on false alarms for all cells together. */
import type { Metric } from '../base/metrics.js';
import { type EffectSample, pBeyond, ratioOf, unitCount } from '../stats/effect.js';
import type { LocationInterval } from '../stats/hodges-lehmann.js';
import { holm } from '../stats/multiplicity.js';
import { detectableIn, type UnitsWanted, unitsNeeded, unitsToTell } from './attainable.js';
import { type Doubt, doubtOf, type Evidence } from './doubt.js';

/** The verdict on a candidate compared with its base. */
export type Verdict = 'improvement' | 'equivalent' | 'inconclusive' | 'regression' | 'incomparable';

export interface JudgementOptions {
  /**
   * The largest accepted probability of any false alarm among the cells: of a false regression or improvement, or, if
   * `directions` is `regressions`, of a false regression alone.
   */
  readonly alpha: number;
  /** `both` by default. With `regressions`, alpha also bounds false improvements, but separately. */
  readonly directions?: 'both' | 'regressions';
  /** The smallest relative difference that matters, in (0, 1): 0.01. */
  readonly minEffect: number;
  /** Confidence of the interval that reports show and that decides equivalence. */
  readonly confidence: number;
}

export interface Judged {
  readonly sample: EffectSample;
  readonly better: Metric['better'];
  readonly comparable: boolean;
  /** The noise floor, as a relative difference; null if it is unknown. */
  readonly floor?: number | null;
  /** What the trials show beyond the sample. Default: nothing. */
  readonly evidence?: Evidence;
}

export interface Judgement {
  readonly verdict: Verdict;
  /** Why the verdict is `inconclusive` although a test or the interval would decide; else null. */
  readonly doubt: Doubt | null;
  /** candidate / base with its interval; null without units. */
  readonly ratio: LocationInterval | null;
  /** The number of sessions (or rounds) behind the judgement. */
  readonly units: number;
  /** One-sided, adjusted for the family (Holm). 1 if nothing could be tested. */
  readonly pRegression: number;
  readonly pImprovement: number;
  /** The relative difference that these units detect with probability `POWER`; null if they can detect none. */
  readonly detectable: number | null;
  /** The units needed for the smallest reachable p to be within the bound; null if there are enough, or none at all. */
  readonly unitsNeeded: number | null;
  /** Who needs `unitsNeeded`, or else `unitsToTell`. For two runs it is the candidate alone where that is enough. */
  readonly wantedOf: UnitsWanted['of'] | null;
  /**
   * The difference that a regression or improvement must exceed: the larger of the option and the noise floor. A cell is
   * equivalent at the option alone.
   */
  readonly minEffect: number;
  /** About how many units would decide an inconclusive cell if the estimate so far is right; null if unknown. */
  readonly unitsToTell: number | null;
}

/** The number of hypotheses that share alpha: one per tested cell, or two in both directions. */
interface Family {
  readonly tested: readonly boolean[];
  readonly hypotheses: number;
}

/**
 * Returns one judgement per cell. Regression: H₀ “not worse than the smallest difference” is rejected; improvement
 * likewise. That difference is `minEffect`, or the noise floor if it is larger. Equivalent: the interval of the ratio is
 * within ±`minEffect`, on the log scale. The noise floor is an uncertainty and not a tolerance, so it never makes cells
 * equivalent. Otherwise, and where there is a doubt, inconclusive. Incomparable cells are not part of the family.
 */
export function judge(cells: readonly Judged[], options: JudgementOptions): Judgement[] {
  const { alpha, minEffect } = options;
  const effects = cells.map(({ floor }) => Math.max(minEffect, floor ?? 0));
  const family = familyOf(cells, options);
  const tests = adjustedP(cells, effects, family, options);
  // What would be significant if there were no noise floor.
  const isRaised = effects.some((effect) => effect > minEffect);
  const unblocked = isRaised
    ? adjustedP(
        cells,
        cells.map(() => minEffect),
        family,
        options,
      )
    : tests;
  const detectable = detectableIn(family.hypotheses, alpha);
  return cells.map((cell, index) => {
    const { sample, comparable } = cell;
    const p = tests[index] as OneSided;
    const effect = effects[index] as number;
    const ratio = ratioOf(sample, options.confidence);
    const found = verdictOf(p, ratio, options);
    const isBlocked = found === 'inconclusive' && ratio !== null && leastOf(unblocked[index] as OneSided) <= alpha;
    const doubt = comparable && ratio !== null ? doubtAbout(cell, found, isBlocked ? effect : null, minEffect) : null;
    const verdict = !comparable ? 'incomparable' : doubt === null ? found : 'inconclusive';
    const needed = unitsNeeded(sample, family.hypotheses, alpha);
    const telling =
      verdict === 'inconclusive' && doubt === null
        ? unitsToTell(sample, ratio, family.hypotheses, { alpha, minEffect, beyond: effect })
        : null;
    return {
      verdict,
      doubt,
      ratio,
      units: unitCount(sample),
      ...p,
      detectable: detectable(sample, effect),
      unitsNeeded: needed?.units ?? null,
      wantedOf: (needed ?? telling)?.of ?? null,
      minEffect: effect,
      unitsToTell: telling?.units ?? null,
    };
  });
}

function familyOf(cells: readonly Judged[], { directions = 'both' }: JudgementOptions): Family {
  const tested = cells.map(({ sample, comparable }) => comparable && unitCount(sample) > 0);
  const count = Math.max(1, tested.filter(Boolean).length);
  return { tested, hypotheses: directions === 'both' ? 2 * count : count };
}

type OneSided = Pick<Judgement, 'pRegression' | 'pImprovement'>;

function leastOf({ pRegression, pImprovement }: OneSided): number {
  return Math.min(pRegression, pImprovement);
}

/** Returns the p of each cell in both directions: adjusted together, or each direction for itself. */
function adjustedP(
  cells: readonly Judged[],
  effects: readonly number[],
  { tested }: Family,
  { directions = 'both' }: JudgementOptions,
): OneSided[] {
  const raw = (worse: boolean) =>
    cells.flatMap(({ sample, better }, index) => {
      if (!tested[index]) return [];
      const down = (better === 'higher') === worse;
      const bound = -Math.log(1 - (effects[index] as number));
      return [pBeyond(sample, down ? -bound : bound, down ? 'less' : 'greater')];
    });
  const [worse, better] = [raw(true), raw(false)];
  const adjusted = directions === 'both' ? holm([...worse, ...better]) : [...holm(worse), ...holm(better)];
  let place = 0;
  return tested.map((isTested) => {
    if (!isTested) return { pRegression: 1, pImprovement: 1 };
    const pair = { pRegression: adjusted[place], pImprovement: adjusted[worse.length + place] } as OneSided;
    place++;
    return pair;
  });
}

function verdictOf(
  { pRegression, pImprovement }: OneSided,
  ratio: LocationInterval | null,
  { alpha, minEffect }: JudgementOptions,
): Exclude<Verdict, 'incomparable'> {
  if (ratio === null) return 'inconclusive';
  if (pRegression <= alpha) return 'regression';
  if (pImprovement <= alpha) return 'improvement';
  const bound = -Math.log(1 - minEffect);
  return Math.log(ratio.low) >= -bound && Math.log(ratio.high) <= bound ? 'equivalent' : 'inconclusive';
}

function doubtAbout(
  { evidence, better }: Judged,
  found: Exclude<Verdict, 'incomparable'>,
  floor: number | null,
  minEffect: number,
): Doubt | null {
  const doubt = evidence === undefined ? null : doubtOf(evidence, found, better, -Math.log(1 - minEffect));
  return doubt ?? (floor === null ? null : { kind: 'noise-floor', floor });
}
