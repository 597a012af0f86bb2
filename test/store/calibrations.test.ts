import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CalibrationRecord } from '../../src/record/calibration-record.js';
import { readCalibrations, saveCalibration } from '../../src/store/calibrations.js';
import { feedrateError } from '../support/feedrate-error.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('store/calibrations');

function record(run: string, calibratedAt: string): CalibrationRecord {
  return {
    calibrationVersion: 1,
    run,
    calibratedAt,
    feedrate: '0.1.0',
    hostname: 'notebook',
    workload: 'calibrate',
    path: '/mnt/data',
    target: { source: 'svm-1:/train', fileSystem: 'nfs4', options: ['rw', 'vers=4.1'] },
    plan: { sessions: 10, rounds: 3, arms: 1 },
    costs: { sessionNs: 5e8, roundNs: 1e9, trialNs: 4e8 },
    alpha: 0.01,
    minEffect: 0.01,
    power: 0.9,
    wanted: 0.05,
    recommended: null,
    warnings: [],
    sessionsNeeded: null,
    cells: [
      {
        arm: 'read',
        spec: { rw: 'read' },
        words: { rw: 'read' },
        measure: 'throughput',
        median: 1e9,
        trialCv: 0.02,
        levels: [],
        repeatMore: 'round',
        optimalRounds: 4,
        sessions: 10,
        sessionSd: 0.02,
        pDiffers: 0.7,
        couldDiffer: true,
        halves: { ratio: 1.01, pDiffers: 0.4, couldDiffer: false },
        ratio: { estimate: 1, low: 0.98, high: 1.01 },
        floor: 0.02,
        detectable: 0.05,
      },
    ],
  };
}

test('what is saved is read again, oldest first', async () => {
  await withTemporaryDirectory((results) => {
    assert.equal(readCalibrations(results), []);
    const late = record('20261124T100000Z_calibrate_aaaa', '2026-11-24T10:00:00.000Z');
    const early = record('20261123T100000Z_calibrate_bbbb', '2026-11-23T10:00:00.000Z');
    assert.is(basename(saveCalibration(results, late)), '20261124T100000Z_calibrate_aaaa.json');
    saveCalibration(results, early);
    assert.equal(readCalibrations(results), [early, late]);
    saveCalibration(results, { ...early, wanted: 0.1 });
    assert.equal(readCalibrations(results)[0]?.wanted, 0.1);
  });
});

test('a calibration of a version that simulated false alarms is read', async () => {
  await withTemporaryDirectory((results) => {
    const { sessionsNeeded: _, ...made } = record('r', '2026-11-23T10:00:00.000Z');
    const cells = made.cells.map(({ halves: __, ...cell }) => cell);
    const falseAlarms = { families: 2000, alarms: 0, low: 0, high: 0.0018, sessionsNeeded: null };
    saveCalibration(results, { ...made, cells, falseAlarms } as never);
    const [found] = readCalibrations(results);
    assert.equal([found?.sessionsNeeded, found?.cells[0]?.halves, found?.cells[0]?.floor], [null, null, 0.02]);
  });
});

const DAMAGED: readonly [string, (text: string) => string, RegExp][] = [
  ['cut off', (text) => text.slice(0, 100), /r\.json: cut off or damaged/],
  ['empty', () => '', /r\.json: empty/],
  [
    'of a later version',
    (text) => text.replace('"calibrationVersion": 1', '"calibrationVersion": 2'),
    /version 2|expected version 1/,
  ],
  ['without its cells', (text) => text.replace('"cells"', '"cell"'), /cells: expected a list, found nothing/],
  [
    'with a floor above all',
    (text) => text.replace('"floor": 0.02', '"floor": 2'),
    /cells\[0\]\.floor: expected a part/,
  ],
  [
    'with a floor in words',
    (text) => text.replace('"floor": 0.02', '"floor": "2 %"'),
    /cells\[0\]\.floor: expected a number/,
  ],
];

for (const [what, damage, message] of DAMAGED) {
  test(`a calibration ${what} is an error that names the file`, async () => {
    await withTemporaryDirectory((results) => {
      const text = JSON.stringify(record('r', '2026-11-23T10:00:00.000Z'), null, 2);
      mkdirSync(join(results, 'calibrations'));
      writeFileSync(join(results, 'calibrations', 'r.json'), damage(text));
      assert.throws(() => readCalibrations(results), feedrateError('store', message));
      rmSync(join(results, 'calibrations', 'r.json'));
      assert.equal(readCalibrations(results), []);
    });
  });
}

test('results that cannot be written are an error', async () => {
  await withTemporaryDirectory((results) => {
    writeFileSync(join(results, 'calibrations'), '');
    const saved = record('r', '2026-11-23T10:00:00.000Z');
    assert.throws(() => saveCalibration(results, saved), feedrateError('store', /calibrations/));
  });
});

test.run();
