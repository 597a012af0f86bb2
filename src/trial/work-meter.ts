import type { WorkProgress } from './events.js';

/** A file counts as much as so many bytes: on most storage its creation or its open takes as long as they do. */
const FILE_WEIGHT_BYTES = 64 * 2 ** 10;
/** The rate of the time left is that of the last half of the work, but at least of so much time, ms. */
const LEAST_ELAPSED_MS = 500;

/** Measures a phase that goes through files, and estimates its end. */
export class WorkMeter {
  readonly #totals: Pick<WorkProgress, 'totalFiles' | 'totalBytes'>;
  readonly #nowMs: () => number;
  readonly #startMs: number;

  /** @param nowMs a monotonic clock, ms */
  constructor(totals: Pick<WorkProgress, 'totalFiles' | 'totalBytes'>, nowMs: () => number = () => performance.now()) {
    this.#totals = totals;
    this.#nowMs = nowMs;
    this.#startMs = nowMs();
  }

  /** Returns the progress after so many files and bytes. */
  at(doneFiles: number, doneBytes: number): WorkProgress {
    const { totalFiles, totalBytes } = this.#totals;
    const elapsedMs = this.#nowMs() - this.#startMs;
    const done = doneFiles * FILE_WEIGHT_BYTES + doneBytes;
    const total = totalFiles * FILE_WEIGHT_BYTES + totalBytes;
    const fraction = total === 0 ? 1 : Math.min(1, done / total);
    const isKnown = fraction > 0 && (elapsedMs >= LEAST_ELAPSED_MS || fraction === 1);
    return {
      doneFiles,
      totalFiles,
      doneBytes,
      totalBytes,
      fraction,
      elapsedNs: Math.round(elapsedMs * 1e6),
      leftNs: isKnown ? Math.round(((elapsedMs * 1e6) / fraction) * (1 - fraction)) : null,
    };
  }
}
