/** Which configuration is best, by how much, and which cannot be told from it. */
import { type EffectSample, pBeyond, ratioOf } from '../stats/effect.js';
import type { LocationInterval } from '../stats/hodges-lehmann.js';
import type { Measure } from '../stats/measure.js';
import { holm } from '../stats/multiplicity.js';
import { unitsNeeded } from './verdict.js';

export interface Ranked {
  readonly column: string;
  /** Of the medians of the sessions, in the metric's base unit. */
  readonly median: number;
  /** Its value / the best one's; null for the best, and without units. */
  readonly toBest: LocationInterval | null;
  /** One-sided p of “not worse than the best”, adjusted over all pairs of the row; 1 for the best. */
  readonly p: number;
  readonly tied: boolean;
}

export interface Ranking {
  readonly row: ReadonlyMap<string, string>;
  readonly measure: Measure;
  /** Best first. */
  readonly entries: readonly Ranked[];
  /** Sessions with which anything at all could be shown to be worse; null when these suffice. */
  readonly unitsNeeded: number | null;
}

/**
 * Ranks by the median; an entry is tied with the best unless it is shown to be worse. As the best is chosen after the
 * fact, Holm's adjustment is over all k(k−1)/2 pairs of the row, whichever of them would have been asked about.
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
  const needed = pairs.map(({ sample }) => unitsNeeded(sample, pairs.length, alpha));
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
