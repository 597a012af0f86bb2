import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { autocorrelation, autocorrelationWithin } from '../../src/stats/autocorrelation.js';
import { seriesOf } from '../bench/history-alarms.js';

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

/** From numpy 2.4 (and statsmodels' acf for one segment): r as the sums of `np.dot`, and the corrected value. */
const SEGMENTS = JSON.parse(
  readFileSync(new URL('../../../test/stats/reference/segments.json', import.meta.url), 'utf8'),
) as readonly { readonly segments: number[][]; readonly lag1: number }[];

test('around the means of segments, it is that of numpy after the correction', () => {
  for (const { segments, lag1 } of SEGMENTS) near(autocorrelationWithin(segments), lag1, `${segments.length} segments`);
  assert.ok(
    Number.isNaN(
      autocorrelationWithin([
        [3, 3, 3],
        [5, 5],
      ]),
    ),
  );
});

test('a change between segments does not inflate it, and the correction leaves no bias', () => {
  const prng = createPrng(2);
  for (const phi of [0, 0.5, 0.7]) {
    const found = Array.from({ length: 400 }, () => {
      const series = seriesOf(prng, 60, { phi, step: 50 });
      return autocorrelationWithin([series.slice(0, 30), series.slice(30)]);
    });
    const mean = found.reduce((sum, one) => sum + one, 0) / found.length;
    assert.ok(Math.abs(mean - phi) < 0.04, `${mean} for ${phi}`);
  }
});

test.run();
