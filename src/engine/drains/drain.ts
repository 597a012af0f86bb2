import type { Batch } from '../../plan/batch.js';

/** What is to happen around the operations of a job besides the operations themselves. */
export interface DrainOptions {
  /** Operations begin when they are due (`Batch.dueNs`), not as fast as they go. */
  readonly paced: boolean;
  /** Pause of `thinktimeNs` after each `thinktimeBlocks` operations; 0 = none. */
  readonly thinktimeNs: number;
  readonly thinktimeBlocks: number;
  /** Writes carry new content each. */
  readonly refill: boolean;
  /** Reads are compared with the content that the file must have. */
  readonly verify: boolean;
  /** Sync the file after each N writes; 0 = never. */
  readonly fsync: number;
  readonly fdatasync: number;
}

export const PLAIN_DRAIN: DrainOptions = {
  paced: false,
  thinktimeNs: 0,
  thinktimeBlocks: 1,
  refill: false,
  verify: false,
  fsync: 0,
  fdatasync: 0,
};

/** Whether nothing is to happen between two operations. */
export function isPlain({ paced, thinktimeNs, refill, verify, fsync, fdatasync }: DrainOptions): boolean {
  return !paced && thinktimeNs === 0 && !refill && !verify && fsync === 0 && fdatasync === 0;
}

/**
 * The per-operation loop of a backend: carries out batches and measures each operation. Latency is
 * fio's `lat`, from when an operation was created to its completion. With a rate it counts from when
 * the operation was *due*, which keeps a slow storage from slowing down its own measurement
 * (coordinated omission).
 */
export interface Drain {
  /**
   * Carries out the batch; what is begun may still be under way when it returns. False when the
   * worker must end: time is up or a stop was requested. Throws `IoFault`.
   */
  run(batch: Batch, generation: number): boolean;
  /** Completes what is under way. Throws `IoFault`. */
  finish(): void;
}
