import type { FileGeometry, SampleFile } from '../dataset-shape.js';
import type { ReaderCalls } from './reader-calls.js';

/** What a reader knows of the mount, and what its user chose. */
export interface ReaderPlace {
  /**
   * `st_blksize` of the dataset's files, bytes. CPython (until 3.13), glibc and others buffer reads by it, so the same loader
   * makes other calls on NFS (the mount's wsize) than on ext4 (4096).
   */
  readonly blockBytes: number;
  /** Bytes that readers with a buffer of their own ask for at once: DLIO's `transfer_size`. */
  readonly transferBytes: number;
}

/** Gets samples as one worker of a real loader does: the same calls, in the same order, with the same sizes. */
export interface SampleReader<G extends FileGeometry = FileGeometry> {
  /**
   * Makes the calls by which a training process lists its dataset once, before the first epoch; absent: none.
   * @param folders the directories that have files, and how many entries each has
   */
  list?(root: string, folders: ReadonlyMap<string, number>): void;
  /** Makes the calls for one sample. `sample` counts from 0 in its file. */
  read(file: SampleFile<G>, sample: number): void;
  /** Closes what is still open, as the end of a worker does. */
  close(): void;
}

/** Creates the reader of one worker. */
export type ReaderFactory<G extends FileGeometry = FileGeometry> = (
  calls: ReaderCalls,
  place: ReaderPlace,
) => SampleReader<G>;
