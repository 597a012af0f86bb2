import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng, type Prng } from '../../src/base/prng.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { armWarnings } from '../../src/stats/arm-warnings.js';
import { summarize } from '../../src/stats/summary.js';
import { normalDraw, series } from '../support/normal-draws.js';
import { makeArm, makeTrial, makeWindow } from '../support/records.js';

const test = suite('stats/arm-warnings');
const arm = makeArm('read');

/** Trials of these throughputs, a minute apart. */
function trialsOf(values: readonly number[]): TrialRecord[] {
  return values.map((value, index) => {
    const startedAt = new Date(Date.UTC(2026, 10, 23, 0, index)).toISOString();
    return makeTrial(arm, index + 1, Math.round(value * 1e9), { startedAt });
  });
}

const codesOf = (values: readonly number[]) => armWarnings(trialsOf(values)).map(({ code }) => code);
const noise = (prng: Prng, sd: number) => Math.exp(sd * normalDraw(prng));

test('trials without any time to measure are no stall: their own warning says why', () => {
  const unmeasured = trialsOf([1, 1]).map((trial) => ({
    ...trial,
    window: { ...makeWindow(0, 0), startNs: 0, endNs: 0 },
  }));
  assert.equal(armWarnings(unmeasured), []);
  assert.equal(
    armWarnings([...unmeasured, ...trialsOf([1, 1.001, 0.999, 1.002, 0.998, 1])]).map(({ code }) => code),
    [],
  );
});

test('a drift is told with its direction and size, in the order of time and not of the file', () => {
  const prng = createPrng(1);
  const trials = trialsOf(series(12, (index) => (1 - 0.01 * index) * noise(prng, 0.005)));
  const found = armWarnings(trials.toReversed());
  assert.equal(
    found.map(({ code }) => code),
    ['drift'],
  );
  assert.match(found[0]?.message ?? '', /^throughput fell by 1[0-3]\.\d % over 12 trials$/);
  assert.ok(found[0]?.remedy);
});

test('a drift of less than 2 % is none, however sure it is', () => {
  assert.equal(codesOf(series(12, (index) => 1 + 0.001 * index)), []);
});

test('two levels are told with their counts', () => {
  const prng = createPrng(2);
  const trials = trialsOf(series(20, (index) => ((index * 7) % 5 < 2 ? 0.7 : 1) * noise(prng, 0.01)));
  const found = armWarnings(trials);
  assert.equal(
    found.map(({ code }) => code),
    ['bimodal'],
  );
  assert.match(found[0]?.message ?? '', /^two levels of throughput: 8 trials at 6\d\d MiB\/s, 12 at 9\d\d MiB\/s$/);
});

test('neighbours that are alike are told; a drift is not told twice', () => {
  const prng = createPrng(3);
  let level = 0;
  const wandering = series(60, () => {
    level = 0.9 * level + normalDraw(prng);
    return 1 + 0.02 * level;
  });
  assert.ok(codesOf(wandering).some((code) => code === 'autocorrelated' || code === 'drift'));
  const blocks = series(36, (index) => (index % 12 < 6 ? 1 : 0.97) * noise(prng, 0.01));
  assert.equal(codesOf(blocks), ['autocorrelated']);
});

test('fewer trials than can tell say nothing', () => {
  for (let n = 0; n <= 5; n++) assert.equal(codesOf(series(n, (index) => 1 + index)), []);
});

test('of independent trials with one mode each warning is raised for about 1 % or fewer', () => {
  for (const sd of [0.01, 0.05, 0.2]) {
    for (const n of [6, 10, 18, 54]) {
      const prng = createPrng(7, n, Math.round(sd * 100));
      const raised = new Map<string, number>();
      for (let i = 0; i < 400; i++) {
        for (const code of codesOf(series(n, () => noise(prng, sd)))) raised.set(code, (raised.get(code) ?? 0) + 1);
      }
      // 10 of 400 are 2.5 %, which a true 1 % exceeds once in 300 times.
      for (const [code, count] of raised) assert.ok(count <= 10, `${code}: ${count} of 400 at n=${n}, sd ${sd}`);
    }
  }
});

test('a summary has them beside the warnings of trials, the weightiest first', () => {
  const slow = { code: 'short-window', message: 'm', remedy: 'r' } as const;
  const trials = trialsOf(series(12, (index) => 1 + 0.02 * index)).map((trial, index) =>
    index > 9 ? { ...trial, warnings: [slow] } : trial,
  );
  const [summary] = summarize([arm], trials);
  assert.equal(
    summary?.warnings.map(({ code, trials: count }) => [code, count]),
    [
      ['drift', 12],
      ['short-window', 2],
    ],
  );
});

test.run();
