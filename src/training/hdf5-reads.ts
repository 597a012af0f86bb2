import type { FileSpan } from './dataset-shape.js';
import type { Hdf5Geometry } from './file-geometries.js';

/** The parts of an HDF5 file with a superblock of version 0 that lead to a dataset in its root group. */
export interface Hdf5Places {
  /** The header of the root group. */
  readonly rootAt: number;
  /** The local heap of the root group, which has its names. */
  readonly heapAt: number;
  /** The nodes of the root group's tree on the way to the leaf. */
  readonly trees: readonly FileSpan[];
  readonly leaf: FileSpan;
  /** The header of the dataset. */
  readonly datasetAt: number;
}

/** What HDF5 reads of a header whose length it does not know, and of a heap. */
const GUESSED_BYTES = 512;
/** The signature, the start of the superblock, and the rest of it. */
const SUPERBLOCK: readonly FileSpan[] = [
  { offsetBytes: 0, bytes: 8 },
  { offsetBytes: 0, bytes: 16 },
  { offsetBytes: 16, bytes: 80 },
];

/** Returns what HDF5 1.10 reads before it reads the samples of a dataset. */
export function hdf5Reads(fileBytes: number, places: Hdf5Places): Pick<Hdf5Geometry, 'rootReads' | 'datasetReads'> {
  const guessed = (offsetBytes: number): FileSpan => ({
    offsetBytes,
    bytes: Math.min(GUESSED_BYTES, fileBytes - offsetBytes),
  });
  const { rootAt, heapAt, trees, leaf, datasetAt } = places;
  return {
    rootReads: [...SUPERBLOCK, guessed(rootAt)],
    datasetReads: [guessed(heapAt), ...trees, leaf, guessed(datasetAt)],
  };
}
