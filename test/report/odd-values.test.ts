/**
 * Trials that measured nothing, failed, are missing, or have no value: whatever a run consists of, comparisons, gates and
 * reports of it exist, and no cell is decided on the trials that are left.
 */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Comparison, compare, type NamedRun } from '../../src/gate/comparison.js';
import { gateOf } from '../../src/gate/decide.js';
import { historyArms, historyOf } from '../../src/gate/run-history.js';
import { evaluateThresholds } from '../../src/gate/thresholds.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { REPORT_FORMATS, renderComparison, renderRun } from '../../src/report/render.js';
import { summarize } from '../../src/stats/summary.js';
import { comparisonOptions } from '../support/comparison-options.js';
import { measuredRun, measureNamed } from '../support/measured-runs.js';
import { latencies, makeArm, makeThreshold, makeWindow } from '../support/records.js';

const test = suite('report/odd-values');
const SESSIONS = 8;
const LOOK = { number: 1, planned: 1 };
const TERMINAL = { color: false, columns: 120, detail: true };
const MEASURES = ['throughput', 'p99(latency)', 'mean(read)', 'cpu'].map(measureNamed);
const arms = ['a', 'b'].map((label) =>
  makeArm(
    'read',
    [{ name: 'side', label }],
    [makeThreshold('throughput', null, '>', 1), makeThreshold('latency', 99, '<', 1e9)],
  ),
);
const enough = { read: latencies(...Array<number>(320).fill(1e6)) };
const nothing = { ...makeWindow(0), startNs: 0, endNs: 0, readOps: 0 };

/** What a trial may be instead of a good one. Null: there is no record of it. */
const KINDS: Readonly<Record<string, Partial<TrialRecord> | null>> = {
  good: { latency: enough },
  'no time': { window: nothing, latency: {} },
  'no operation': { window: { ...makeWindow(0), readOps: 0 }, latency: {} },
  'few operations': { latency: { read: latencies(1e6, 2e6) } },
  'without latencies': { latency: {} },
  failed: { status: 'failed', latency: {} },
  aborted: { status: 'aborted', latency: {}, window: nothing },
  missing: null,
};
const kind = fc.constantFrom(...Object.keys(KINDS));
const ofSide = fc.array(kind, { minLength: SESSIONS, maxLength: SESSIONS });

function runOf(name: string, sides: readonly (readonly string[])[]): NamedRun {
  const levels = Array.from({ length: SESSIONS }, (_, i) => 1e8 * (1 + 0.0004 * Math.sin(7 * i + 1)));
  const made = measuredRun(
    name,
    arms.map((arm) => ({ arm, levels })),
  );
  const trials = made.trials.flatMap((trial) => {
    const side = arms.findIndex(({ id }) => id === trial.arm);
    const change = KINDS[sides[side]?.[trial.session - 1] ?? 'missing'];
    return change === null ? [] : [{ ...trial, ...change }];
  });
  return { ...made, trials };
}

const compared = (runs: readonly NamedRun[], directions: 'both' | 'regressions'): Comparison =>
  compare(
    runs,
    comparisonOptions({
      columns: [runs.length === 1 ? 'side' : 'run'],
      measures: MEASURES,
      directions,
      demands: 'load',
    }),
  );

test('every report exists, and has no number that is none', async () => {
  await fc.assert(
    fc.asyncProperty(ofSide, ofSide, fc.boolean(), async (a, b, isOne) => {
      const runs = isOne ? [runOf('one', [a, b])] : [runOf('one', [a, a]), runOf('two', [b, b])];
      const comparison = compared(runs, 'regressions');
      const thresholds = runs.flatMap(({ run, trials }) => evaluateThresholds(run.plan.arms, trials));
      const gate = gateOf(comparison, thresholds, { failOnInconclusive: false, look: LOOK });
      for (const format of REPORT_FORMATS) {
        const text = await renderComparison(comparison, format, TERMINAL, gate);
        assert.not.match(text, /NaN|undefined/, format);
        if (format === 'json') JSON.parse(text);
        for (const { run, trials } of runs) {
          const report = await renderRun(run, trials, [], format, TERMINAL);
          assert.not.match(report, /NaN|undefined/, format);
          if (format === 'json') JSON.parse(report);
        }
      }
    }),
    { numRuns: 40, seed: 3 },
  );
});

/** Whether a trial of this kind has a value of throughput, which a session that measured nothing has, too. */
const counts = (one: string) => KINDS[one] !== null && KINDS[one]?.status === undefined;
const isDead = (one: string) => one === 'no time' || one === 'no operation';

test('a session that measured nothing counts: it never makes a cell better, and is never left out', () => {
  fc.assert(
    fc.property(ofSide, ofSide, fc.nat(SESSIONS - 1), (a, b, session) => {
      const worse = b.map((one, i) => (i === session && counts(one) ? 'no time' : one));
      const [before, after] = [b, worse].map((side) => compared([runOf('one', [a, side])], 'regressions').cells[0]);
      assert.ok(before !== undefined && after !== undefined);
      assert.is(after.judgement.units, before.judgement.units);
      assert.is(after.judgement.units, a.filter((one, i) => counts(one) && counts(b[i] as string)).length);
      assert.ok(after.judgement.pRegression <= before.judgement.pRegression + 1e-12);
      assert.ok(after.judgement.pImprovement >= before.judgement.pImprovement - 1e-12);
    }),
    { numRuns: 200, seed: 4 },
  );
});

test('a side of which more sessions measured nothing is neither equivalent nor better', () => {
  fc.assert(
    fc.property(ofSide, ofSide, (a, b) => {
      const dead = (side: readonly string[]) => side.filter(isDead).length;
      const pairs = a.flatMap((one, i) => (counts(one) && counts(b[i] as string) ? [[one, b[i] as string]] : []));
      const [first, second] = [0, 1].map((side) => dead(pairs.map((pair) => pair[side] as string)));
      const run = runOf('one', [a, b]);
      const [cell] = compared([run], 'both').cells;
      if ((second as number) > (first as number) && dead(b) > dead(a))
        assert.ok(!['equivalent', 'improvement'].includes(cell?.judgement.verdict ?? ''), cell?.judgement.verdict);
    }),
    { numRuns: 300, seed: 5 },
  );
});

test('summaries, thresholds and histories take any trials', () => {
  fc.assert(
    fc.property(ofSide, ofSide, (a, b) => {
      const { name, run, trials } = runOf('one', [a, b]);
      for (const [side, { counted, unmeasured, failed, numbers }] of summarize(run.plan.arms, trials).entries()) {
        const kinds = [a, b][side] as string[];
        assert.is(counted, kinds.filter(counts).length);
        // No operation in a measured time is a measurement of 0.
        assert.is(unmeasured, kinds.filter((one) => one === 'no time').length);
        assert.is(failed, kinds.filter((one) => one === 'failed').length);
        assert.is(numbers.throughput?.values.length ?? 0, counted);
      }
      for (const { passed, arm } of evaluateThresholds(run.plan.arms, trials)) {
        const kinds = [a, b][arms.findIndex(({ id }) => id === arm)] as string[];
        if (kinds.includes('no time') || !kinds.some(counts)) assert.is(passed, false);
      }
      for (const { points } of historyOf(historyArms({ name, run, trials }, new Map(), MEASURES), MEASURES))
        for (const { spread } of points) assert.not(Number.isNaN(spread.median));
    }),
    { numRuns: 100, seed: 6 },
  );
});

test.run();
