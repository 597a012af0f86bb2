import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeRun, decodeTrial, encodeRun, encodeTrial } from '../../src/record/codec.js';
import { feedrateError } from '../support/feedrate-error.js';
import { makeArm, makeRun, makeTrial, makeWindow } from '../support/records.js';

const test = suite('record/codec');
const arm = makeArm('randread', [{ name: 'bs', label: '4KiB' }]);

test('a trial comes back as it was, on one line', () => {
  const trial = makeTrial(arm, 1, 1e8, { job: 'two\nlines\u2028"quoted"' });
  const line = encodeTrial(trial);
  assert.not.match(line, /\n/);
  assert.equal(decodeTrial(line, 'x:1'), trial);
});

test('a run comes back as it was', () => {
  const run = makeRun([arm], 2);
  assert.equal(decodeRun(encodeRun(run), 'run.json'), run);
});

test('runs of earlier versions tell by their command how caches were dropped; later ones by their fields alone', () => {
  const { calibration: _for, dropCaches: _dropped, remount: _mounted, ...older } = makeRun([arm], 1);
  const decoded = (record: object) => {
    const { dropCaches, remount } = decodeRun(JSON.stringify(record), 'run.json');
    return [dropCaches, remount];
  };
  assert.equal(decoded(older), [false, false]);
  assert.equal(decoded({ ...older, command: ['run', 'w.yaml', '--remount'] }), [false, true]);
  assert.equal(decoded({ ...older, command: ['run', 'w.yaml', '--drop-caches'] }), [true, false]);
  const recorded = { ...older, command: ['run', 'w.yaml', '--remount'], dropCaches: true, remount: false };
  assert.equal(decoded(recorded), [true, false]);
  const calibration = (record: object) => decodeRun(JSON.stringify(record), 'run.json').calibration;
  assert.is(calibration(older), false);
  assert.is(calibration({ ...older, command: ['calibrate', '-t', '/mnt/a'] }), true);
  assert.is(calibration({ ...older, command: ['calibrate'], calibration: false }), false);
});

test('records of before there were file sets are read', () => {
  const run = makeRun([arm], 1);
  const { filesets: _, order: __, ...plan } = run.plan;
  assert.equal(decodeRun(JSON.stringify({ ...run, plan }), 'run.json'), run, 'one set, shuffled rounds');
  assert.is(decodeTrial(encodeTrial(makeTrial(arm, 1, 1e8)), 'x:1').fileset, undefined);
  assert.is(decodeTrial(encodeTrial(makeTrial(arm, 1, 1e8, { fileset: 1 })), 'x:1').fileset, 1);
});

test('fields of a later feedrate are kept', () => {
  const line = JSON.stringify({ ...makeTrial(arm, 1, 1e8), gpu: { count: 8 } });
  const trial = decodeTrial(line, 'x:1') as unknown as { gpu: unknown };
  assert.equal(trial.gpu, { count: 8 });
});

test('a number that was not measured is NaN, not 0', () => {
  const window = { ...makeWindow(1e8), readBytes: Number.NaN };
  const trial = decodeTrial(encodeTrial(makeTrial(arm, 1, 1e8, { window })), 'x:1');
  assert.ok(Number.isNaN(trial.window.readBytes));
});

const damaged: readonly [string, (trial: Record<string, unknown>) => unknown, RegExp][] = [
  ['another version', (trial) => ({ ...trial, recordVersion: 2 }), /^t:7: recordVersion: expected version 1.*found 2$/],
  ['no version', ({ recordVersion: _, ...trial }) => trial, /^t:7: recordVersion: expected a number, found nothing$/],
  ['a wrong status', (trial) => ({ ...trial, status: 'fine' }), /status: expected ok, failed, aborted, found "fine"/],
  ['no window', (trial) => ({ ...trial, window: null }), /^t:7: window: expected an object, found null$/],
  ['a text as a number', (trial) => ({ ...trial, session: '1' }), /^t:7: session: expected a number, found "1"$/],
  ['a file set in words', (trial) => ({ ...trial, fileset: 'a' }), /^t:7: fileset: expected a number, found "a"$/],
  ['a bin too many', (trial) => ({ ...trial, latency: { read: [99999, 1] } }), /latency\.read: expected bins/],
  ['half a pair', (trial) => ({ ...trial, latency: { read: [5] } }), /latency\.read: expected bins/],
  ['a text as a count', (trial) => ({ ...trial, latency: { read: [5, '1'] } }), /latency\.read: expected bins/],
  [
    'a number as latencies',
    (trial) => ({ ...trial, latency: { read: 5 } }),
    /latency\.read: expected a list, found 5$/,
  ],
  ['a fault without code', (trial) => ({ ...trial, fault: {} }), /fault\.code: expected a text/],
  ['a factor without label', (trial) => ({ ...trial, factors: [{ name: 'bs' }] }), /factors\[0\]\.label/],
  ['a series of texts', (trial) => ({ ...trial, series: ['x'] }), /series\[0\]: expected an object/],
  ['a list', () => [], /^t:7: expected an object, found \[\]$/],
];
for (const [what, damage, message] of damaged) {
  test(`${what} is refused with its place`, () => {
    const line = JSON.stringify(damage({ ...makeTrial(arm, 1, 1e8) }));
    assert.throws(() => decodeTrial(line, 't:7'), feedrateError('store', message));
  });
}

test('every cut of a line is refused with its place', () => {
  const line = encodeTrial(makeTrial(arm, 1, 1e8));
  for (let length = 0; length < line.length; length++) {
    const pattern = length === 0 ? /^t:1: empty$/ : /^t:1: cut off or damaged: /;
    assert.throws(() => decodeTrial(line.slice(0, length), 't:1'), feedrateError('store', pattern));
  }
});

test('any JSON is either a record or a clear refusal', () => {
  void fc.assert(
    fc.property(fc.json(), (text) => {
      for (const decode of [decodeTrial, decodeRun]) {
        assert.throws(() => decode(text, 'f'), feedrateError('store', /^f: /));
      }
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('a run without plan is refused with its place', () => {
  const { plan: _, ...rest } = makeRun([arm], 1);
  const pattern = /^run\.json: plan: expected an object, found nothing$/;
  assert.throws(() => decodeRun(JSON.stringify(rest), 'run.json'), feedrateError('store', pattern));
});

test.run();
