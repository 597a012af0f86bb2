/**
 * The memory by which loader workers and accelerators of a training job talk to each other: how much of it there is, and where
 * everything is in it. Control cells are Int32, entries are Float64.
 */

/** Int32 cells before those of the workers. Cache lines of their own. */
export const HEAD_CELLS = 16;
/** Int32 cells of each worker: how many tasks it was dealt, and how many it has done. */
export const WORKER_CELLS = 16;
/** Float64 cells of an entry: one for each task that a worker has been dealt and that was not handed over. */
export const ENTRY_CELLS = 8;

/** The size of a board. */
export interface BoardShape {
  /** Workers of all loaders together. */
  readonly loaders: number;
  /** The most tasks that a worker has at once. */
  readonly depth: number;
  /** Whether all workers read from one simulated storage. */
  readonly sharesStorage: boolean;
}

/** Int32 cells of the head: counts what workers have done, whether tasks are left out, and what the accelerators have seen. */
export const HEAD = { signal: 0, cancelled: 1, seen: 2 } as const;
/**
 * Int32 cells of each worker: how many tasks it was dealt, how many it has done, how many it had when it last waited for one, and
 * its request at a storage that all workers share.
 */
export const WORKER = { dealt: 0, done: 1, idleAt: 2, request: 3 } as const;
/** `seen` and `idleAt` of threads that have not begun, or have ended. */
export const BEGINNING = -1;
export const ENDED = -2;

/** Bytes of the board, and behind it of a storage that all workers share: when it is free, and each worker's request. */
export function boardBytes(shape: BoardShape): number {
  return stationOffset(shape) + (1 + 2 * shape.loaders) * 8;
}

/** Returns where the Float64 cells of the shared storage begin. */
export function stationOffset({ loaders, depth }: BoardShape): number {
  return (HEAD_CELLS + loaders * WORKER_CELLS) * 4 + loaders * depth * ENTRY_CELLS * 8;
}
