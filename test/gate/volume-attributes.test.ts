import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { attributesOf } from '../../src/gate/attributes.js';
import { environmentMismatches, mismatchesBetween } from '../../src/gate/comparability.js';
import { compare } from '../../src/gate/comparison.js';
import { decodeRun, encodeRun } from '../../src/record/codec.js';
import type { RunRecord, TargetEnvironment } from '../../src/record/run-record.js';
import { summaryColumns } from '../../src/record/trial-columns.js';
import type { VolumeRecord } from '../../src/record/volume-record.js';
import { mountLines } from '../../src/report/comparison/mount-lines.js';
import { volumeLines } from '../../src/report/run/volume-lines.js';
import { maintenanceNotes, withVolumes } from '../../src/run/volumes.js';
import { comparisonOptions } from '../support/comparison-options.js';
import { measuredRun } from '../support/measured-runs.js';
import { makeArm, makeRun } from '../support/records.js';
import { volumeRecord } from '../support/volume-records.js';

const test = suite('volume attributes');
const arm = makeArm('read');
const plain = makeRun([arm], 1);

function runOn(volume: VolumeRecord | undefined, labels: Readonly<Record<string, string>> = {}): RunRecord {
  const [target] = plain.environment.targets;
  const targets = [Object.assign({}, target as TargetEnvironment, volume === undefined ? {} : { volume })];
  return { ...plain, labels, environment: { ...plain.environment, targets } };
}

const auto = volumeRecord({ volume: { tieringPolicy: 'AUTO', coolingDays: 31 } });

test('an arm has the settings of its volume as attributes', () => {
  const attributes = [...attributesOf(runOn(auto), 'a', arm)].filter(([name]) => name.startsWith('fsx.'));
  assert.equal(Object.fromEntries(attributes), {
    'fsx.tiering': 'AUTO',
    'fsx.cooling': '31d',
    'fsx.throughput': '512MBps',
    'fsx.deployment': 'SINGLE_AZ_1',
    'fsx.pairs': '1',
    'fsx.iops': '3072',
    'fsx.iops-mode': 'AUTOMATIC',
    'fsx.ssd': '1024GiB',
    'fsx.efficiency': 'off',
    'fsx.style': 'FLEXVOL',
    'fsx.flexcache': 'NONE',
    'fsx.snapshots': 'none',
    'fsx.volume': 'fsvol-00000000000000002',
    'fsx.svm': 'svm-0123456789abcdef0',
    'fsx.filesystem': 'fs-0123456789abcdef0',
  });
});

test('they outrank labels of the same name, and other labels keep theirs', () => {
  const attributes = attributesOf(runOn(auto, { 'fsx.tiering': 'NONE', tiering: 'mine' }), 'a', arm);
  assert.equal([attributes.get('fsx.tiering'), attributes.get('tiering')], ['AUTO', 'mine']);
  const unasked = attributesOf(runOn(undefined, { 'fsx.tiering': 'NONE' }), 'a', arm);
  assert.is(unasked.get('fsx.tiering'), 'NONE');
});

const mismatches = (one: RunRecord, other: RunRecord) =>
  environmentMismatches({ run: one, arm }, { run: other, arm }).map(({ what, base, candidate }) => [
    what,
    base,
    candidate,
  ]);

test('two runs on different volumes or settings say so, if both know them', () => {
  const fast = volumeRecord({
    fileSystem: { throughputCapacityPerHaPairMBps: 1024 },
    volume: { id: 'fsvol-00000000000000003', tieringPolicy: 'ALL' },
  });
  assert.equal(mismatches(runOn(auto), runOn(fast)), [
    ['fsx.tiering', 'AUTO', 'ALL'],
    ['fsx.cooling', '31d', 'absent'],
    ['fsx.throughput', '512MBps', '1024MBps'],
    ['fsx.volume', 'fsvol-00000000000000002', 'fsvol-00000000000000003'],
  ]);
  assert.equal(mismatches(runOn(auto), runOn(undefined)), []);
  assert.equal(mismatches(runOn(auto), runOn(auto)), []);
});

test('what is compared is no mismatch, nor is what follows from it', () => {
  const all = volumeRecord({ volume: { id: 'fsvol-00000000000000003', tieringPolicy: 'ALL', coolingDays: null } });
  const side = (run: RunRecord) => ({ run, arm, trials: [] });
  const left = (...overlooked: string[]) =>
    mismatchesBetween(side(runOn(auto)), side(runOn(all)), new Set(overlooked)).map(({ what }) => what);
  assert.equal(left(), ['fsx.tiering', 'fsx.cooling', 'fsx.volume']);
  assert.equal(left('fsx.tiering'), ['fsx.volume']);
  assert.equal(left('fsx.tiering', 'fsx.volume'), []);
  assert.equal(left('fsx.tiering', 'source'), []);
});

