import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  detectableSize,
  effectOfSize,
  minimumDetectableEffect,
  sessionsFor,
  signedRankPower,
} from '../../src/stats/power.js';

const test = suite('stats/power');

// The reference lies with the sources, three folders above the compiled test.
const golden = JSON.parse(
  readFileSync(new URL('../../../test/stats/reference/power.json', import.meta.url), 'utf8'),
) as { readonly power: readonly { n: number; alpha: number; size: number; power: number }[] };

test('power is that of the distributions of R', () => {
  assert.is(golden.power.length, 200);
  for (const { n, alpha, size, power } of golden.power) {
    const plan = { sessionSd: 0.01, alpha, delta: 0.01 };
    const found = signedRankPower(effectOfSize(size, plan), n, plan);
    assert.ok(Math.abs(found - power) < 1e-9, `n ${n}, alpha ${alpha}, size ${size}: ${found} ≠ ${power}`);
  }
});

test('the smallest detectable difference has the power that was asked for, and a smaller one has not', () => {
  for (const { n, alpha } of golden.power.slice(0, 30)) {
    const plan = { sessionSd: 0.005, alpha, delta: 0.01, n, power: 0.9 };
    const effect = minimumDetectableEffect(plan);
    assert.ok(signedRankPower(effect, n, plan) >= 0.9);
    assert.ok(signedRankPower(0.01 + 0.99 * (effect - 0.01), n, plan) < 0.9);
  }
});

test('where no flip reaches the bound nothing is detectable, and without noise all beyond delta is', () => {
  assert.is(detectableSize(5, 0.01, 0.9), Number.POSITIVE_INFINITY);
  assert.is(signedRankPower(0.5, 5, { sessionSd: 0.01, alpha: 0.01, delta: 0 }), 0);
  assert.is(signedRankPower(0.02, 7, { sessionSd: 0, alpha: 0.01, delta: 0.01 }), 1);
  assert.is(minimumDetectableEffect({ sessionSd: 0, alpha: 0.01, delta: 0.01, n: 7, power: 0.9 }), 0.01);
});

test('fewer sessions than sessionsFor names do not do', () => {
  const plan = { sessionSd: 0.02, alpha: 0.01 / 60, delta: 0.01 };
  const n = sessionsFor({ ...plan, effect: 0.05, power: 0.95 });
  assert.ok(n > 12 && n < 25, `${n}`);
  assert.ok(signedRankPower(0.05, n, plan) >= 0.95 && signedRankPower(0.05, n - 1, plan) < 0.95);
  assert.is(sessionsFor({ ...plan, effect: 0.01, power: 0.95 }), Number.POSITIVE_INFINITY);
});

test.run();
