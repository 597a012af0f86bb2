/** Rates of phases: over workers, loops, machines and trials, and what they leave of throughput. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { WorkerPhase, WorkerReport } from '../../src/engine/core/protocol.js';
import { decodeTrial, encodeTrial } from '../../src/record/codec.js';
import { mergeRanks } from '../../src/record/merge-ranks.js';
import { phaseRate } from '../../src/record/phases.js';
import type { Phase, TrialRecord } from '../../src/record/trial-record.js';
import { iops, throughputBytesPerSecond, windowOps } from '../../src/record/trial-values.js';
import { defaultMeasure } from '../../src/stats/measure.js';
import { assemblePhases, assembleWindow } from '../../src/trial/assemble.js';
import { makeArm, makeTrial } from '../support/records.js';

const test = suite('record/phases');

const PHASES: readonly Phase[] = [
  { operation: 'create', durationNs: 2e9, operations: 1000 },
  { operation: 'readdir', durationNs: 1e8, operations: 4, entries: 2000 },
];

function trialWith(phases: readonly Phase[], changes: Partial<TrialRecord> = {}): TrialRecord {
  const trial = makeTrial(makeArm('md'), 1, 0);
  return {
    ...trial,
    window: {
      ...trial.window,
      readBytes: 0,
      readOps: 0,
      totalReadOps: 0,
      slowestDecides: true,
      entryOps: 1004,
      totalEntryOps: 1004,
    },
    phases,
    ...changes,
  };
}

test('a rate is the operations over the time of its phase, and of several trials Σ / Σ', () => {
  const trial = trialWith(PHASES);
  assert.is(phaseRate([trial], 'create'), 500);
  assert.is(phaseRate([trial], 'readdir'), 40);
  assert.is(phaseRate([trial], 'readdir', 'entries'), 20_000);
  assert.ok(Number.isNaN(phaseRate([trial], 'stat')));
  const slow = trialWith([{ operation: 'create', durationNs: 8e9, operations: 1000 }]);
  assert.is(phaseRate([trial, slow], 'create'), 200);
});

test('a trial with phases has no throughput and no IOPS, and its rate is what is compared', () => {
  const trial = trialWith(PHASES);
  assert.ok(Number.isNaN(throughputBytesPerSecond(trial)));
  assert.ok(Number.isNaN(iops(trial)));
  assert.is(windowOps(trial), 1004);
  assert.is(defaultMeasure([trial]), 'create_rate');
  assert.is(defaultMeasure([trialWith([{ operation: 'stat', durationNs: 1, operations: 1 }])]), 'stat_rate');
  assert.is(defaultMeasure([trial, makeTrial(makeArm('io'), 1, 1e6)]), 'throughput');
  assert.is(defaultMeasure([]), 'throughput');
});

test('a record is read as it was written, and a damaged phase is refused', () => {
  const trial = trialWith(PHASES);
  assert.equal(decodeTrial(encodeTrial(trial), 'trials.jsonl:1'), trial);
  const odd = encodeTrial(trial).replace('"operation":"create"', '"operation":"chmod"');
  assert.throws(() => decodeTrial(odd, 'trials.jsonl:1'), /trials\.jsonl:1: .*operation/);
  const missing = encodeTrial(trial).replace('"durationNs":2000000000,', '');
  assert.throws(() => decodeTrial(missing, 'trials.jsonl:1'), /durationNs/);
});

test('machines add up their operations, and a phase lasts as long as on the slowest', () => {
  const other: Phase[] = [
    { operation: 'create', durationNs: 4e9, operations: 3000 },
    { operation: 'readdir', durationNs: 5e7, operations: 4, entries: 2000 },
  ];
  const merged = mergeRanks([trialWith(PHASES), trialWith(other, { rank: 1 })]);
  assert.equal(merged.phases, [
    { operation: 'create', durationNs: 4e9, operations: 4000 },
    { operation: 'readdir', durationNs: 1e8, operations: 8, entries: 4000 },
  ]);
  assert.is(merged.window.entryOps, 2008);
});

const phase = (operation: Phase['operation'], startNs: number, endNs: number, operations: number): WorkerPhase => ({
  operation,
  startNs,
  endNs,
  operations,
});

function reportOf(phases: readonly WorkerPhase[], busyNs: number): WorkerReport {
  const entryOps = phases.reduce((sum, { operations }) => sum + operations, 0) + 7;
  const total = { atNs: 9000, readOps: 0, writeOps: 0, entryOps, readBytes: 0, writeBytes: 0 };
  return {
    total,
    rampEnd: null,
    deadlineEnd: null,
    allBusyEnd: null,
    startDelayNs: 0,
    busyNs,
    phases,
    seconds: [],
    usage: null,
    gcNs: 0,
    gcCount: 0,
    ring: null,
    shortTransfers: 0,
  };
}

test('a phase lasts from the first start to the last end, and passes add up', () => {
  const reports = [
    reportOf([phase('create', 0, 100, 5), phase('stat', 210, 300, 5), phase('create', 400, 500, 5)], 450),
    reportOf([phase('create', 10, 200, 5), phase('stat', 205, 290, 4), phase('create', 390, 520, 5)], 470),
  ];
  assert.equal(assemblePhases(reports), [
    { operation: 'create', durationNs: 200 + 130, operations: 20 },
    { operation: 'stat', durationNs: 95, operations: 9 },
  ]);
  const window = assembleWindow(reports);
  assert.equal([window.startNs, window.endNs, window.entryOps, window.totalEntryOps], [0, 470, 29, 43]);
  assert.is(assemblePhases([{ ...reports[0]!, phases: undefined } as unknown as WorkerReport]), undefined);
});

test.run();
