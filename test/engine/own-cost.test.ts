import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { measureOwnCost } from '../../src/engine/own-cost.js';

const test = suite('engine/own-cost');

test('an operation costs more than the clock readings and the histogram in it', () => {
  const { clockNs, histogramNs, nullNsPerOperation } = measureOwnCost();
  assert.ok(clockNs > 0 && histogramNs > 0);
  // Two readings and a count; half of it is allowed for a busy machine that slowed the one and not the other.
  assert.ok(nullNsPerOperation > (2 * clockNs + histogramNs) / 2, `${nullNsPerOperation} ns, clock ${clockNs} ns`);
});

test.run();
