/** Samples of a user's files, looked for on several threads. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../src/base/errors.js';
import { SampleTableBuilder } from '../../src/plan/sample-table.js';
import { conduct } from '../../src/run/conduct.js';
import { samplesTogether } from '../../src/run/sample-crew.js';
import { type SampleWork, sampleTableOf } from '../../src/run/sample-scan.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('run/sample-crew');

const CHOICES = { recordBytes: null, samplesPerFile: 1, columnsRead: null, npzSamples: 'file' } as const;
const WORK: SampleWork = {
  target: 't',
  opening: { follow: false, noAtime: false, device: false },
  search: { format: 'raw', choices: { ...CHOICES, recordBytes: 8 } },
};

/** Files of 1 to 100 samples of 8 bytes. */
function filesIn(directory: string, count: number): string[] {
  return Array.from({ length: count }, (_, file) => {
    const path = join(directory, `f${String(file).padStart(4, '0')}`);
    writeFileSync(path, Buffer.alloc(8 * (1 + (file % 100))));
    return path;
  });
}

test('threads find what one thread finds, in the order of the files', () =>
  withTemporaryDirectory(async (directory) => {
    const paths = filesIn(directory, 333);
    let told = 0;
    const tables = await samplesTogether(
      333,
      (first, end) => paths.slice(first, end),
      WORK,
      () => told++,
    );
    const all = new SampleTableBuilder();
    for (const table of tables) all.addAll(table);
    assert.equal(all.table(), sampleTableOf(paths, WORK));
    assert.is(told, 11);
  }));

test('a file that cannot be used ends the search with what is wrong with it', () =>
  withTemporaryDirectory(async (directory) => {
    const paths = [...filesIn(directory, 100), join(directory, 'missing')];
    try {
      await samplesTogether(
        101,
        (first, end) => paths.slice(first, end),
        WORK,
        () => undefined,
      );
      assert.unreachable('it should have thrown');
    } catch (thrown) {
      assert.ok(thrown instanceof FeedrateError && thrown.code === 'target');
      assert.match(thrown.message, /^target t: .*missing/);
    }
  }));

test('runs that follow each other look for the same files once', () =>
  withTemporaryDirectory(async (directory) => {
    mkdirSync(join(directory, 'data'));
    filesIn(join(directory, 'data'), 4);
    const scans = new Map();
    let looked = 0;
    const measure = (path: string) =>
      conduct(
        {
          workload: {
            source: `name: w\ntrials: {rounds: 1}\ndataset: {path: ${path}}\njobs:\n  read: {kind: small-files, ioengine: simulated}\n`,
            path: 'w.yaml',
          },
          targets: [{ name: 'here', path: directory }],
          resultsDirectory: join(directory, 'results'),
          scans,
        },
        {
          event: (event) => {
            if (event.type === 'scan' && event.files === 0) looked++;
          },
        },
      );
    for (const path of ['data', 'data', '"data/f0001"']) assert.is((await measure(path)).status, 'complete');
    assert.is(looked, 2, 'once for each dataset');
  }));

test.run();
