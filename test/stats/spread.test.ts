import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { medianInterval, spreadOf } from '../../src/stats/spread.js';

const test = suite('stats/spread');

test('nothing measured has no spread', () => {
  assert.is(spreadOf([]), null);
  assert.is(spreadOf([Number.NaN, Number.POSITIVE_INFINITY]), null);
  assert.is(spreadOf([Number.NaN, 5])?.n, 1);
});

test('the values stay in the order of the trials', () => {
  assert.equal(spreadOf([3, 1, 2])?.values, [3, 1, 2]);
});

test('quartiles, median and MAD equal those of Python', () => {
  const prng = createPrng(7);
  const samples = [1, 2, 3, 4, 7, 10, 31].map((n) => Array.from({ length: n }, () => prng.nextFloat() * 1e9));
  const program = [
    'import json,sys,statistics as s',
    'out=[]',
    'for x in json.load(sys.stdin):',
    '  m=s.median(x); q=s.quantiles(x,n=4,method="inclusive") if len(x)>1 else [x[0]]*3',
    '  out.append([m,q[0],q[2],s.median([abs(v-m) for v in x]),min(x),max(x)])',
    'json.dump(out,sys.stdout)',
  ].join('\n');
  const output = execFileSync('python3', ['-c', program], { input: JSON.stringify(samples), encoding: 'utf8' });
  for (const [index, expected] of (JSON.parse(output) as number[][]).entries()) {
    const spread = spreadOf(samples[index] as number[]);
    assert.ok(spread);
    const found = [spread.median, spread.q1, spread.q3, spread.mad, spread.min, spread.max];
    for (const [place, value] of found.entries()) {
      const wanted = expected[place] as number;
      assert.ok(Math.abs(value - wanted) <= 1e-9 * Math.abs(wanted) + 1e-6, `sample ${index}: ${value} ≠ ${wanted}`);
    }
  }
});

test('the median interval is that of benchmath', () => {
  const sample = [-10, 2, 3, 4, 5, 6];
  assert.equal(medianInterval(sample), { low: -10, high: 6 });
  const none = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  assert.equal(medianInterval(sample, 0.99), none);
  assert.equal(medianInterval([1, 2, 3, 4, 5]), none);
  assert.equal(medianInterval([1, 2, 3, 4, 5, 6, 7, 8], 0.99), { low: 1, high: 8 });
});

test('its orders are those of the binomial table', () => {
  // Conover, Practical Nonparametric Statistics: 95 % orders of the median.
  const lowerOrder: readonly [number, number][] = [
    [6, 1],
    [8, 1],
    [9, 2],
    [10, 2],
    [12, 3],
    [15, 4],
    [20, 6],
    [25, 8],
    [30, 10],
    [50, 18],
    [100, 40],
  ];
  for (const [n, order] of lowerOrder) {
    const sorted = Array.from({ length: n }, (_, index) => index + 1);
    assert.equal(medianInterval(sorted), { low: order, high: n + 1 - order }, `n = ${n}`);
  }
});

test('it holds for thousands of values', () => {
  const sorted = Array.from({ length: 5000 }, (_, index) => index);
  const { low, high } = medianInterval(sorted);
  assert.ok(low > 2425 && low < 2435 && low + high === 4999, `${low} … ${high}`);
});

test.run();
