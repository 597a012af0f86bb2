/** Counts what a scan found and left out. */
import type { Stats } from 'node:fs';
import { textOf } from '../base/byte-text.js';
import type { LeftOut, ScanSummary } from '../plan/scan-summary.js';
import type { ByteName } from './found-listing.js';

/** stat(2) counts allocated space in units of 512 bytes. */
const STAT_BLOCK_BYTES = 512;
/** Entries that are named, and those that are kept until their order is known. */
const NAMED = 10;
const KEPT = 1000;

export class ScanTally {
  directories = 0;
  files = 0;
  bytes = 0;
  matching = 0;
  /** Whether a file belongs to this user. */
  hasOwn = false;
  #emptyFiles = 0;
  #sparseFiles = 0;
  #sparseBytes = 0;
  #allocatedBytes = 0;
  readonly #leftOut: Partial<Record<LeftOut, number>> = {};
  readonly #first: { readonly path: ByteName; readonly why: LeftOut; readonly code: string | null }[] = [];

  leaveOut(why: LeftOut, path: ByteName, code: string | null = null): void {
    this.#leftOut[why] = (this.#leftOut[why] ?? 0) + 1;
    if (why !== 'own' && this.#first.length < KEPT) this.#first.push({ path, why, code });
  }

  count({ size, blocks }: Pick<Stats, 'size' | 'blocks'>): void {
    const allocatedBytes = blocks * STAT_BLOCK_BYTES;
    this.files++;
    this.bytes += size;
    if (size === 0) this.#emptyFiles++;
    // A whole file takes more than its bytes, in blocks, which must not make up for the holes of others.
    if (allocatedBytes >= size) return;
    this.#sparseFiles++;
    this.#sparseBytes += size;
    this.#allocatedBytes += allocatedBytes;
  }

  summary(): ScanSummary {
    const first = this.#first.sort((a, b) => (a.path < b.path ? -1 : 1)).slice(0, NAMED);
    return {
      files: this.files,
      bytes: this.bytes,
      directories: this.directories,
      matching: this.matching,
      emptyFiles: this.#emptyFiles,
      sparseFiles: this.#sparseFiles,
      sparseBytes: this.#sparseBytes,
      allocatedBytes: this.#allocatedBytes,
      leftOut: this.#leftOut,
      firstLeftOut: first.map(({ path, why, code }) => ({ path: textOf(Buffer.from(path, 'latin1')), why, code })),
    };
  }
}
