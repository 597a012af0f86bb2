import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mannKendall, theilSenSlope } from '../../src/stats/trend.js';

const test = suite('stats/trend');

// The reference lies with the sources, three folders above the compiled test.
const golden = JSON.parse(
  readFileSync(new URL('../../../test/stats/reference/trend.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly { x: number[]; s: number; p: number; slope: number }[] };

test('S and p are those of scipy, exact and asymptotic, with and without ties', () => {
  assert.is(golden.cases.length, 200);
  for (const [index, { x, s, p }] of golden.cases.entries()) {
    const found = mannKendall(x);
    assert.is(found.s, s, `case ${index}`);
    assert.ok(Math.abs(found.pTwoSided - p) <= 1e-9 * Math.max(p, 1e-3), `case ${index}: ${found.pTwoSided} ≠ ${p}`);
  }
});

test('slopes are those of scipy', () => {
  for (const [index, { x, slope }] of golden.cases.entries()) {
    assert.ok(Math.abs(theilSenSlope(x) - slope) < 1e-9, `case ${index}: ${theilSenSlope(x)} ≠ ${slope}`);
  }
});

test('nothing and one value have no trend', () => {
  for (const values of [[], [1], [2, 2, 2]]) assert.is(mannKendall(values).pTwoSided, 1);
  assert.ok(Number.isNaN(theilSenSlope([1])));
  // Two of the six orders of three values are monotone.
  assert.ok(Math.abs(mannKendall([1, 2, 3]).pTwoSided - 1 / 3) < 1e-12);
});

test.run();
