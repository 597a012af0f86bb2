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
}

export function boardBytes({ loaders, depth }: BoardShape): number {
  return (HEAD_CELLS + loaders * WORKER_CELLS) * 4 + loaders * depth * ENTRY_CELLS * 8;
}
