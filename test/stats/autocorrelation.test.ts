import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { autocorrelation } from '../../src/stats/autocorrelation.js';

const test = suite('stats/autocorrelation');

// The reference lies with the sources, three folders above the compiled test.
const golden = JSON.parse(
  readFileSync(new URL('../../../test/stats/reference/series.json', import.meta.url), 'utf8'),
) as { readonly autocorrelation: readonly { readonly x: number[]; readonly r: [number, number] }[] };

function near(found: number, wanted: number, what: string): void {
  assert.ok(Math.abs(found - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted)), `${what}: ${found} ≠ ${wanted}`);
}

test('autocorrelations equal those of R', () => {
  assert.is(golden.autocorrelation.length, 200);
  for (const { x, r } of golden.autocorrelation) {
    near(autocorrelation(x, 1), r[0], 'lag 1');
    near(autocorrelation(x, 2), r[1], 'lag 2');
    near(autocorrelation(x, 0), 1, 'lag 0');
  }
  assert.ok(Number.isNaN(autocorrelation([0.1, 0.1, 0.1], 1)));
  assert.throws(() => autocorrelation([1, 2], 2), RangeError);
  assert.throws(() => autocorrelation([1, Number.NaN], 1), RangeError);
});

test.run();
