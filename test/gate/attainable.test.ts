import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { detectableIn, unitsNeeded, unitsToTell } from '../../src/gate/attainable.js';
import { type EffectSample, pBeyond, ratioOf } from '../../src/stats/effect.js';
import { detectableCases, detectedBy } from '../bench/detectable.js';
import { normals } from '../bench/power-noise.js';

const test = suite('gate/attainable');

const normal = normals(createPrng(4));
const levels = (n: number, sd: number, mean = 0) => Array.from({ length: n }, () => mean + sd * normal());
const runs = (base: readonly number[], candidate: readonly number[]): EffectSample => ({
  design: 'unpaired',
  base,
  candidate,
  pairs: Math.min(base.length, candidate.length),
});

test('what is called detectable is found in nine of ten tries, within 15 %', () => {
  // The long form, bench:shift, holds it within 10 %.
  const short = detectableCases().filter(({ name }) =>
    ['8 pairs', '18 pairs', '8 v 8', '9 v 36', '8 v 64'].includes(name),
  );
  assert.is(short.length, 10);
  for (const { name, cells, told, simulated } of short.map((one) => detectedBy(one, 250))) {
    assert.is(told === null, simulated === null, `${name}, ${cells} cells`);
    if (told === null || simulated === null) continue;
    assert.ok(Math.abs(told / simulated - 1) < 0.15, `${name}, ${cells} cells: ${told}, simulated ${simulated}`);
  }
});

test('a regression that eight sessions against eight can show in ten cells is said to be detectable, and is shown', () => {
  const sample = runs(levels(8, 0.01), levels(8, 0.01, -0.2));
  assert.ok(pBeyond(sample, Math.log(0.99), 'less') <= 0.01 / 10);
  assert.is(unitsNeeded(sample, 10, 0.01), null);
  const detectable = detectableIn(10, 0.01)(sample, 0.01) ?? Number.NaN;
  assert.ok(detectable > 0.02 && detectable < 0.1, `${detectable}`);
});

test('two runs ask for a longer candidate, and for a longer base where that alone is not enough', () => {
  assert.equal(unitsNeeded(runs(levels(12, 1), levels(4, 1)), 1, 0.01), { units: 5, of: 'candidate' });
  assert.equal(unitsNeeded(runs(levels(3, 1), levels(40, 1)), 60, 0.01)?.of, 'each');
  const paired: EffectSample = { design: 'paired', differences: levels(4, 1), pairs: 4 };
  assert.equal(unitsNeeded(paired, 1, 0.01), { units: 7, of: 'each' });
});

test('what was not measured needs no more units: it has none of them', () => {
  assert.is(unitsNeeded({ design: 'paired', differences: [], pairs: 0 }, 1, 0.01), null);
  assert.is(unitsNeeded(runs([], levels(9, 1)), 1, 0.01), null);
});

test('as many sessions as are said to tell do tell, about as often as promised', () => {
  const options = { alpha: 0.01, minEffect: 0.01, beyond: 0.01 };
  const found = (base: number, candidate: number) => {
    let hits = 0;
    for (let i = 0; i < 100; i++) {
      const sample = runs(levels(base, 0.04), levels(candidate, 0.04, Math.log(0.94)));
      if (pBeyond(sample, Math.log(0.99), 'less') <= options.alpha) hits++;
    }
    return hits;
  };
  // Ten sessions with exactly this estimate and this spread.
  const spread = [-4, -3, -2, -1, -0.5, 0.5, 1, 2, 3, 4].map((step) => (0.04 * step) / 2.588);
  const now = runs(
    spread.concat(spread),
    spread.map((level) => level + Math.log(0.94)),
  );
  const wanted = unitsToTell(now, ratioOf(now, 0.95), 1, options);
  assert.ok(wanted !== null && wanted.of === 'candidate', JSON.stringify(wanted));
  assert.ok(found(20, wanted.units) >= 75, `${wanted.units} sessions`);
  assert.ok(wanted.units > 12 && wanted.units < 60, `${wanted.units} sessions`);
});

test.run();
