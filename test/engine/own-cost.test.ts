import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { measureOwnCost } from '../../src/engine/own-cost.js';

const test = suite('engine/own-cost');

test('an operation costs more than a clock reading', () => {
  const least = { clockNs: Number.POSITIVE_INFINITY, nullNs: Number.POSITIVE_INFINITY };
  // It has two in it, and a count. A busy machine slows one and not the other, but not each time.
  for (let times = 0; times < 20 && least.nullNs <= least.clockNs; times++) {
    const { clockNs, histogramNs, nullNsPerOperation } = measureOwnCost();
    assert.ok(clockNs > 0 && histogramNs > 0);
    least.clockNs = Math.min(least.clockNs, clockNs);
    least.nullNs = Math.min(least.nullNs, nullNsPerOperation);
  }
  assert.ok(least.nullNs > least.clockNs, `${least.nullNs} ns, clock ${least.clockNs} ns`);
});

test.run();
