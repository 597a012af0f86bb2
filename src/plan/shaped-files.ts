/** The files of a dataset of training data. */
import { FeedrateError } from '../base/errors.js';
import type { DatasetShape, SampleFile } from '../training/dataset-shape.js';
import { datasetFileCount, fileFormatOf, geometryOf } from '../training/formats/dataset-files.js';
import { FileList, type JobFiles } from './file-list.js';

/**
 * Returns all files of a dataset: first the `shape.files` files with samples, then the side files of the format, which are laid
 * out and evicted with them. Throws `FeedrateError('workload')` when the format cannot have such files.
 */
export function shapedFiles(shape: DatasetShape, armId: string): FileList {
  const { leastRecordBytes } = fileFormatOf(shape);
  if (shape.recordBytes < leastRecordBytes) {
    const message = `a record of format ${shape.format} has at least ${leastRecordBytes} bytes`;
    throw new FeedrateError(
      'workload',
      `${armId}: ${message}, not ${shape.recordBytes}; use a larger record_length_bytes`,
    );
  }
  return new FileList({ seed: shape.seed, sizes: { kind: 'shaped', shape }, length: datasetFileCount(shape) });
}

/** Returns a file with samples as a reader is given it. `file` counts from 0 in the dataset. */
export function sampleFileAt(files: JobFiles, shape: DatasetShape, file: number): SampleFile {
  return { path: files.pathOf(file), geometry: geometryOf(shape, file) };
}
