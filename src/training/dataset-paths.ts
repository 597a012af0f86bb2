/** The names of a dataset's files. They are functions of the shape, so a file under its name is the right one. */
import { seedOf } from '../base/prng.js';
import { DATA_FORMATS } from '../workload/data-formats.js';
import type { DatasetShape } from './dataset-shape.js';

const INDEX_DIGITS = 6;

const directories = new WeakMap<DatasetShape, string>();

/** Returns the name of the directory that has a dataset and nothing else, such as `s42-npz-0f3a5c7e9b1d2468`. */
export function datasetDirectory(shape: DatasetShape): string {
  const known = directories.get(shape) ?? newDirectory(shape);
  directories.set(shape, known);
  return known;
}

function newDirectory(shape: DatasetShape): string {
  const { format, files, samplesPerFile, recordBytes, recordStdevBytes, folders, rowGroupSamples, columns, seed } =
    shape;
  const known = JSON.stringify([
    [format, files, samplesPerFile, recordBytes, recordStdevBytes, folders, rowGroupSamples, seed],
    columns.map(({ name, bytes }) => [name, bytes]),
  ]);
  const half = (text: string) => seedOf(text).toString(16).padStart(8, '0');
  return `s${seed}-${format}-${half(known)}${half(`${known} again`)}`;
}

/** Returns the class of a file's samples, from 0: files of one folder are of one class. */
export function datasetClass({ files, folders }: DatasetShape, file: number): number {
  return Math.floor((file * folders) / files);
}

/** Returns the first file after a file that is in another folder, or the number of files. */
export function endOfDatasetFolder(shape: DatasetShape, file: number): number {
  const { files, folders } = shape;
  if (folders === 0) return files;
  return Math.min(files, Math.ceil(((datasetClass(shape, file) + 1) * files) / folders));
}

/**
 * Returns the path of a file in the dataset's directory. In the order of their paths, files are in the order of their indices.
 * @param bytes its size
 */
export function datasetFilePath(shape: DatasetShape, file: number, bytes: number): string {
  const digits = Math.max(INDEX_DIGITS, String(shape.files - 1).length);
  const name = `${String(file).padStart(digits, '0')}-${bytes}${DATA_FORMATS[shape.format].extension}`;
  if (shape.folders === 0) return name;
  return `${String(datasetClass(shape, file)).padStart(String(shape.folders - 1).length, '0')}/${name}`;
}
