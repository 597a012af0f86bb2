import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Growth that V8 does not collect by itself within a trial. */
const SMALL_GROWTH_BYTES = 8 * 2 ** 20;

let collect: ((options?: { readonly type: 'minor' }) => void) | undefined;
/** The thread's heap after its last full collection, in bytes. */
let cleanBytes = Number.NEGATIVE_INFINITY;

/** Returns V8's collector, which V8 exposes only in contexts that are created after the flag is set. */
function collector(): NonNullable<typeof collect> {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as NonNullable<typeof collect>;
  }
  return collect;
}

function usedBytes(): number {
  const { total_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

/** Collects all of the thread's garbage, which takes 10 to 20 ms. */
export function collectGarbage(): void {
  collector()();
  cleanBytes = usedBytes();
}

/**
 * Collects what is left of preparing a trial, so that it is not collected within it. New objects are enough, which take
 * less than 1 ms, unless the thread has grown since its last whole collection.
 */
export function collectPreparation(): void {
  if (usedBytes() - cleanBytes < SMALL_GROWTH_BYTES) collector()({ type: 'minor' });
  else collectGarbage();
}
