/** Files of training data: their sizes are known before they are written, and they are laid out like other data files. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chunksOf } from '../../src/engine/layout/file-content.js';
import { FileList } from '../../src/plan/file-list.js';
import { FileUnion } from '../../src/plan/file-union.js';
import type { DataFile } from '../../src/plan/plan.js';
import { shapedFiles } from '../../src/plan/shaped-files.js';
import { geometryOf } from '../../src/training/formats/dataset-files.js';
import { hasContent } from '../../src/trial/data-file.js';
import { DATA_FORMAT_NAMES } from '../../src/workload/data-formats.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { layOutDataset, shapeOf } from '../support/training-data.js';

const test = suite('training/written-files');

function bytesOf(file: DataFile): Buffer {
  return Buffer.concat(Array.from(chunksOf(file), (chunk) => Buffer.from(chunk)));
}

for (const format of DATA_FORMAT_NAMES) {
  test(`${format}: each file has the size that its plan states`, () => {
    for (const recordBytes of [200, 5000, 512 << 10, 1_500_001])
      for (const file of shapedFiles(shapeOf(format, { recordBytes, recordStdevBytes: 60 }), 'a'))
        assert.is(bytesOf(file).length, file.bytes, file.path);
  });
}

test('laid out files have the bytes of their format, and side files are beside them', () =>
  withTemporaryDirectory(async (place) => {
    for (const format of ['npz', 'jpeg', 'megatron', 'mds'] as const) {
      const directory = join(place, format);
      const files = [...(await layOutDataset(directory, shapeOf(format, { folders: 2, recordBytes: 90_000 })))];
      for (const file of files)
        assert.ok(readFileSync(join(directory, 'data', file.path)).equals(bytesOf(file)), file.path);
    }
    const [own = ''] = readdirSync(join(place, 'megatron/data'));
    const extensions = readdirSync(join(place, 'megatron/data', own, '0')).map((name) => extname(name));
    assert.equal(extensions, ['.bin', '.idx', '.bin', '.idx', '.bin', '.idx']);
    assert.ok(existsSync(join(place, 'mds/data', readdirSync(join(place, 'mds/data'))[0] ?? '', 'index.json')));
  }));

test('folders have whole ranges of the files, and the order of the paths is that of the indices', () => {
  const list = shapedFiles(shapeOf('jpeg', { files: 1000, folders: 7 }), 'a');
  const paths = Array.from(list, ({ path }) => path);
  assert.equal([...paths].sort(), paths);
  const folders = paths.map((path) => path.split('/')[1]);
  assert.equal([...new Set(folders)], ['0', '1', '2', '3', '4', '5', '6']);
  const union = [...new FileUnion([list]).folders()].map(({ places }) => [...places].length);
  assert.is(union.length, 7);
  assert.is(Math.max(...union) - Math.min(...union), 1);
});

test('files of another format or shape are never taken for those of a dataset', () => {
  const shapes = [
    shapeOf('raw'),
    shapeOf('nanogpt'),
    shapeOf('raw', { files: 6 }),
    shapeOf('raw', { samplesPerFile: 5, recordBytes: 6000 }),
    shapeOf('raw', { recordStdevBytes: 10 }),
    shapeOf('raw', { folders: 1 }),
    shapeOf('raw', { seed: 8 }),
  ];
  const lists = shapes.map((shape) => shapedFiles(shape, 'a'));
  const plain = new FileList({ seed: 7, sizes: { kind: 'equal', bytes: 30_000 }, length: 5 });
  const all = [...new FileUnion([plain, ...lists, ...lists])];
  assert.is(all.length, 5 + lists.reduce((sum, { length }) => sum + length, 0));
  assert.is(new Set(all.map(({ path }) => path)).size, all.length);
  const wrong = { ...(lists[0]?.at(0) as DataFile), contentSeed: 1 };
  return withTemporaryDirectory((place) => {
    const path = join(place, 'file');
    writeFileSync(path, bytesOf(wrong));
    assert.is(hasContent(path, wrong), true);
    assert.is(hasContent(path, lists[0]?.at(0) as DataFile), false);
  });
});

test('drawn sizes have the mean and nearly the deviation that is asked for', () => {
  const shape = shapeOf('raw', { files: 20_000, samplesPerFile: 1, recordBytes: 146_600, recordStdevBytes: 68_342 });
  const sizes = Array.from(shapedFiles(shape, 'a'), ({ bytes }) => bytes);
  const mean = sizes.reduce((sum, bytes) => sum + bytes, 0) / sizes.length;
  const deviation = Math.sqrt(sizes.reduce((sum, bytes) => sum + (bytes - mean) ** 2, 0) / sizes.length);
  assert.ok(Math.abs(mean / 146_600 - 1) < 0.012, String(mean));
  assert.ok(deviation > 0.9 * 68_342 && deviation < 68_342, String(deviation));
  assert.ok(sizes.every((bytes) => bytes > 0 && bytes < 2 * 146_600));
});

test('what a format cannot have is refused before anything is written', () => {
  const refusal = (shape: Parameters<typeof shapedFiles>[0]) => {
    try {
      shapedFiles(shape, 'epoch/1');
      return '';
    } catch (thrown) {
      return (thrown as Error).message;
    }
  };
  assert.match(
    refusal(shapeOf('jpeg', { recordBytes: 20 })),
    /^epoch\/1: a record of format jpeg has at least \d+ bytes;/,
  );
  assert.match(refusal(shapeOf('mds', { recordBytes: 2 ** 31 })), /a file of format mds has at most 4294967295 bytes;/);
  assert.match(refusal(shapeOf('parquet', { recordBytes: 2 ** 31 })), /a record of format parquet has at most/);
});

test('archives and members beyond 4 GiB have 64-bit sizes', () => {
  const [file] = shapedFiles(shapeOf('npz', { recordBytes: 2 ** 32 + 5 }), 'a');
  // 183 bytes before the array and 372 behind it, 80 of them for 64-bit values.
  assert.is((file as DataFile).bytes - 2 ** 32 - 5, geometryOf(shapeOf('npz'), 0).bytes - 5000 + 20 + 12 + 76);
});

test.run();
