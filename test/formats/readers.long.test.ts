/**
 * Every file of every format is read by programs that know nothing of feedrate. `npm run test:formats`. Python needs numpy, PIL,
 * torch, torchvision, pandas, h5py and protobuf (Debian: python3-torchvision, …); pyarrow, duckdb, safetensors and google-crc32c are
 * installed by pip into a temporary directory.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DatasetShape } from '../../src/training/dataset-shape.js';
import { DATA_FORMAT_NAMES } from '../../src/workload/data-formats.js';
import { repositoryRoot } from '../support/repository.js';
import { needTool } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { shapeOf, writeDataset } from '../support/training-data.js';

const test = suite('formats/readers');

const SCRIPT = join(repositoryRoot, 'test/formats/read-formats.py');
/** Not in Debian. */
const FROM_PIP = ['pyarrow', 'duckdb', 'safetensors', 'google-crc32c'];

/** Each format with one and with many samples, small and large ones, of one and of many lengths, with folders and without. */
function shapesOf(): DatasetShape[] {
  const columns = [3, 1, 4, 8, 100].map((bytes, i) => ({ name: `c${i}`, bytes, isRead: i > 1 }));
  return [
    ...DATA_FORMAT_NAMES.flatMap((format) => [
      shapeOf(format, { recordBytes: 300, folders: 2 }),
      shapeOf(format, { recordBytes: 40_000, recordStdevBytes: 20_000, folders: 3 }),
      shapeOf(format, { files: 2, recordBytes: 1_500_001, folders: 1, seed: 8 }),
    ]),
    ...[1, 0, 6, 7].map((rowGroupSamples) => shapeOf('parquet', { rowGroupSamples, samplesPerFile: 13 })),
    shapeOf('parquet', { columns, recordBytes: 116, samplesPerFile: 50_000, rowGroupSamples: 20_000 }),
    shapeOf('megatron', { samplesPerFile: 70_000, recordBytes: 64, files: 2 }),
    shapeOf('tfrecord', { samplesPerFile: 3000, recordBytes: 100 }),
    shapeOf('webdataset', { samplesPerFile: 300, recordBytes: 512 }),
    shapeOf('hdf5', { samplesPerFile: 1, files: 2 }),
  ];
}

test('every file is accepted by readers of its format, and each sample is where it was planned', () =>
  withTemporaryDirectory(async (place) => {
    needTool('python3');
    const datasets = [];
    for (const [index, shape] of shapesOf().entries())
      datasets.push(await writeDataset(join(place, String(index)), shape));
    const list = join(place, 'datasets.json');
    writeFileSync(list, JSON.stringify(datasets));
    const accepted = new Map<string, number>();
    for (const [python, PYTHONPATH] of interpreters(place)) {
      const { stdout, stderr, status } = spawnSync(python, [SCRIPT, list], {
        encoding: 'utf8',
        env: { ...process.env, PYTHONPATH },
      });
      assert.is(status, 0, stderr);
      for (const [format, readers] of Object.entries(JSON.parse(stdout) as Record<string, Record<string, number>>))
        for (const [reader, files] of Object.entries(readers)) accepted.set(`${format}: ${reader}`, files);
    }
    for (const [reader, files] of accepted) console.log(`${reader} read ${files} files`);
    assert.equal([...accepted.keys()].sort(), WANTED);
  }));

const WANTED = [
  'csv: pandas',
  'hdf5: h5py',
  'jpeg: PIL',
  'jpeg: torchvision',
  'mds: numpy',
  'megatron: numpy',
  'nanogpt: numpy',
  'npy: numpy',
  'npz: numpy',
  'parquet: duckdb',
  'parquet: pyarrow',
  'pt: torch',
  'raw: numpy',
  'safetensors: numpy',
  'safetensors: safetensors',
  'tfrecord: protobuf',
  'webdataset: GNU tar',
  'webdataset: tarfile',
];

/** Returns Python as it is, and with the libraries that pip brings. */
function interpreters(place: string): (readonly [string, string])[] {
  const libraries = join(place, 'libraries');
  const { status, stderr } = spawnSync('pip', ['install', '--quiet', '--target', libraries, ...FROM_PIP], {
    encoding: 'utf8',
  });
  if (status !== 0) console.log(`pip: ${stderr.trim().split('\n').at(-1)}`);
  return [
    ['/usr/bin/python3', ''],
    ['python3', libraries],
  ];
}

test.run();
