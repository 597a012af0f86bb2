/** The files of a dataset of training data. */
import { FeedrateError } from '../base/errors.js';
import type { DatasetShape } from '../training/dataset-shape.js';
import { datasetFileCount, fileFormatOf } from '../training/formats/dataset-files.js';
import { FileList } from './file-list.js';

/**
 * Returns all files of a dataset: first the `shape.files` files with samples, then the side files of the format, which are laid
 * out and evicted with them. Throws `FeedrateError('workload')` when the format cannot have such files.
 */
export function shapedFiles(shape: DatasetShape, armId: string): FileList {
  const { leastRecordBytes, mostRecordBytes = Number.POSITIVE_INFINITY, mostFileBytes } = fileFormatOf(shape);
  const { format, recordBytes, recordStdevBytes, seed } = shape;
  const refuse = (message: string) => {
    throw new FeedrateError('workload', `${armId}: ${message}`);
  };
  if (recordBytes < leastRecordBytes)
    refuse(`a record of format ${format} has at least ${leastRecordBytes} bytes; use a larger record_length_bytes`);
  // Drawn lengths are at most twice the mean.
  if (recordBytes * (recordStdevBytes > 0 ? 2 : 1) > mostRecordBytes)
    refuse(`a record of format ${format} has at most ${mostRecordBytes} bytes; use a smaller record_length_bytes`);
  const files = new FileList({ seed, sizes: { kind: 'shaped', shape }, length: datasetFileCount(shape) });
  if (mostFileBytes !== undefined && files.sums.longestBytes > mostFileBytes)
    refuse(`a file of format ${format} has at most ${mostFileBytes} bytes; use a smaller num_samples_per_file`);
  return files;
}
