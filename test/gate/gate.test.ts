import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compare } from '../../src/gate/comparison.js';
import { gateOf, gateStatusOf, isDecided } from '../../src/gate/decide.js';
import type { ThresholdResult } from '../../src/gate/thresholds.js';
import { comparisonOptions } from '../support/comparison-options.js';
import { around, measuredRun } from '../support/measured-runs.js';
import { makeArm, makeThreshold } from '../support/records.js';

const test = suite('gate/gate');
const LOOK = { number: 1, planned: 1 };

/** A gate on a candidate at `ratio` of its baseline, `n` sessions of each, perhaps with another kernel, perhaps a broken threshold. */
function gate(
  ratio: number,
  { n = 12, kernel = '6.1.0', broken = false, failOnInconclusive = false, levels = around(100, n) } = {},
) {
  const arm = makeArm('read');
  const base = measuredRun('base', [{ arm, levels }]);
  const candidate = measuredRun(
    'new',
    [{ arm, levels: levels.map((level) => level * ratio).reverse() }],
    {},
    { kernel },
  );
  const comparison = compare([base, candidate], comparisonOptions({ alpha: 0.01, minEffect: 0.02 }));
  const threshold = makeThreshold('throughput', null, '>', 1);
  const thresholds: ThresholdResult[] = [{ threshold, arm: arm.id, value: 0, passed: !broken, reason: null }];
  const result = gateOf(comparison, thresholds, { failOnInconclusive, look: LOOK });
  return { ...result, status: gateStatusOf(result), decided: isDecided({ comparison, result }) };
}
const outcome = (...args: Parameters<typeof gate>) => {
  const { outcome: came, status, decided } = gate(...args);
  return [came, status, decided];
};
/** So spread that nothing can be told. */
const WIDE = [60, 140, 75, 120, 90, 110, 65, 130, 100, 95, 80, 125];

test('equal and faster pass, slower fails', () => {
  assert.equal(outcome(1), ['pass', 0, true]);
  assert.equal(outcome(1.5), ['pass', 0, true]);
  assert.equal(outcome(0.9), ['regression', 1, true]);
});

test('inconclusive passes unless it is asked to fail, and is not decided', () => {
  assert.equal(outcome(1, { levels: WIDE }), ['pass', 0, false]);
  assert.equal(outcome(1, { levels: WIDE, failOnInconclusive: true }), ['inconclusive', 3, false]);
  assert.equal(outcome(1, { failOnInconclusive: true }), ['pass', 0, true]);
});

test('a gate that could not have failed does not pass', () => {
  assert.equal(outcome(0.5, { n: 3 }), ['inconclusive', 3, false]);
  assert.is(gate(0.5, { n: 3 }).sessionsNeeded, 6, 'smallestShiftP: 0.0123 at 5, 0.0047 at 6');
  assert.is(gate(1).sessionsNeeded, null);
});

test('what cannot be compared outweighs what cannot be told, and is outweighed by a broken threshold', () => {
  assert.equal(outcome(0.5, { kernel: '6.2.0' }), ['incomparable', 4, true]);
  assert.equal(outcome(0.5, { kernel: '6.2.0', n: 3 }), ['incomparable', 4, true]);
  assert.is(gate(0.5, { kernel: '6.2.0', n: 3 }).sessionsNeeded, null);
  assert.equal(outcome(1, { kernel: '6.2.0', broken: true }), ['regression', 1, true]);
  const { failedThresholds } = gate(1, { broken: true });
  assert.equal(
    failedThresholds.map(({ arm }) => arm),
    ['read'],
  );
});

test('a comparison without cells is incomparable', () => {
  const [one, other] = [makeArm('one'), makeArm('other')].map((arm) => measuredRun(arm.job, [{ arm, levels: [1] }]));
  assert.ok(one && other);
  const comparison = compare([one, other], comparisonOptions({ rows: ['job'], alpha: 0.01 }));
  assert.equal(comparison.cells, []);
  assert.is(gateOf(comparison, [], { failOnInconclusive: false, look: LOOK }).outcome, 'incomparable');
});

test.run();
