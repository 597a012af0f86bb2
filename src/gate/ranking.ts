/** Ranks configurations: the best, by how much, and those without a clear difference from it. */
import { type EffectSample, pBeyond, ratioOf } from '../stats/effect.js';
import { ascending } from '../stats/extended.js';
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
  /** Two-sided p of “equal to the best”, adjusted for all pairs of all rankings; 1 for the best. */
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

/** The entries of one row and measure, and the sample of any two of them: second / first. */
export interface Rankable<T extends RankableEntry> {
  readonly row: ReadonlyMap<string, string>;
  readonly measure: Measure;
  readonly entries: readonly T[];
  readonly sampleOf: (first: T, second: T) => EffectSample;
}

interface RankableEntry {
  readonly column: string;
  readonly median: number;
}

interface Pair {
  /** The place of the better one by its median. */
  readonly first: number;
  readonly sample: EffectSample;
  readonly p: number;
  /** Whether the test, too, is on the side of the first. */
  readonly isWorse: boolean;
}

/**
 * Ranks each row by the medians. An entry is tied with the best unless a test shows that it is worse. The data choose the
 * best and the direction of each pair, so p is two-sided and Holm's adjustment covers all k(k−1)/2 pairs of all rows and
 * measures: the probability that any two equal columns are separated anywhere is at most `alpha`.
 */
export function rankingsOf<T extends RankableEntry>(rankables: readonly Rankable<T>[], alpha: number): Ranking[] {
  const all = rankables.map((rankable) => {
    const sign = rankable.measure.metric.better === 'higher' ? -1 : 1;
    const sorted = [...rankable.entries].sort((a, b) => sign * ascending(a.median, b.median));
    return { ...rankable, sorted, pairs: pairsOf(sorted, rankable) };
  });
  const adjusted = holm(all.flatMap(({ pairs }) => pairs.map(({ p }) => p))).values();
  const hypotheses = all.reduce((sum, { pairs }) => sum + pairs.length, 0);
  return all.map(({ row, measure, sorted, pairs }) => {
    const own = pairs.map((pair) => ({ ...pair, p: adjusted.next().value as number }));
    // A two-sided p is twice the smaller one-sided one.
    const needed = own.map(({ sample }) => unitsNeeded(sample, 2 * hypotheses, alpha)?.units ?? null);
    const toBest = own.filter(({ first }) => first === 0);
    return {
      row,
      measure,
      unitsNeeded: needed.includes(null) ? null : (needed[0] ?? null),
      entries: sorted.map(({ column, median }, place) => rankedOf({ column, median }, toBest[place - 1], alpha)),
    };
  });
}

function pairsOf<T extends RankableEntry>(sorted: readonly T[], { measure, sampleOf }: Rankable<T>): Pair[] {
  return sorted.flatMap((better, first) =>
    sorted.slice(first + 1).map((other) => {
      const sample = sampleOf(better, other);
      const [below, above] = [pBeyond(sample, 0, 'less'), pBeyond(sample, 0, 'greater')];
      const isWorse = measure.metric.better === 'higher' ? below < above : above < below;
      return { first, sample, p: Math.min(1, 2 * Math.min(below, above)), isWorse };
    }),
  );
}

/** `pair` is that with the best, and undefined for the best itself. */
function rankedOf({ column, median }: RankableEntry, pair: Pair | undefined, alpha: number): Ranked {
  if (pair === undefined) return { column, median, toBest: null, p: 1, tied: true };
  const { sample, p, isWorse } = pair;
  return { column, median, toBest: ratioOf(sample, 0.95), p, tied: p > alpha || !isWorse };
}
