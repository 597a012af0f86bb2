/** The loss of jobs that ran beside each other, from trials made by hand. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Arm } from '../../src/plan/plan.js';
import { decodeTrial, encodeTrial } from '../../src/record/codec.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { besideJson, besideLines } from '../../src/report/run/beside-lines.js';
import { viewRun } from '../../src/report/run/run-view.js';
import { besideLosses } from '../../src/stats/beside-loss.js';
import { makeArm, makeRun, makeTrial } from '../support/records.js';

const test = suite('stats/beside-loss');

const factor = (label: string) => [{ name: 'beside', label }];
const ALONE = makeArm('a', factor('none'));
const TOGETHER: Arm = { ...makeArm('a', factor('b')), beside: 'b' };
const OTHER = makeArm('b');
const ARMS = [ALONE, TOGETHER, OTHER];

/** Sessions whose storage drifts: pairs do not see it. */
function trialsOf(sessions: number, factors: { own: number; load: number; active?: number }): TrialRecord[] {
  return Array.from({ length: sessions }, (_, at) => {
    const drift = 1e8 * (1 + at);
    const [alone, other] = [makeTrial(ALONE, 1, drift), makeTrial(OTHER, 1, 4 * drift)];
    const together = makeTrial(TOGETHER, 1, drift * factors.own);
    const load = makeTrial(OTHER, 1, 4 * drift * factors.load);
    const { startNs, endNs } = load.window;
    const window = { ...load.window, endNs: startNs + (endNs - startNs) * (factors.active ?? 1) };
    const share = factors.active ?? 1;
    const { engine, latency } = load;
    const scaled = { ...window, readBytes: window.readBytes * share, writeBytes: window.writeBytes * share };
    const beside = { arm: 'b', passes: 1, engine, latency, window: scaled };
    return [alone, other, { ...together, beside }].map((trial) => ({ ...trial, session: at + 1 }));
  }).flat();
}

test('both directions come from the trials of one arm, paired by session', () => {
  const losses = besideLosses(ARMS, trialsOf(7, { own: 0.8, load: 0.5 }));
  assert.is(losses.length, 2);
  for (const [at, expected] of [0.8, 0.5].entries()) {
    const { ratio, units, unit } = losses[at] ?? {};
    for (const value of [ratio?.estimate, ratio?.low, ratio?.high])
      assert.ok(Math.abs((value as number) / expected - 1) < 1e-3, `${value}`);
    assert.is(units, 7);
    assert.is(unit, 'session');
  }
  assert.equal(
    losses.map(({ role, alone, beside }) => [role, alone, beside]),
    [
      ['job', 'a/beside=none', 'b'],
      ['load', 'b', 'a/beside=none'],
    ],
  );
});

test('a job that is measured beside the other has its own trials', () => {
  const arms: Arm[] = [
    ALONE,
    TOGETHER,
    makeArm('b', factor('none')),
    { ...makeArm('b', factor('a')), beside: ALONE.id },
  ];
  const withLevels = arms.map((arm) => (arm === TOGETHER ? { ...arm, beside: 'b/beside=none' } : arm));
  assert.equal(
    besideLosses(withLevels, []).map(({ role, alone }) => `${role} ${alone}`),
    ['job a/beside=none', 'job b/beside=none'],
  );
});

test('lines and JSON say the loss, and which intervals there are not', () => {
  const viewed = (sessions: number, factors: Parameters<typeof trialsOf>[1]) => {
    const view = viewRun(makeRun(ARMS, 1), trialsOf(sessions, factors), []);
    return { lines: besideLines(view).map(({ text, tone }) => `${tone}: ${text}`), json: besideJson(view) };
  };
  const { lines } = viewed(7, { own: 0.8, load: 1.25 });
  assert.match(
    lines[0] ?? '',
    /^plain: a beside b: throughput .* alone, a loss of 20\.0 % \(95 % interval 20\.0 % to 20\.0 %, 7 sessions\)$/,
  );
  assert.match(lines[1] ?? '', /^plain: b beside a: .*a gain of 25\.0 %/);
  const few = viewed(2, { own: 0.8, load: 1, active: 0.5 });
  assert.match(few.lines[0] ?? '', /\(2 sessions; a 95 % interval takes 6 sessions\)$/);
  assert.match(few.lines[1] ?? '', /^bad: .*make this job longer/);
  const [own] = few.json as { loss: number; loss_low: number | null }[];
  assert.ok(Math.abs((own?.loss as number) - 0.2) < 1e-3);
  assert.is(own?.loss_low, null);
});

test('a loss within each session that two medians do not show says so', () => {
  const pair = (session: number, ratio: number) =>
    [makeTrial(ALONE, 1, 1e8 * session), makeTrial(TOGETHER, 1, 1e8 * session * ratio)].map((trial) => ({
      ...trial,
      session,
    }));
  const textOf = (ratios: readonly number[]) => {
    const trials = ratios.flatMap((ratio, at) => pair(at + 1, ratio));
    return besideLines(viewRun(makeRun(ARMS, 1), trials, []))[0]?.text ?? '';
  };
  // One session of seven was fast beside the other job, so that the median of seven is that of a faster session.
  assert.match(
    textOf([0.97, 0.97, 2, 0.97, 0.97, 0.97, 0.97]),
    /a loss of .* within each session \(the rates are medians/,
  );
  assert.not.match(textOf([0.97, 0.97, 0.97, 0.97, 0.97, 0.97, 0.97]), /within each/);
});

test('runs without such arms have no lines, and records keep the other job', () => {
  assert.equal(besideLosses([ALONE, OTHER], []), []);
  const [, , trial] = trialsOf(1, { own: 1, load: 1 }) as [TrialRecord, TrialRecord, TrialRecord];
  assert.equal(decodeTrial(encodeTrial(trial), 'f:1'), trial);
  const broken = encodeTrial(trial).replace('"passes":1', '"passes":"x"');
  assert.throws(() => decodeTrial(broken, 'f:1'), /passes/);
});

test.run();
