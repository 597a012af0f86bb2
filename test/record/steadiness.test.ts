import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { stepDown, unsteadiness, wholeSeconds } from '../../src/record/steadiness.js';
import { warningsOf } from '../../src/trial/warnings.js';
import { checkpointWriteJob, ioJob } from '../support/jobs.js';
import { normalDraw, series } from '../support/normal-draws.js';
import { makeArm, makeTrial } from '../support/records.js';

const test = suite('record/steadiness');
const trial = makeTrial(makeArm('read'), 1, 1e9);

/** Seconds of these rates, the last one short. */
function seriesOf(rates: readonly number[]): (typeof trial)['series'] {
  return [...rates, 1e9].map((bytes, second) => ({
    startNs: second * 1e9,
    durationNs: second < rates.length ? 1e9 : 2e8,
    readBytes: bytes / 2,
    writeBytes: bytes / 2,
    ops: 1000,
    p50Ns: 1e6,
    p99Ns: 1e6,
  }));
}

function codesOf(
  rates: readonly number[],
  changes: { startNs?: number; job?: ReturnType<typeof ioJob> } = {},
): string[] {
  const window = { ...trial.window, startNs: changes.startNs ?? 0, endNs: rates.length * 1e9 + 2e8 };
  const job = changes.job ?? ioJob();
  return warningsOf({
    ...trial,
    filePlace: 'data',
    nfs: null,
    job,
    window,
    series: seriesOf(rates),
    longestQuietNs: 0,
    shortTransfers: 0,
    extentBytes: 0,
    restBytes: 0,
  }).map(({ code }) => code);
}

test('only whole seconds within the measured window count', () => {
  const window = { ...trial.window, startNs: 1.5e9, endNs: 5.9e9 };
  assert.equal(wholeSeconds(seriesOf([1, 2, 3, 4, 5, 6]), window), [3, 4, 5]);
  assert.equal(wholeSeconds([], window), []);
});

test('a step down is found where it is', () => {
  const prng = createPrng(1);
  const rates = series(40, (second) => (second < 17 ? 100 : 50) * (1 + 0.05 * normalDraw(prng)));
  const step = stepDown(rates);
  assert.is(step?.at, 17);
  assert.ok(Math.abs((step?.before ?? 0) - 100) < 5 && Math.abs((step?.after ?? 0) - 50) < 3);
  assert.is(stepDown(rates.toReversed()), null, 'a step up is none');
});

test('14 seconds are the fewest that show a step', () => {
  const halves = (n: number) => series(n, (second) => (second < n / 2 ? 100 : 50));
  assert.is(stepDown(halves(12)), null);
  assert.is(stepDown(halves(14))?.at, 7);
});

test('single slow seconds, a pause in the middle and small steps are none', () => {
  const prng = createPrng(2);
  const steady = () => 100 * (1 + 0.03 * normalDraw(prng));
  assert.is(stepDown(series(60, (second) => (second % 10 === 9 ? 20 : steady()))), null);
  assert.is(stepDown(series(60, (second) => (second >= 25 && second < 35 ? 20 : steady()))), null);
  assert.is(stepDown(series(60, (second) => (second < 30 ? 1 : 0.85) * steady())), null);
});

test('a slope that goes on is no step, but no steady state', () => {
  const prng = createPrng(3);
  const falling = series(60, (second) => (100 - second) * (1 + 0.01 * normalDraw(prng)));
  assert.is(stepDown(falling), null);
  const found = unsteadiness(falling);
  assert.is(found?.seconds, 30);
  assert.ok(Math.abs((found?.slope ?? 0) + 29 / 55.5) < 0.03, `${found?.slope}`);
  assert.ok((unsteadiness(falling.toReversed())?.slope ?? 0) > 0.1, 'rising is none either');
});

test('what has settled before the last half is steady', () => {
  const prng = createPrng(4);
  const rates = series(60, (second) => Math.min(1, 0.5 + second / 40) * 100 * (1 + 0.03 * normalDraw(prng)));
  assert.is(unsteadiness(rates), null);
});

test('a range beyond 20 % without a slope is no steady state', () => {
  const waves = series(60, (second) => (Math.floor(second / 6) % 2 === 0 ? 70 : 100));
  assert.ok((unsteadiness(waves)?.range ?? 0) > 0.2);
});

test('warnings: a step first, else no steady state; never for a ramp, for checkpoints or too few seconds', () => {
  const step = series(30, (second) => (second < 12 ? 1e9 : 5e8));
  assert.equal(codesOf(step), ['burst-suspected']);
  assert.equal(codesOf(step, { startNs: 12e9 }), []);
  assert.equal(codesOf(step, { job: checkpointWriteJob() as unknown as ReturnType<typeof ioJob> }), []);
  assert.equal(codesOf(series(30, (second) => 1e9 - second * 2e7)), ['no-steady-state']);
  assert.equal(codesOf(series(10, (second) => 1e9 - second * 5e7)), []);
});

test('independent seconds seldom warn, up to 30 % of noise', () => {
  for (const sd of [0.02, 0.1, 0.3]) {
    for (const n of [14, 20, 60]) {
      const prng = createPrng(5, n);
      let warned = 0;
      for (let i = 0; i < 300; i++) {
        const rates = series(n, () => Math.max(0, 1 + sd * normalDraw(prng)));
        if (stepDown(rates) !== null || unsteadiness(rates) !== null) warned++;
      }
      assert.ok(warned <= 6, `${warned} of 300 at n=${n}, sd ${sd}`);
    }
  }
});

test('steps of 30 % with 3 % of noise are found in 30 seconds', () => {
  const prng = createPrng(6);
  let found = 0;
  for (let i = 0; i < 200; i++) {
    const at = 10 + prng.nextBelow(10);
    const rates = series(30, (second) => (second < at ? 1 : 0.7) * (1 + 0.03 * normalDraw(prng)));
    if (stepDown(rates) !== null) found++;
  }
  assert.ok(found >= 180, `${found} of 200`);
});

test.run();
