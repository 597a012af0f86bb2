import type { DataFormat } from '../../workload/data-formats.js';
import type { FileGeometry } from '../dataset-shape.js';
import { scanOf } from './registry.js';

/** The samples of files that exist, as numbers in memory that all threads of a trial share. */
export interface FoundSamples {
  /** The number of each file's first sample, then the number of all samples. */
  readonly firsts: Float64Array;
  /** Where each file's own numbers begin, then where the last ones end. */
  readonly starts: Float64Array;
  /** What the format's scan found; see `FormatScan`. */
  readonly numbers: Float64Array;
}

/** Puts what was found in each file together. */
export function packSamples(format: DataFormat, found: readonly (readonly number[])[]): FoundSamples {
  const [firsts, starts] = [shared(found.length + 1), shared(found.length + 1)];
  const numbers = shared(found.reduce((sum, { length }) => sum + length, 0));
  found.forEach((own, file) => {
    const start = starts[file] as number;
    numbers.set(own, start);
    starts[file + 1] = start + own.length;
    firsts[file + 1] = (firsts[file] as number) + scanOf(format).geometry(Float64Array.from(own)).samples;
  });
  return { firsts, starts, numbers };
}

/** Returns where everything is in a file. */
export function foundGeometry(format: DataFormat, { starts, numbers }: FoundSamples, file: number): FileGeometry {
  return scanOf(format).geometry(numbers.subarray(starts[file], starts[file + 1]));
}

function shared(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT));
}
