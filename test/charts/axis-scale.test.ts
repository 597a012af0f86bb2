import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scaleOf } from '../../src/charts/axis-scale.js';
import type { Axis } from '../../src/charts/chart.js';
import { ratioScale, ratioText } from '../../src/charts/ratio-scale.js';

const test = suite('charts/axis-scale');

const axis = (unit: Axis['unit'], scale: Axis['scale'], includes: number[] = []): Axis => ({
  label: 'v',
  unit,
  scale,
  includes,
});
const labels = (of: Axis, values: number[], ends: 'rounded' | 'padded' | 'exact' = 'rounded', maxTicks = 6): string[] =>
  scaleOf(of, values, { maxTicks, ends }).ticks.map(({ label }) => label);

test('a linear axis has round numbers of one unit, which its name has', () => {
  const scale = scaleOf(axis('bytes/s', 'linear', [0]), [1.4e9], { maxTicks: 6, ends: 'rounded' });
  assert.is(scale.name, 'v (GiB/s)');
  assert.equal(
    scale.ticks.map(({ label }) => label),
    ['0.0', '0.5', '1.0', '1.5'],
  );
  assert.equal(labels(axis('ns', 'linear', [0]), [90e9]), ['0', '20', '40', '60', '80', '100']);
  assert.equal(labels(axis('ops/s', 'linear', [0]), [20_500]), ['0', '5k', '10k', '15k', '20k', '25k']);
  assert.equal(labels(axis('ratio', 'linear'), [0.9, 1]), ['90 %', '92 %', '94 %', '96 %', '98 %', '100 %']);
});

test('I/O sizes have ticks at the sizes, or at powers of two', () => {
  assert.equal(labels(axis('bytes', 'log'), [4096, 65536, 1048576], 'padded'), ['4 KiB', '64 KiB', '1 MiB']);
  const sizes = Array.from({ length: 12 }, (_, power) => 1024 * 2 ** power);
  assert.equal(labels(axis('bytes', 'log'), sizes, 'padded'), [
    '1 KiB',
    '4 KiB',
    '16 KiB',
    '64 KiB',
    '256 KiB',
    '1 MiB',
  ]);
});

test('a logarithmic axis has powers of ten, and round numbers between close values', () => {
  assert.equal(labels(axis('ns', 'log'), [1e3, 1e9]), ['10 µs', '1 ms', '100 ms']);
  assert.equal(labels(axis('ns', 'log'), [99_600, 162_000]), ['100 µs', '120 µs', '140 µs', '160 µs']);
  assert.is(scaleOf(axis('ns', 'log'), [1, 10], { maxTicks: 5, ends: 'rounded' }).place(0), null);
});

test('any values get an axis that holds them, with few ticks in order', () => {
  const value = fc.double({ min: -1e15, max: 1e15, noNaN: true });
  const units = fc.constantFrom<Axis['unit']>('bytes', 'bytes/s', 'ns', 'ns/op', 'ops/s', 'count', 'ratio', 'none');
  const ends = fc.constantFrom('rounded' as const, 'padded' as const, 'exact' as const);
  const scales = fc.constantFrom<Axis['scale']>('linear', 'log');
  fc.assert(
    fc.property(
      fc.array(value, { maxLength: 8 }),
      units,
      scales,
      ends,
      fc.integer({ min: 2, max: 12 }),
      (values, unit, scale, end, maxTicks) => {
        const found = scaleOf(axis(unit, scale), values, { maxTicks, ends: end });
        assert.ok(found.max > found.min && Number.isFinite(found.max - found.min));
        for (const one of values) {
          const place = found.place(one);
          if (place === null) continue;
          const slack = (found.max - found.min) * 1e-6;
          assert.ok(
            place >= found.min - slack && place <= found.max + slack,
            `${place} in ${found.min} … ${found.max}`,
          );
        }
        const places = found.ticks.map(({ at }) => at);
        assert.ok(places.length <= 61, String(places.length));
        assert.equal(
          places,
          [...places].sort((a, b) => a - b),
        );
        for (const { label } of found.ticks) assert.not.match(label, /NaN|undefined|Infinity/);
      },
    ),
    { numRuns: 300 },
  );
});

test('ratios are changes in per cent, and factors from two on', () => {
  assert.equal([0.5, 0.82, 0.999_9, 1, 1.004, 1.05, 1.5, 2, 12.34].map(ratioText), [
    '×0.5',
    '−18 %',
    '0 %',
    '0 %',
    '+0.4 %',
    '+5 %',
    '+50 %',
    '×2',
    '×12.3',
  ]);
  const narrow = ratioScale('r', [1.02], [0.97, 1.06], 6);
  assert.equal(
    narrow.ticks.map(({ label }) => label),
    ['−2 %', '0 %', '+2 %', '+4 %', '+6 %'],
  );
  const wide = ratioScale('r', [0.3], [8], 6);
  assert.ok(wide.ticks.some(({ label }) => label === '0 %') && wide.ticks.some(({ label }) => label === '×4'));
  assert.ok(
    ratioScale('r', [1], [1e-30, 1e30], 6).max < Math.log(32),
    'an interval that is nearly open does not rule the axis',
  );
});

test.run();