test('targets of one run are compared by fsx.tiering, and the report says what else differs', () => {
  const arms = ['a', 'b'].map((name) => ({ ...makeArm('read'), id: `read@${name}`, target: name }));
  const [first] = plain.environment.targets;
  const volumes = [auto, volumeRecord({ fileSystem: { haPairs: 2 }, volume: { tieringPolicy: 'ALL' } })];
  const targets = volumes.map((volume, index) =>
    Object.assign({}, first as TargetEnvironment, { name: arms[index]?.target, volume }),
  );
  const levels = arms.map((each) => ({ arm: each, levels: [1e9, 1e9] }));
  const comparison = compare(
    [measuredRun('run', levels, {}, { targets })],
    comparisonOptions({ columns: ['fsx.tiering'], demands: 'load' }),
  );
  assert.equal([...comparison.grid.columns], ['AUTO', 'ALL']);
  assert.match(mountLines(comparison)[0] ?? '', /fsx\.throughput \(512MBps → 1024MBps\) and fsx\.pairs \(1 → 2\)/);
});

test('the record is stored and read, and damaged ones are refused', () => {
  const run = runOn(auto);
  assert.equal(decodeRun(encodeRun(run), 'run.json').environment.targets[0]?.volume, auto);
  const wrong = { ...auto, volume: { ...auto.volume, sizeBytes: 'big' } } as unknown as VolumeRecord;
  assert.throws(() => decodeRun(encodeRun(runOn(wrong)), 'run.json'), /volume\.volume\.sizeBytes: expected a number/);
});

test('summary.csv has columns for volumes only where there are some', () => {
  const names = (run: RunRecord) =>
    summaryColumns(run)
      .map(({ name }) => name)
      .filter((name) => name.startsWith('fsx_'));
  assert.equal(names(plain), []);
  assert.ok(names(runOn(auto)).includes('fsx_iops_mode'));
});

test('the header shows the volume in one line, and what is not known in another', () => {
  const [target] = runOn(auto).environment.targets as [TargetEnvironment];
  assert.equal(volumeLines(target), [
    `volume of ${target.name}: fsvol-00000000000000002 (train) on fs-0123456789abcdef0, FlexVol, tiering AUTO after 31 days, efficiency off, SINGLE_AZ_1, throughput capacity 512MBps, SSD 1024GiB, IOPS 3072`,
  ]);
  const { volume: _, ...unknown } = { ...target, volumeUnknown: 'no network' };
  assert.equal(volumeLines(unknown), [`volume of ${target.name}: not fully known: no network`]);
});

test('what AWS said goes into the environment, and a maintenance window into a note', () => {
  const { name } = plain.environment.targets[0] as TargetEnvironment;
  const volumes = new Map([[name, { volume: auto }]]);
  assert.equal(withVolumes(plain.environment, volumes).targets[0]?.volume, auto);
  assert.is(withVolumes(plain.environment, new Map()), plain.environment);
  const planned = { plan: { ...plain.plan, arms: [], trials: [] }, workload: { dataset: null } } as never;
  const notes = (minute: number) => maintenanceNotes(volumes, planned, Date.UTC(2026, 10, 29, 5, minute));
  assert.equal(notes(0), []);
  assert.equal(notes(45), [
    'the maintenance window of fs-0123456789abcdef0 starts at 2026-11-29 05:30 UTC, so this run may contain pauses of up to a minute',
  ]);
});

test('a file system without its volume is recorded, compared by its settings, and told', () => {
  const { volume: _volume, ...storage } = auto;
  const [target] = plain.environment.targets as [TargetEnvironment];
  const targets = [Object.assign({}, target, { storage, volumeUnknown: 'not allowed' })];
  const run = decodeRun(encodeRun({ ...plain, environment: { ...plain.environment, targets } }), 'run.json');
  const attributes = new Map(attributesOf(run, 'a', arm));
  assert.equal(
    ['fsx.throughput', 'fsx.filesystem', 'fsx.svm', 'fsx.tiering', 'fsx.volume'].map((name) => attributes.get(name)),
    ['512MBps', 'fs-0123456789abcdef0', 'svm-0123456789abcdef0', undefined, undefined],
  );
  const [only] = run.environment.targets as [TargetEnvironment];
  assert.equal(volumeLines(only), [
    `file system of ${only.name}: fs-0123456789abcdef0, svm-0123456789abcdef0 (svm1), SINGLE_AZ_1, throughput capacity 512MBps, SSD 1024GiB, IOPS 3072`,
    `volume of ${only.name}: not fully known: not allowed`,
  ]);
  const unlisted = Object.assign({}, only, { storage: { ...storage, svm: null } });
  assert.match(volumeLines(unlisted)[0] ?? '', /: fs-0123456789abcdef0, SINGLE_AZ_1/);
});

test.run();
