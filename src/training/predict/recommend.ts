import type { FeedModel } from './feed-model.js';
import type { FeedDemand, RecommendedLoader } from './prediction.js';
import { mostReaders } from './ramp.js';

/** More workers than this are not recommended for one accelerator: each is a process with its own memory. */
const MOST_WORKERS = 64;
/** PyTorch's default first, then more for storage whose times vary. */
const PREFETCH_FACTORS = [2, 4];
/** Settings within this of the best AU are as good. */
const AS_GOOD = 0.01;

/**
 * Returns the fewest workers, and for these the least prefetch factor, whose AU is within one point of the best that any
 * measured setting reaches for this number of accelerators. Null if not even one worker each was measured.
 */
export function recommendLoader(model: FeedModel, demand: FeedDemand, accelerators: number): RecommendedLoader | null {
  const most = Math.min(MOST_WORKERS, Math.floor(mostReaders(model.ramp) / accelerators));
  if (most === 0) return null;
  const au = (workers: number, prefetchFactor: number) =>
    model.au(demand, accelerators, { workers, prefetchFactor, inOrder: true }) ?? 0;
  const grid = powersUpTo(most);
  const byFactor = PREFETCH_FACTORS.map((factor) => grid.map((workers) => au(workers, factor)));
  const bestAu = Math.max(...byFactor.flat());
  const enough = bestAu - AS_GOOD;
  const chosen = byFactor.findIndex((values) => Math.max(...values) >= enough);
  const values = byFactor[chosen] as number[];
  const factor = PREFETCH_FACTORS[chosen] as number;
  const at = values.findIndex((value) => value >= enough);
  const numWorkers = leastBetween(grid[at - 1] ?? 0, grid[at] as number, (workers) => au(workers, factor) >= enough);
  const isOneEnough = au(numWorkers, 1) >= enough;
  const prefetchFactor = isOneEnough ? 1 : factor;
  return { numWorkers, prefetchFactor, au: au(numWorkers, prefetchFactor), bestAu };
}

function powersUpTo(most: number): number[] {
  const powers: number[] = [];
  for (let value = 1; value < most; value *= 2) powers.push(value);
  return [...powers, most];
}

/** Returns the least whole number above `low` that suffices, when `high` does and numbers up to `low` do not. */
function leastBetween(low: number, high: number, suffices: (value: number) => boolean): number {
  let [below, enough] = [low, high];
  while (enough - below > 1) {
    const middle = Math.floor((below + enough) / 2);
    if (suffices(middle)) enough = middle;
    else below = middle;
  }
  return enough;
}
