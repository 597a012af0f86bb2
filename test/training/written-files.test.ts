/** Files of training data: their sizes are known before they are written, and they are laid out like other data files. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chunksOf } from '../../src/engine/layout/file-content.js';
import type { DataFile } from '../../src/plan/plan.js';
import { shapedFiles } from '../../src/plan/shaped-files.js';
import { layOutFiles } from '../../src/trial/lay-out-files.js';
import { DATA_FORMAT_NAMES } from '../../src/workload/data-formats.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { shapeOf } from '../support/training-data.js';

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

test('laid out files have the bytes of their format', () =>
  withTemporaryDirectory(async (place) => {
    const directory = process.env['KEEP'] ?? join(place, 'data');
    mkdirSync(directory, { recursive: true });
    for (const format of DATA_FORMAT_NAMES) {
      const files = [
        ...shapedFiles(shapeOf(format, { folders: 2, recordBytes: 700_000, recordStdevBytes: 9000 }), 'a'),
      ];
      const totals = { files, totalFiles: files.length, totalBytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
      await layOutFiles(
        { directory, passingDirectory: null, heldPath: null, ...totals },
        { progress: () => {}, stopped: () => false },
      );
      for (const file of files) assert.ok(readFileSync(join(directory, file.path)).equals(bytesOf(file)), file.path);
    }
  }));

test.run();
