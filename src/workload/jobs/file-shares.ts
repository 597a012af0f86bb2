/** Sizes of `kind: io` that may be percentages of files that exist. */
import type { Fault } from '../rules.js';
import type { FileShare, ReadWrite } from '../values.js';

/** A size as `size` and `io_size` give it. */
type Size = number | FileShare | null;

/** Returns whether each worker has files of its own, and not a share of the dataset. */
export function hasOwnFiles(sizeBytes: Size): sizeBytes is number {
  return typeof sizeBytes === 'number';
}

/** Returns how the `size` of a job reads that has no files of its own. */
export function withoutBytes(sizeBytes: FileShare | null): string {
  return sizeBytes === null ? 'without size' : 'with a percentage as size';
}

/** Returns what is wrong with a percentage as size, or null. `writes` tells whether the job writes. */
export function misplacedShare(rw: ReadWrite, writes: boolean, hasDataset: boolean): Fault<'sizeBytes'> | null {
  const write = 'write a size, such as 1GiB';
  if (writes) {
    const message = `is a percentage of a dataset, but a job with rw: ${rw} has files of its own; ${write}`;
    return { at: ['sizeBytes'], message };
  }
  if (hasDataset) return null;
  const message = `is a percentage of a dataset, but the workload has none; ${write}, or add a dataset`;
  return { at: ['sizeBytes'], message };
}

/** Returns the most bytes that a worker transfers, or null if that is a pass or depends on the dataset. */
export function mostIoBytes({ sizeBytes, ioSizeBytes }: Readonly<Record<'sizeBytes' | 'ioSizeBytes', Size>>) {
  if (ioSizeBytes === null || typeof ioSizeBytes === 'number') return ioSizeBytes;
  return hasOwnFiles(sizeBytes) ? Math.round(sizeBytes * ioSizeBytes.share) : null;
}
