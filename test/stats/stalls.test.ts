import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { stallsOf } from '../../src/stats/stalls.js';
import { clopperPearson } from '../support/clopper-pearson.js';
import { normalDraw } from '../support/normal-draws.js';

const test = suite('stats/stalls');

const observed = (values: readonly number[], rounds = 1) =>
  values.map((value, index) => ({ session: Math.floor(index / rounds) + 1, round: (index % rounds) + 1, value }));
const steady = (count: number) => Array.from({ length: count }, (_, i) => 100 * (1 + 0.003 * Math.sin(7 * i + 1)));
const stalled = (values: readonly number[], better: 'higher' | 'lower' = 'higher', rounds = 1) =>
  stallsOf(observed(values, rounds), better);

test('halved sessions among steady ones are stalled: 7 of 40, 2 of 18, 1 of 6', () => {
  assert.equal(stalled([...steady(33), ...Array<number>(7).fill(50)]), { stalled: 7, sessions: 40 });
  assert.equal(stalled([...steady(16), 50, 50.1]), { stalled: 2, sessions: 18 });
  assert.equal(stalled([...steady(5), 50]), { stalled: 1, sessions: 6 });
  assert.equal(stalled(steady(18)), { stalled: 0, sessions: 18 });
  assert.is(stalled([...steady(16), 70, 70]).stalled, 0, 'less than a factor of 1.5 is for the test');
  assert.is(stalled([...steady(16), 200, 200]).stalled, 0, 'faster is not stalled');
});

test('a latency stalls when it rises', () => {
  assert.is(stalled([...steady(16), 200, 201], 'lower').stalled, 2);
  assert.is(stalled([...steady(16), 50, 50], 'lower').stalled, 0);
  assert.is(stalled([...steady(16), Number.POSITIVE_INFINITY], 'lower').stalled, 1);
});

test('a trial that measured nothing always stalled, even alone or among its like; one without a value never did', () => {
  assert.equal(stalled([0]), { stalled: 1, sessions: 1 });
  assert.equal(stalled([0, 0, 0, 0, 0, 0, 100]), { stalled: 6, sessions: 7 });
  assert.equal(stalled([Number.NaN, 100]), { stalled: 0, sessions: 2 });
  assert.equal(stalled([]), { stalled: 0, sessions: 0 });
});

test('one stalled round makes a stalled session, though the median of the session hides it', () => {
  assert.equal(stalled([...steady(6), 0, 100, 100, 100, 50, 100], 'higher', 3), { stalled: 2, sessions: 4 });
});

test('normal noise of any size raises it in fewer than one arm in a hundred', () => {
  const prng = createPrng(5);
  for (const sd of [0.05, 0.2, 0.5]) {
    for (const n of [6, 12, 40]) {
      const arms = 1000;
      let raised = 0;
      for (let arm = 0; arm < arms; arm++) {
        const values = Array.from({ length: n }, () => Math.exp(sd * normalDraw(prng)));
        if (stalled(values).stalled > 0) raised++;
      }
      assert.ok(clopperPearson(raised, arms).low <= 0.01, `${raised} of ${arms} at sd ${sd}, n ${n}`);
    }
  }
});

test.run();
