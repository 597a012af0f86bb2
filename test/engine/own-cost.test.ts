import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { measureOwnCost } from '../../src/engine/own-cost.js';

const test = suite('engine/own-cost');

test('an operation costs more than a clock reading', () => {
  const { clockNs, histogramNs, nullNsPerOperation } = measureOwnCost();
  assert.ok(clockNs > 0 && histogramNs > 0);
  // It has two in it, and a count; a busy machine may have slowed the one and not the other.
  assert.ok(nullNsPerOperation > clockNs, `${nullNsPerOperation} ns, clock ${clockNs} ns`);
});

test.run();
