/** The CSV files of a run directory, which have the columns that their trials fill. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { createRun, openRun } from '../../src/store/run-store.js';
import { makeArm, makeRun, makeTrial } from '../support/records.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('store/derived-tables');
const arm = makeArm('randread', [{ name: 'bs', label: '4KiB' }]);
const run = makeRun([arm], 4);

function tableOf(directory: string, file: string): Record<string, string>[] {
  const [head = '', ...rows] = readFileSync(join(directory, file), 'utf8').trimEnd().split('\n');
  const names = head.split(',');
  assert.is(new Set(names).size, names.length);
  return rows.map((row) => Object.fromEntries(row.split(',').map((cell, index) => [names[index], cell])));
}

function trialWith(round: number, cache: Partial<TrialRecord['cache']>): TrialRecord {
  const trial = makeTrial(arm, round, round);
  return { ...trial, cache: { ...trial.cache, ...cache } };
}

test('a column appears with its first value, and earlier rows have it empty', async () => {
  await withTemporaryDirectory((results) => {
    const store = createRun(results, run);
    const rowsOf = () => tableOf(store.directory, 'evidence.csv');
    store.appendTrial(trialWith(1, { othersReadBytes: null }));
    assert.is('others_read_bytes' in (rowsOf()[0] ?? {}), false);
    store.appendTrial(trialWith(2, { othersReadBytes: 7 }));
    store.appendTrial(trialWith(3, { othersReadBytes: null }));
    assert.equal(
      rowsOf().map((row) => row['others_read_bytes']),
      ['', '7', ''],
    );
    const again = openRun(store.directory);
    again.appendTrial(trialWith(4, { othersReadBytes: 9, residentBytesBefore: 5 }));
    assert.is(rowsOf().length, 4);
    assert.equal([rowsOf()[3]?.['others_read_bytes'], rowsOf()[3]?.['resident_before_bytes']], ['9', '5']);
  });
});

test('no column of numbers is empty in all rows, and texts are always there', async () => {
  await withTemporaryDirectory((results) => {
    const store = createRun(results, run);
    assert.match(readFileSync(join(store.directory, 'summary.csv'), 'utf8'), /^fault_code,warnings\n$/);
    for (const round of [1, 2]) store.appendTrial(makeTrial(arm, round, round));
    for (const file of ['summary.csv', 'evidence.csv', 'timeseries.csv']) {
      const rows = tableOf(store.directory, file);
      const empty = Object.keys(rows[0] ?? {}).filter((name) => rows.every((row) => row[name] === ''));
      assert.equal(
        empty.filter((name) => name !== 'fault_code' && name !== 'warnings'),
        [],
        file,
      );
    }
    const [first] = tableOf(store.directory, 'summary.csv');
    assert.is(first?.['factor_bs_bytes'], '4096');
    assert.ok(Object.keys(first ?? {}).length < 70);
  });
});

test.run();
