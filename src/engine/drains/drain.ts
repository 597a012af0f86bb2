import type { Batch } from '../../plan/batch.js';

/** What a drain does between and around the operations of a job. */
export interface DrainOptions {
  /** Whether operations start when they are due (`Batch.dueNs`) rather than as fast as possible. */
  readonly paced: boolean;
  /** Whether pauses move due times, instead of being caught up with. */
  readonly ignoresPauses: boolean;
  /** Pause after every `thinktimeBlocks` operations, ns; 0 = none. */
  readonly thinktimeNs: number;
  readonly thinktimeBlocks: number;
  /** Whether each write has new content. */
  readonly refill: boolean;
  /** Whether reads are compared with the expected content. */
  readonly verify: boolean;
  /** Sync the file after every N writes; 0 = never. */
  readonly fsync: number;
  readonly fdatasync: number;
}

export const PLAIN_DRAIN: DrainOptions = {
  paced: false,
  ignoresPauses: false,
  thinktimeNs: 0,
  thinktimeBlocks: 1,
  refill: false,
  verify: false,
  fsync: 0,
  fdatasync: 0,
};

/** Returns whether nothing happens between operations. */
export function isPlain({ paced, thinktimeNs, refill, verify, fsync, fdatasync }: DrainOptions): boolean {
  return !paced && thinktimeNs === 0 && !refill && !verify && fsync === 0 && fdatasync === 0;
}

/**
 * The per-operation loop of a backend: executes batches and measures each operation. Latency is fio's `lat`, from the
 * creation of an operation to its completion. With a rate, it counts from the time the operation was *due*, so that a
 * stall is not hidden by the operations it delays (coordinated omission).
 */
export interface Drain {
  /**
   * Executes the batch. Operations may still be in flight when it returns. Returns false when the worker must end: time
   * is up or a stop was requested. Throws `IoFault`.
   */
  run(batch: Batch, generation: number): boolean;
  /** Waits for all operations in flight. Throws `IoFault`. */
  finish(): void;
}
