/** All files of a dataset: those with samples, and then the side files of its format. */
import type { DataFormat } from '../../workload/data-formats.js';
import { datasetDirectory, datasetFilePath, endOfDatasetFolder } from '../dataset-paths.js';
import type { DatasetShape, FileGeometry } from '../dataset-shape.js';
import { csvFormat } from './csv-format.js';
import type { ContentSource, FileFormat } from './file-format.js';
import { hdf5Format } from './hdf5-format.js';
import { jpegFormat } from './jpeg-format.js';
import { mdsFormat } from './mds-format.js';
import { megatronFormat } from './megatron-format.js';
import { nanogptFormat } from './nanogpt-format.js';
import { npyFormat } from './npy-format.js';
import { npzFormat } from './npz-format.js';
import { parquetFormat } from './parquet-format.js';
import { ptFormat } from './pt-format.js';
import { rawFormat } from './raw-format.js';
import { safetensorsFormat } from './safetensors-format.js';
import { tfrecordFormat } from './tfrecord-format.js';
import { webdatasetFormat } from './webdataset-format.js';

const FILE_FORMATS: Readonly<Record<DataFormat, FileFormat>> = {
  npz: npzFormat,
  npy: npyFormat,
  pt: ptFormat,
  jpeg: jpegFormat,
  tfrecord: tfrecordFormat,
  webdataset: webdatasetFormat,
  parquet: parquetFormat,
  csv: csvFormat,
  megatron: megatronFormat,
  nanogpt: nanogptFormat,
  safetensors: safetensorsFormat,
  mds: mdsFormat,
  hdf5: hdf5Format,
  raw: rawFormat,
};

export function fileFormatOf({ format }: Pick<DatasetShape, 'format'>): FileFormat {
  return FILE_FORMATS[format];
}

/** Returns where everything is in a file with samples. */
export function geometryOf(shape: DatasetShape, file: number): FileGeometry {
  return fileFormatOf(shape).geometry(shape, file);
}

/** Returns the number of files, side files included. */
export function datasetFileCount(shape: DatasetShape): number {
  return shape.files + (fileFormatOf(shape).beside?.count(shape) ?? 0);
}

/** Returns the size of a file. Side files follow the files with samples. */
export function datasetFileBytes(shape: DatasetShape, index: number): number {
  const { geometry, beside } = fileFormatOf(shape);
  return index < shape.files ? geometry(shape, index).bytes : (beside?.bytes(shape, index - shape.files) ?? 0);
}

/** Returns the path of a file below the directory of all datasets. */
export function pathInDatasets(shape: DatasetShape, index: number): string {
  const { files } = shape;
  const path =
    index < files
      ? datasetFilePath(shape, index, datasetFileBytes(shape, index))
      : (fileFormatOf(shape).beside?.path(shape, index - files) ?? '');
  return `${datasetDirectory(shape)}/${path}`;
}

/** Returns the first index after `index` whose file may be in another folder. */
export function nextFolderIndex(shape: DatasetShape, index: number): number {
  return index < shape.files ? endOfDatasetFolder(shape, index) : index + 1;
}

/** Yields the bytes of a file: see `FileFormat.write`. */
export function writtenFile(shape: DatasetShape, index: number, source: ContentSource): Generator<Uint8Array, void> {
  const { write, beside } = fileFormatOf(shape);
  if (index < shape.files || beside === undefined) return write(shape, index, source);
  return beside.write(shape, index - shape.files);
}
