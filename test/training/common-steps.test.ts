/** A barrier over machines, computed from their step times: closed forms. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { commonSteps, type StepTimes } from '../../src/training/common-steps.js';

const test = suite('training/common-steps');
const COMPUTE = 10;

/** A machine whose steps wait for these times and compute for 10, with pauses before some of them. */
function machine(waitsNs: readonly number[], pauses: Readonly<Record<number, number>> = {}): StepTimes {
  let nowNs = 0;
  const startsNs = waitsNs.map((waitNs, step) => {
    const startNs = nowNs + (pauses[step] ?? 0);
    nowNs = startNs + waitNs + COMPUTE;
    return startNs;
  });
  return { startsNs, durationsNs: waitsNs.map((waitNs) => waitNs + COMPUTE), waitsNs };
}

const alternating = (first: number, second: number): number[] =>
  Array.from({ length: 20 }, (_, step) => (step % 2 === 0 ? first : second));

test('the slowest machine decides each step, and the others wait for it', () => {
  const slow = machine(Array.from({ length: 20 }, () => 10));
  const fast = machine(Array.from({ length: 20 }, () => 0));
  for (const stock of [0, 1, 8]) {
    const { wallNs, durationsNs, waitShares } = commonSteps([fast, slow], stock);
    assert.is(wallNs, 20 * 20);
    assert.equal(new Set(durationsNs), new Set([20]));
    assert.equal(waitShares, [1, 1]);
  }
});

test('machines that are slow in turn make every step slow, unless they load ahead while they wait', () => {
  const machines = [machine(alternating(10, 0)), machine(alternating(0, 10))];
  assert.is(commonSteps(machines, 0).wallNs, 20 * 20);
  // The first one holds the second one up for as long as that would wait afterwards, and is never held up itself.
  const ahead = commonSteps(machines, 1);
  assert.is(ahead.wallNs, 10 * 20 + 10 * 10);
  assert.equal(ahead.waitShares, [1, 0]);
});

test('what a machine gains while it waits is not more than its stock lasts', () => {
  // The second machine is held up by 90 long before its own wait of 90.
  const machines = [machine([90, 0, 0, 0, 0, 0]), machine([0, 0, 0, 0, 90, 0])];
  assert.is(commonSteps(machines, 2).wallNs, 6 * COMPUTE + 180);
  assert.is(commonSteps(machines, 4).wallNs, 6 * COMPUTE + 90);
});

test('all machines pause until the last one goes on', () => {
  const { wallNs, pausesNs } = commonSteps([machine([0, 0, 0], { 2: 30 }), machine([0, 0, 0], { 2: 50 })], 4);
  assert.equal([wallNs, pausesNs], [30 + 50, 50]);
});

test('one machine alone has its own times, and more machines are never faster than the slowest', () => {
  const waits = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 12, maxLength: 12 });
  void fc.assert(
    fc.property(waits, waits, fc.integer({ min: 0, max: 6 }), (first, second, stock) => {
      const [a, b] = [machine(first), machine(second)];
      const alone = commonSteps([a], stock);
      const ownNs = (a.startsNs.at(-1) ?? 0) + (a.durationsNs.at(-1) ?? 0);
      assert.equal([alone.wallNs, alone.durationsNs, alone.waitShares], [ownNs, a.durationsNs, [1]]);
      const both = commonSteps([a, b], stock);
      const barrierNs = a.durationsNs.reduce((sum, own, step) => sum + Math.max(own, b.durationsNs[step] ?? 0), 0);
      assert.ok(both.wallNs <= barrierNs);
      assert.ok(both.wallNs >= ownNs);
      assert.is(commonSteps([a, b], 0).wallNs, barrierNs);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test.run();
