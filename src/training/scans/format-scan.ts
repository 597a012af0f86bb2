import type { NpzSamples } from '../../workload/jobs/training-data.js';
import type { FileGeometry, FileSpan } from '../dataset-shape.js';
import type { RecordGeometry } from '../file-geometries.js';
import type { ByteSource } from './byte-source.js';

/** How samples are found in files that exist. */
export interface ScanChoices {
  /** Bytes of a record; null: unknown. */
  readonly recordBytes: number | null;
  readonly samplesPerFile: number;
  /** Parquet: how many columns are read, from the first one; null: all. */
  readonly columnsRead: number | null;
  /** What is a sample in a NumPy archive. */
  readonly npzSamples: NpzSamples;
}

/** Finds the samples of a file that exists. What it finds is numbers, so that threads can share them. */
export interface FormatScan<G extends FileGeometry = FileGeometry> {
  /** Bytes that a short read may bring along, because more of them follow nearby. Absent: 64 KiB. */
  readonly stretchBytes?: number;
  /** Returns the numbers of a file. Throws `FeedrateError('target')` when the file is damaged or of another format. */
  readonly scan: (source: ByteSource, choices: ScanChoices) => readonly number[];
  /** Returns the geometry that the numbers describe. */
  readonly geometry: (numbers: Float64Array) => G;
}

/**
 * Returns the geometry of samples at any places. From `first` on, the numbers are pairs of an offset and a length. Headers and
 * padding around them are of fixed lengths, or not known.
 */
export function geometryOfPairs(
  numbers: Float64Array,
  { first, before = 0, after = 0 }: { readonly first: number; readonly before?: number; readonly after?: number },
): RecordGeometry {
  const sampleAt = (sample: number): FileSpan => ({
    offsetBytes: numbers[first + 2 * sample] as number,
    bytes: numbers[first + 2 * sample + 1] as number,
  });
  return {
    bytes: numbers[0] as number,
    samples: (numbers.length - first) / 2,
    sampleAt,
    recordAt: (sample) => {
      const { offsetBytes, bytes } = sampleAt(sample);
      return { offsetBytes: offsetBytes - before, bytes: before + bytes + after };
    },
  };
}
