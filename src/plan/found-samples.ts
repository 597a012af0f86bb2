import type { FileGeometry } from '../training/dataset-shape.js';
import { EvenIndex, type SampleIndex, UnevenIndex } from '../training/sample-index.js';
import { scanOf } from '../training/scans/format-scans.js';
import type { DataFormat } from '../workload/data-formats.js';
import type { Files } from './file-list.js';
import type { DataFile } from './file-part.js';

/** Returns where the samples of a user's file are. A file that nobody has looked into is one sample. */
export function foundGeometry(format: DataFormat, numbers: Float64Array | undefined, bytes: number): FileGeometry {
  if (numbers !== undefined) return scanOf(format).geometry(numbers);
  return { bytes, samples: 1, sampleAt: () => ({ offsetBytes: 0, bytes }) };
}

/** Returns which samples are in which of a user's files. */
export function foundSamples(format: DataFormat, files: Files): SampleIndex {
  const firsts = new Float64Array(files.length + 1);
  let isEven = true;
  for (let place = 0; place < files.length; place++) {
    const { samples: numbers, bytes } = files.at(place) as DataFile;
    const { samples } = foundGeometry(format, numbers, bytes);
    firsts[place + 1] = (firsts[place] as number) + samples;
    isEven &&= samples === 1;
  }
  return isEven ? new EvenIndex(files.length, 1) : new UnevenIndex(firsts);
}
