/** Datasets of training data, small or in variants, and what a program outside feedrate is told of their files. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FileList } from '../../src/plan/file-list.js';
import { shapedFiles } from '../../src/plan/shaped-files.js';
import { datasetClass, datasetDirectory } from '../../src/training/dataset-paths.js';
import type { DatasetShape, FileGeometry } from '../../src/training/dataset-shape.js';
import type { IndexedGeometry, ParquetGeometry } from '../../src/training/file-geometries.js';
import { geometryOf } from '../../src/training/formats/dataset-files.js';
import { layOutFiles } from '../../src/trial/lay-out-files.js';
import { DATA_FORMATS, type DataFormat } from '../../src/workload/data-formats.js';

export function shapeOf(format: DataFormat, other: Partial<DatasetShape> = {}): DatasetShape {
  const shape = {
    format,
    files: 5,
    samplesPerFile: DATA_FORMATS[format].manySamples ? 6 : 1,
    recordBytes: 5000,
    recordStdevBytes: 0,
    folders: 0,
    rowGroupSamples: 4,
    columns: [],
    seed: 7,
  };
  return { ...shape, ...other };
}

/** Lays out a dataset as a run does. */
export async function layOutDataset(directory: string, shape: DatasetShape): Promise<FileList> {
  const files = shapedFiles(shape, 'test');
  const [data, passing] = [join(directory, 'data'), join(directory, 'passing')];
  for (const path of [data, passing]) mkdirSync(path, { recursive: true });
  const layout = { directory: data, passingDirectory: passing, heldPath: null, files };
  const totals = { totalFiles: files.length, totalBytes: files.sums.totalBytes };
  await layOutFiles({ ...layout, ...totals }, { progress: () => {}, stopped: () => false });
  return files;
}

/** Writes a dataset and returns its description for `read-formats.py`. */
export async function writeDataset(directory: string, shape: DatasetShape) {
  const list = await layOutDataset(directory, shape);
  const own = datasetDirectory(shape);
  const files = Array.from({ length: shape.files }, (_, file) => {
    const geometry = geometryOf(shape, file);
    const samples = Array.from({ length: geometry.samples }, (_, sample) => geometry.sampleAt(sample));
    const path = list.pathOf(file).slice(own.length + 1);
    return { path, bytes: list.bytesOf(file), class: datasetClass(shape, file), samples, ...besides(geometry) };
  });
  return { directory: join(directory, 'data', own), shape, files };
}

function besides(geometry: FileGeometry | ParquetGeometry | IndexedGeometry) {
  if ('indexBytes' in geometry) return { indexBytes: geometry.indexBytes };
  if (!('chunkAt' in geometry)) return {};
  const { columns, rowGroups, chunkAt, metadata } = geometry;
  const chunks = Array.from({ length: rowGroups }, (_, group) => columns.map((_, column) => chunkAt(group, column)));
  return { chunks, footerBytes: metadata.bytes + 8 };
}
