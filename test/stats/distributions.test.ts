import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { betaQuantile, regularizedBeta } from '../../src/stats/beta.js';
import { noncentralStudentTail, studentUpperQuantile } from '../../src/stats/student.js';
import { clopperPearson } from '../support/clopper-pearson.js';

const test = suite('stats/distributions');

interface Golden {
  readonly beta: readonly { x: number; a: number; b: number; cdf: number }[];
  readonly student: readonly { tail: number; freedom: number; t: number }[];
  readonly noncentral: readonly { t: number; freedom: number; noncentrality: number; tail: number }[];
  readonly binomial: readonly { k: number; n: number; confidence: number; low: number; high: number }[];
}
// The reference lies with the sources, three folders above the compiled test.
const golden = JSON.parse(
  readFileSync(new URL('../../../test/stats/reference/distributions.json', import.meta.url), 'utf8'),
) as Golden;

function near(found: number, wanted: number, what: unknown, relative = 1e-9, absolute = 0): void {
  const tolerance = relative * Math.abs(wanted) + absolute;
  assert.ok(Math.abs(found - wanted) <= tolerance, `${JSON.stringify(what)}: ${found} ≠ ${wanted}`);
}

test('the incomplete beta function equals that of scipy', () => {
  for (const wanted of golden.beta) near(regularizedBeta(wanted.x, wanted.a, wanted.b), wanted.cdf, wanted);
  assert.is(regularizedBeta(0, 2, 3), 0);
  assert.is(regularizedBeta(1, 2, 3), 1);
  near(regularizedBeta(0.3, 1, 1), 0.3, 'uniform', 1e-14);
  near(betaQuantile(0.3, 1, 1), 0.3, 'uniform', 1e-14);
  assert.throws(() => regularizedBeta(1.1, 1, 1), RangeError);
  assert.throws(() => regularizedBeta(0.5, 0, 1), RangeError);
  assert.throws(() => betaQuantile(-0.1, 1, 1), RangeError);
});

test("quantiles of Student's t equal those of R", () => {
  for (const wanted of golden.student) {
    near(studentUpperQuantile(wanted.tail, wanted.freedom), wanted.t, wanted, 1e-9, 1e-12);
  }
  assert.is(studentUpperQuantile(0.5, 4), 0);
  assert.throws(() => studentUpperQuantile(0, 4), RangeError);
  assert.throws(() => studentUpperQuantile(0.1, 0), RangeError);
});

test('the intervals of a mean that benchmath and Bencher have', () => {
  // The mean of −8, 2 … 6 is 2, and the sum of its squared deviations 130.
  near(studentUpperQuantile(0.025, 5) * Math.sqrt(130 / 5 / 6), 5.351092806, 'benchmath');
  // A prediction of one more value: t·s·√(1 + 1/n).
  near(studentUpperQuantile(1 - 0.977, 24) * 10 * Math.sqrt(1 + 1 / 25), 21.46, 'Bencher', 1e-4);
});

test("tails of the noncentral Student's t equal those of scipy", () => {
  for (const wanted of golden.noncentral) {
    near(noncentralStudentTail(wanted.t, wanted.freedom, wanted.noncentrality), wanted.tail, wanted, 0, 1e-9);
  }
  for (const { tail, freedom, t } of golden.student) near(noncentralStudentTail(t, freedom, 0), tail, freedom, 1e-9);
  assert.throws(() => noncentralStudentTail(1, 0, 0), RangeError);
});

test('Clopper-Pearson intervals equal those of R and scipy', () => {
  assert.is(golden.binomial.length, 200);
  for (const wanted of golden.binomial) {
    const { low, high } = clopperPearson(wanted.k, wanted.n, wanted.confidence);
    near(low, wanted.low, wanted);
    near(high, wanted.high, wanted);
  }
});

test('no alarm in 299 runs bounds the rate of alarms by one per cent', () => {
  assert.ok(clopperPearson(0, 299, 0.9).high < 0.01);
  assert.ok(clopperPearson(0, 298, 0.9).high > 0.01);
  assert.ok(clopperPearson(4, 1000, 0.9).high < 0.01);
  assert.throws(() => clopperPearson(1, 0), RangeError);
  assert.throws(() => clopperPearson(3, 2), RangeError);
  assert.throws(() => clopperPearson(0.5, 2), RangeError);
  assert.throws(() => clopperPearson(1, 2, 1), RangeError);
});

test.run();
