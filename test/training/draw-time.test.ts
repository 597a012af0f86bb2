/** Times of steps: their spelling, and that what is drawn has the mean and deviation that were asked for. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { drawTime } from '../../src/training/draw-time.js';
import { meanOfSpread, type TimeSpread, timeSpread } from '../../src/workload/time-spread.js';

const test = suite('training/draw-time');

const MS = 1e6;
const SPREADS: readonly (readonly [string, TimeSpread, number])[] = [
  ['90ms', { type: 'constant', ns: 90 * MS }, 0],
  ['normal:90ms:5ms', { type: 'normal', meanNs: 90 * MS, stdevNs: 5 * MS }, 5 * MS],
  ['uniform:60ms:120ms', { type: 'uniform', minNs: 60 * MS, maxNs: 120 * MS }, (60 * MS) / Math.sqrt(12)],
  ['exponential:90ms', { type: 'exponential', meanNs: 90 * MS }, 90 * MS],
  ['gamma:4.5:20ms', { type: 'gamma', shape: 4.5, scaleNs: 20 * MS }, Math.sqrt(4.5) * 20 * MS],
  ['gamma:0.5:180ms', { type: 'gamma', shape: 0.5, scaleNs: 180 * MS }, Math.sqrt(0.5) * 180 * MS],
];

for (const [spelled, spread, deviationNs] of SPREADS) {
  test(`${spelled}: read, labelled and drawn`, () => {
    assert.equal(timeSpread.read(spelled), { ok: true, value: spread });
    assert.is(timeSpread.label(spread), spelled);
    assert.is(meanOfSpread(spread), 90 * MS);
    const prng = createPrng(3);
    const drawn = Array.from({ length: 20_000 }, () => drawTime(spread, prng));
    const mean = drawn.reduce((sum, ns) => sum + ns, 0) / drawn.length;
    const deviation = Math.sqrt(drawn.reduce((sum, ns) => sum + (ns - mean) ** 2, 0) / drawn.length);
    assert.ok(Math.abs(mean / (90 * MS) - 1) < 0.03, `mean ${mean}`);
    assert.ok(Math.abs(deviation - deviationNs) < 0.04 * (deviationNs + 1), `deviation ${deviation}`);
  });
}

test('a Poisson time has whole seconds, of any mean', () => {
  for (const seconds of [0.2, 4, 1200]) {
    const spread: TimeSpread = { type: 'poisson', meanNs: seconds * 1e9 };
    const prng = createPrng(5);
    const drawn = Array.from({ length: 4000 }, () => drawTime(spread, prng) / 1e9);
    assert.ok(drawn.every(Number.isInteger));
    const mean = drawn.reduce((sum, each) => sum + each, 0) / drawn.length;
    const variance = drawn.reduce((sum, each) => sum + (each - mean) ** 2, 0) / drawn.length;
    assert.ok(Math.abs(mean - seconds) < 4 * Math.sqrt(seconds / 4000), `mean ${mean}`);
    assert.ok(Math.abs(variance / seconds - 1) < 0.15, `variance ${variance}`);
  }
  assert.equal(timeSpread.read('poisson:2'), { ok: true, value: { type: 'poisson', meanNs: 2e9 } });
});

test('the maps of DLIO are the same times', () => {
  for (const [map, spelled] of [
    [{ mean: 0.09 }, '90ms'],
    [{ mean: 0.09, stdev: 0.005 }, 'normal:90ms:5ms'],
    [{ type: 'normal', mean: '90ms', stdev: 0.005 }, 'normal:90ms:5ms'],
    [{ type: 'uniform', min: 0.06, max: 0.12 }, 'uniform:60ms:120ms'],
    [{ type: 'gamma', shape: 4.5, scale: 0.02 }, 'gamma:4.5:20ms'],
    [{ type: 'exponential', scale: 0.09 }, 'exponential:90ms'],
    [{ type: 'poisson', lam: 2 }, 'poisson:2s'],
  ] as const)
    assert.equal(timeSpread.read(map), timeSpread.read(spelled), JSON.stringify(map));
  for (const [map, message] of [
    [{ type: 'gauss' }, /^type: "gauss" is not one of normal/],
    [{ type: 'normal', mean: 1 }, /^the map lacks stdev, which normal needs/],
    [{ type: 'poisson', lam: 1, mean: 1 }, /^mean is not part of poisson/],
    [{ mena: 1 }, /^"mena" is no parameter, did you mean mean\?|^"mena" is no parameter/],
    [{ mean: [1] }, /^mean: /],
    [{}, /^the map lacks a type or a mean/],
  ] as const) {
    const read = timeSpread.read(map);
    assert.match(read.ok ? 'no error' : read.message, message);
  }
});

test('a number is in seconds, as in DLIO', () => {
  assert.equal(timeSpread.read(0.162), { ok: true, value: { type: 'constant', ns: 162 * MS } });
});

test('says what is wrong', () => {
  const messageOf = (text: string): string => {
    const read = timeSpread.read(text);
    return read.ok ? 'no error' : read.message;
  };
  assert.match(messageOf('gauss:1s:1s'), /^"gauss" is not one of normal, uniform, exponential, gamma/);
  assert.match(messageOf('normal:1s'), /write normal:MEAN:STDEV/);
  assert.match(messageOf('uniform:2s:1s'), /minimum above its maximum/);
  assert.match(messageOf('gamma:2s:1s'), /needs a shape above 0/);
  assert.match(messageOf('normal:1s:many'), /"many" is not a time/);
});

test.run();
