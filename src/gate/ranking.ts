/** Ranks configurations: the best, by how much, and those without a clear difference from it. */
import { type EffectSample, pBeyond, ratioOf } from '../stats/effect.js';
import type { LocationInterval } from '../stats/hodges-lehmann.js';
import type { Measure } from '../stats/measure.js';
import { holm } from '../stats/multiplicity.js';
import { unitsNeeded } from './attainable.js';

export interface Ranked {
  readonly column: string;
  /** The median of the session medians, in the metric's base unit. */
  readonly median: number;
  /** The ratio of its value to the best one's; null for the best itself, and if nothing was measured. */
  readonly toBest: LocationInterval | null;
  /** One-sided p of “not worse than the best”, adjusted for all pairs of the row; 1 for the best. */
  readonly p: number;
  readonly tied: boolean;
}

export interface Ranking {
  readonly row: ReadonlyMap<string, string>;
  readonly measure: Measure;
  /** Best first. */
  readonly entries: readonly Ranked[];
  /** Sessions needed before anything can be shown to be worse; null if there are enough. */
  readonly unitsNeeded: number | null;
}

/**
 * Ranks by the median. An entry is tied with the best unless a test shows that it is worse. Because the best is chosen
 * after the measurement, Holm's adjustment covers all k(k−1)/2 pairs of the row.
 */
export function rankingOf<T extends { readonly column: string; readonly median: number }>(
  row: ReadonlyMap<string, string>,
  measure: Measure,
  entries: readonly T[],
  alpha: number,
  sampleOf: (first: T, second: T) => EffectSample,
): Ranking {
  const sign = measure.metric.better === 'higher' ? 1 : -1;
  const sorted = [...entries].sort((a, b) => sign * (b.median - a.median));
  const pairs = sorted.flatMap((first, i) =>
    sorted.slice(i + 1).map((second) => ({ i, sample: sampleOf(first, second) })),
  );
  const adjusted = holm(pairs.map(({ sample }) => pBeyond(sample, 0, sign > 0 ? 'less' : 'greater')));
  const needed = pairs.map(({ sample }) => unitsNeeded(sample, pairs.length, alpha)?.units ?? null);
  const toBest = pairs.flatMap(({ i, sample }, index) => (i === 0 ? [{ sample, p: adjusted[index] as number }] : []));
  return {
    row,
    measure,
    unitsNeeded: needed.includes(null) ? null : (needed[0] ?? null),
    entries: sorted.map(({ column, median }, place) => {
      const pair = place === 0 ? undefined : toBest[place - 1];
      const p = pair?.p ?? 1;
      return { column, median, toBest: pair === undefined ? null : ratioOf(pair.sample, 0.95), p, tied: p > alpha };
    }),
  };
}
