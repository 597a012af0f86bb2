/** Turns effects into verdicts, with one bound on false alarms for all cells together. */
import type { Metric } from '../base/metrics.js';
import { type EffectSample, pBeyond, ratioOf, unitCount } from '../stats/effect.js';
import type { LocationInterval } from '../stats/hodges-lehmann.js';
import { holm } from '../stats/multiplicity.js';
import { detectableIn, type UnitsWanted, unitsNeeded, unitsToTell } from './attainable.js';

/** The verdict on a candidate compared with its base. */
export type Verdict = 'improvement' | 'equivalent' | 'inconclusive' | 'regression' | 'incomparable';

export interface JudgementOptions {
  /** The largest accepted probability of any false regression among the cells, and of any false improvement. */
  readonly alpha: number;
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
}

export interface Judgement {
  readonly verdict: Verdict;
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
  /** The smallest difference that matters here: the larger of the option and the noise floor. */
  readonly minEffect: number;
  /** About how many units would decide an inconclusive cell if the estimate so far is right; null if unknown. */
  readonly unitsToTell: number | null;
}

/**
 * Returns one judgement per cell. Regression: H₀ “not worse than −minEffect” is rejected; improvement likewise.
 * Equivalent: the interval of the ratio is within ±minEffect, on the log scale. Otherwise inconclusive. Incomparable
 * cells are not part of the family.
 */
export function judge(cells: readonly Judged[], options: JudgementOptions): Judgement[] {
  const effects = cells.map(({ floor }) => Math.max(options.minEffect, floor ?? 0));
  const bounds = effects.map((minEffect) => -Math.log(1 - minEffect));
  const tested = cells.map(({ sample, comparable }) => comparable && unitCount(sample) > 0);
  const family = Math.max(1, tested.filter(Boolean).length);
  const adjusted = (worse: boolean) => {
    const raw = cells.flatMap(({ sample, better }, index) => {
      if (!tested[index]) return [];
      const down = (better === 'higher') === worse;
      const bound = bounds[index] as number;
      return [pBeyond(sample, down ? -bound : bound, down ? 'less' : 'greater')];
    });
    const values = holm(raw).values();
    return tested.map((isTested) => (isTested ? (values.next().value as number) : 1));
  };
  const [pRegression, pImprovement] = [adjusted(true), adjusted(false)];
  const detectable = detectableIn(family, options.alpha);
  return cells.map(({ sample, comparable }, index) => {
    const p = { pRegression: pRegression[index] as number, pImprovement: pImprovement[index] as number };
    const ratio = ratioOf(sample, options.confidence);
    const minEffect = effects[index] as number;
    const verdict = comparable ? verdictOf(p, ratio, bounds[index] as number, options.alpha) : 'incomparable';
    const needed = unitsNeeded(sample, family, options.alpha);
    const telling =
      verdict === 'inconclusive' ? unitsToTell(sample, ratio, family, { alpha: options.alpha, minEffect }) : null;
    return {
      verdict,
      ratio,
      units: unitCount(sample),
      ...p,
      detectable: detectable(sample, minEffect),
      unitsNeeded: needed?.units ?? null,
      wantedOf: (needed ?? telling)?.of ?? null,
      minEffect,
      unitsToTell: telling?.units ?? null,
    };
  });
}

function verdictOf(
  { pRegression, pImprovement }: Pick<Judgement, 'pRegression' | 'pImprovement'>,
  ratio: LocationInterval | null,
  bound: number,
  alpha: number,
): Verdict {
  if (ratio === null) return 'inconclusive';
  if (pRegression <= alpha) return 'regression';
  if (pImprovement <= alpha) return 'improvement';
  return Math.log(ratio.low) >= -bound && Math.log(ratio.high) <= bound ? 'equivalent' : 'inconclusive';
}
