import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { trialFlaws } from '../../src/gate/flaws.js';
import { evaluateThresholds, exitStatusOf } from '../../src/gate/thresholds.js';
import type { Threshold } from '../../src/workload/workload.js';
import { latencies, makeArm, makeThreshold, makeTrial, makeWindow } from '../support/records.js';

const test = suite('gate/thresholds');

function outcome(threshold: Threshold, latency = { read: latencies(...Array<number>(99).fill(50), 100) }) {
  const arm = makeArm('read', [], [threshold]);
  const slow = { ...makeWindow(100), endNs: 4e9 };
  const trials = [
    makeTrial(arm, 1, 100, { latency }),
    makeTrial(arm, 2, 100, { latency, window: slow }),
    makeTrial(arm, 3, 1e9, { warmup: true }),
    makeTrial(arm, 4, 1e9, { status: 'failed' }),
  ];
  const [result] = evaluateThresholds([arm], trials);
  assert.ok(result);
  return [result.value, result.passed, result.reason];
}

test('values are merged over the counted trials', () => {
  assert.equal(outcome(makeThreshold('throughput', null, '>', 40)), [40, false, null]);
  assert.equal(outcome(makeThreshold('throughput', null, '>=', 40)), [40, true, null]);
  assert.equal(outcome(makeThreshold('iops', null, '<', 401)), [400, true, null]);
  assert.equal(outcome(makeThreshold('iops', null, '<=', 399)), [400, false, null]);
  assert.equal(outcome(makeThreshold('cpu', null, '<', 1e6)), [500_000, true, null]);
  assert.equal(outcome(makeThreshold('latency', 0.99, '<', 100)), [50, true, null]);
  assert.equal(outcome(makeThreshold('latency', 0.999, '<', 100)), [100, false, null]);
  assert.equal(outcome(makeThreshold('read', 'max', '<=', 100)), [100, true, null]);
  assert.equal(outcome(makeThreshold('read', 'mean', '<', 51)), [50.5, true, null]);
});

test('clat is the latency where it was not recorded apart; slat is not', () => {
  assert.equal(outcome(makeThreshold('clat', 0.5, '<', 51)), [50, true, null]);
  assert.equal(outcome(makeThreshold('slat', 0.5, '<', 51)), [null, false, 'not measured']);
});

test('what was not measured fails, in either direction', () => {
  assert.equal(outcome(makeThreshold('fsync', 0.99, '<', 1e9)), [null, false, 'not measured']);
  const arm = makeArm(
    'read',
    [],
    [makeThreshold('throughput', null, '>', 0), makeThreshold('throughput', null, '<', 9)],
  );
  const results = evaluateThresholds([arm], [makeTrial(arm, 1, 5, { status: 'aborted' })]);
  assert.equal(
    results.map(({ passed, reason }) => [passed, reason]),
    [
      [false, 'not measured'],
      [false, 'not measured'],
    ],
  );
});

test('each arm is judged by itself', () => {
  const threshold = makeThreshold('throughput', null, '>', 10);
  const arms = [makeArm('fast', [], [threshold]), makeArm('slow', [], [threshold]), makeArm('free')];
  const trials = arms.map((arm, index) => makeTrial(arm, 1, index === 0 ? 20 : 5));
  const results = evaluateThresholds(arms, trials).map(({ arm, passed }) => [arm, passed]);
  assert.equal(results, [
    ['fast', true],
    ['slow', false],
  ]);
});

test('a failed trial outweighs an interrupt, and that a threshold', () => {
  const arm = makeArm('read');
  const [ok, failed] = [makeTrial(arm, 1, 1), makeTrial(arm, 2, 1, { status: 'failed' })];
  const kept = { passed: true };
  const broken = { passed: false };
  assert.is(exitStatusOf({ status: 'complete', trials: [ok], thresholds: [kept] }), 0);
  assert.is(exitStatusOf({ status: 'complete', trials: [ok], thresholds: [kept, broken] }), 1);
  assert.is(exitStatusOf({ status: 'aborted', trials: [ok], thresholds: [broken] }), 130);
  assert.is(exitStatusOf({ status: 'aborted', trials: [ok, failed], thresholds: [broken] }), 5);
  assert.is(exitStatusOf({ status: 'failed', trials: [], thresholds: [] }), 5);
});

test('a trial that measured nothing fails every threshold of its arm, and the run as a failed measurement', () => {
  const threshold = makeThreshold('throughput', null, '>=', 0);
  const arm = makeArm('read', [], [threshold, makeThreshold('latency', 0.5, '<', 1e9)]);
  const empty = { ...makeWindow(1), endNs: 0 };
  const latency = { read: latencies(1) };
  const trials = [makeTrial(arm, 1, 100, { latency }), makeTrial(arm, 2, 1, { latency, window: empty })];
  const thresholds = evaluateThresholds([arm], trials);
  const reason = 'nothing measured in 1 of 2 trials';
  assert.equal(
    thresholds.map(({ value, passed, reason }) => [value, passed, reason]),
    [
      [null, false, reason],
      [null, false, reason],
    ],
  );
  const kept = [{ passed: true }];
  assert.is(exitStatusOf({ status: 'complete', trials, thresholds }), 5);
  assert.is(exitStatusOf({ status: 'complete', trials, thresholds: kept }), 5);
  assert.equal(trialFlaws(trials), ['trial s1r2t1 of read measured nothing']);
  const warmup = [makeTrial(arm, 1, 100, { latency }), makeTrial(arm, 2, 1, { window: empty, warmup: true })];
  assert.is(exitStatusOf({ status: 'complete', trials: warmup, thresholds: kept }), 0);
  assert.equal(trialFlaws(warmup), []);
});

test('a trial in which the storage did not answer is measured', () => {
  const arm = makeArm('read', [], [makeThreshold('throughput', null, '>=', 50)]);
  const trials = [makeTrial(arm, 1, 100), makeTrial(arm, 2, 0, { window: makeWindow(0, 0) })];
  const thresholds = evaluateThresholds([arm], trials);
  assert.equal(
    thresholds.map(({ value, passed }) => [value, passed]),
    [[50, true]],
  );
  assert.is(exitStatusOf({ status: 'complete', trials, thresholds }), 0);
});

test.run();
