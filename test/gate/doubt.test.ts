/** Cells that a test alone would decide on the sessions that survived. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ComparisonOptions, compare, type NamedRun } from '../../src/gate/comparison.js';
import { gateOf, gateStatusOf, isDecided } from '../../src/gate/decide.js';
import type { Arm } from '../../src/plan/plan.js';
import type { CalibrationRecord } from '../../src/record/calibration-record.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { renderComparison } from '../../src/report/render.js';
import { comparisonOptions } from '../support/comparison-options.js';
import { measuredRun, measureNamed } from '../support/measured-runs.js';
import { latencies, makeArm, makeWindow } from '../support/records.js';

interface Infinite {
  readonly infinite?: readonly string[];
}

const test = suite('gate/doubt');
const LOOK = { number: 1, planned: 1 };
const TERMINAL = { color: false, columns: 400 };
const arms = ['a', 'b'].map((label) => makeArm('read', [{ name: 'side', label }]));
const [armA, armB] = arms as [Arm, Arm];

/** Levels close to each other, without a pattern. */
const steady = (count: number, level = 100e6) =>
  Array.from({ length: count }, (_, i) => level * (1 + 0.0004 * Math.sin(7 * i + 1)));

/** One run of two arms; `change` of a trial by its arm and session. */
function runOf(
  base: readonly number[],
  candidate: readonly number[],
  change: (trial: TrialRecord) => Partial<TrialRecord> = () => ({}),
): NamedRun {
  const made = measuredRun('run', [
    { arm: armA, levels: base },
    { arm: armB, levels: candidate },
  ]);
  const latency = { read: latencies(...Array<number>(400).fill(1e6)) };
  return { ...made, trials: made.trials.map((trial) => ({ ...trial, latency, ...change({ ...trial, latency }) })) };
}

const compared = (run: NamedRun, changes?: Partial<ComparisonOptions>) => comparedRuns([run], changes);

function comparedRuns(runs: readonly NamedRun[], changes: Partial<ComparisonOptions> = {}) {
  const comparison = compare(
    runs,
    comparisonOptions({ columns: ['side'], alpha: 0.01, directions: 'regressions', ...changes }),
  );
  const result = gateOf(comparison, [], { failOnInconclusive: false, look: LOOK });
  const [cell] = comparison.cells;
  assert.ok(cell);
  return { comparison, result, cell, judgement: cell.judgement, status: gateStatusOf(result) };
}

const report = ({ comparison, result }: ReturnType<typeof compared>, format: 'table' | 'json' | 'csv' = 'table') =>
  renderComparison(comparison, format, TERMINAL, result);

test('33 sessions at +0.37 % and 7 at half speed: no regression beside a narrow interval, and the stalls are told', async () => {
  const base = steady(40);
  const candidate = base.map((level, i) =>
    i % 6 === 5 || i === 39 ? level / 2 : level * (1.0037 + 1e-5 * Math.sin(i)),
  );
  assert.is(candidate.filter((level, i) => level < (base[i] as number)).length, 7);
  for (const directions of ['both', 'regressions'] as const) {
    const found = compared(runOf(base, candidate), { directions, alpha: 0.05 });
    assert.is(found.judgement.verdict, 'inconclusive');
    assert.equal(found.judgement.doubt, { kind: 'stalled', sessions: 7, of: 40 });
    assert.ok((found.judgement.ratio?.low ?? 0) > 1 && (found.judgement.ratio?.high ?? 2) < 1.005);
    assert.is(found.status, 3);
    const text = await report(found);
    assert.match(text, /│ inconclusive │ 7 of 40 sessions stalled │/);
    assert.match(text, /the mean of all trials changed by −8\.\d %, the typical session by \+0\.4 %/);
    assert.match(text, /^stalled in 1 of 2 arms .*7 of 40 sessions stalled: the slowest trial moved/m);
    assert.match(text, /^doubt: throughput of read\/side=b: 7 of 40 sessions stalled/m);
  }
});

test('two halved sessions of eighteen are not equivalent', () => {
  const base = steady(18);
  const found = compared(
    runOf(
      base,
      base.map((level, i) => (i === 3 || i === 11 ? level / 2 : level)),
    ),
  );
  assert.equal(found.judgement.doubt, { kind: 'stalled', sessions: 2, of: 18 });
  assert.is(found.status, 3);
  const tolerant = compared(
    runOf(
      base,
      base.map((level, i) => (i === 3 ? level / 2 : level)),
    ),
    { minEffect: 0.05 },
  );
  assert.equal([tolerant.judgement.verdict, tolerant.judgement.doubt], ['equivalent', null], 'the mean lost 2.8 %');
  assert.equal(
    tolerant.comparison.warnings.map(({ code }) => code),
    ['stalled'],
    'it is told nevertheless',
  );
});

test('stalls of the base are a doubt about it; the same stalls on both sides are none', () => {
  const base = steady(18);
  const halved = base.map((level, i) => (i === 3 || i === 11 ? level / 2 : level));
  assert.is(compared(runOf(halved, base)).judgement.doubt?.kind, 'stalled');
  assert.equal(compared(runOf(halved, halved)).judgement.verdict, 'equivalent');
  const slower = compared(
    runOf(
      base,
      halved.map((level) => level * 0.8),
    ),
  );
  assert.equal([slower.judgement.verdict, slower.judgement.doubt], ['regression', null], 'both say the same');
  const faster = compared(
    runOf(
      base,
      halved.map((level) => level * 1.02),
    ),
  );
  assert.equal([faster.judgement.verdict, faster.judgement.doubt?.kind], ['inconclusive', 'stalled']);
});

/** A trial that ran and measured nothing: no window, or no operation in it. Its latencies are those of the ramp. */
const nothing = { ...makeWindow(0, 0), startNs: 0, endNs: 0 };

test('three of twelve sessions that measured nothing count as the worst, in rates and in latencies', async () => {
  for (const window of [nothing, makeWindow(0, 0)]) {
    const run = runOf(steady(12), steady(12), ({ arm, session }) =>
      arm === armB.id && session % 4 === 0 ? { window } : {},
    );
    const rates = compared(run);
    assert.equal([rates.judgement.units, rates.judgement.verdict], [12, 'inconclusive']);
    assert.equal(rates.judgement.doubt, { kind: 'stalled', sessions: 3, of: 12 });
    assert.is(rates.judgement.ratio?.low, 0);
    assert.is(rates.cell.candidateSpread?.n, 12);
    assert.is(rates.cell.candidateSpread?.min, 0);
    assert.is(rates.status, 3);
    const measures = ['p99(latency)', 'mean(read)'].map(measureNamed);
    const latency = compared(run, { measures });
    assert.equal(
      latency.comparison.cells.map(({ judgement }) => judgement.doubt?.kind),
      ['stalled', 'stalled'],
    );
    assert.is(latency.judgement.ratio?.high, Number.POSITIVE_INFINITY);
    assert.match(await report(latency), /0\.0 % … ∞/);
    const json = await report(latency, 'json');
    assert.not.match(json, /NaN|Infinity/);
    const [cell] = (JSON.parse(json) as { cells: (Infinite & Record<'ratio' | 'candidate', Infinite>)[] }).cells;
    assert.equal(cell?.ratio.infinite, ['high']);
    assert.equal(cell?.candidate.infinite, ['values', 'q3', 'max', 'medianHigh']);
    assert.equal(cell?.infinite, ['differences', 'meanRatio']);
    assert.not.match(await report(latency, 'csv'), /NaN|Infinity/);
  }
});

test('a candidate that measured nothing at all is a regression, and a cell that nothing measured is told so', () => {
  const dead = Array<number>(12).fill(0);
  const asDead = ({ arm }: TrialRecord) => (arm === armB.id ? { window: nothing } : {});
  const measures = ['throughput', 'p99(latency)'].map(measureNamed);
  const found = compared(runOf(steady(12), dead, asDead), { measures });
  assert.equal(
    found.comparison.cells.map(({ judgement }) => judgement.verdict),
    ['regression', 'regression'],
  );
  assert.equal(
    found.comparison.cells.map(({ judgement }) => judgement.ratio?.estimate),
    [0, Number.POSITIVE_INFINITY],
  );
  const both = compared(
    runOf(dead, dead, () => ({ window: nothing })),
    { measures },
  );
  assert.equal(
    both.comparison.cells.map(({ judgement }) => judgement.doubt),
    [{ kind: 'dead' }, { kind: 'dead' }],
  );
  assert.is(both.status, 3);
});

test('two runs count a session that measured nothing alike', async () => {
  const arm = makeArm('read');
  const runs = (dead: number) =>
    [0, dead].map((count, index) =>
      measuredRun(index === 0 ? 'old' : 'new', [
        { arm, levels: steady(12).map((level, i) => (i < count ? 0 : level)) },
      ]),
    );
  const between = (dead: number) => comparedRuns(runs(dead), { columns: ['run'] });
  const some = between(3);
  assert.equal(some.comparison.cells[0]?.judgement.doubt, { kind: 'stalled', sessions: 3, of: 12 });
  assert.is(some.comparison.cells[0]?.judgement.units, 12);
  assert.is(some.result.outcome, 'inconclusive');
  for (const dead of [1, 3, 12]) {
    const { comparison, result } = between(dead);
    assert.not.match(await renderComparison(comparison, 'json', TERMINAL, result), /NaN|Infinity/);
    assert.not.match(await renderComparison(comparison, 'table', TERMINAL, result), /NaN|Infinity/);
  }
  assert.is(between(12).result.outcome, 'regression');
});

test('a round that measured nothing is not hidden by the median of its session', () => {
  const rounds = [1, 2, 3];
  const run = runOf(steady(12), steady(12));
  const trials = rounds.flatMap((round) =>
    run.trials.map((trial) => ({
      ...trial,
      round,
      id: `s${trial.session}r${round}${trial.arm}`,
      window: round === 2 && trial.arm === armB.id ? nothing : trial.window,
    })),
  );
  const found = compared({ ...run, trials });
  assert.equal(found.judgement.doubt, { kind: 'stalled', sessions: 12, of: 12 });
});

test('a quantile that some trials are too short for is not decided on the others', async () => {
  const few = { read: latencies(...Array<number>(100).fill(1e6)) };
  const run = runOf(steady(12), steady(12), ({ arm, session }) =>
    arm === armB.id && session < 4 ? { latency: few } : {},
  );
  const found = compared(run, { measures: [measureNamed('p99(latency)')] });
  assert.equal([found.judgement.units, found.judgement.verdict], [9, 'inconclusive']);
  assert.equal(found.judgement.doubt, { kind: 'unvalued', sessions: 3, of: 12 });
  assert.match(await report(found), /n is 9 of 12 sessions/);
  const never = compared(
    runOf(steady(12), steady(12), () => ({ latency: few })),
    {
      measures: [measureNamed('p99(latency)')],
    },
  );
  assert.equal([never.judgement.ratio, never.judgement.doubt], [null, null], 'not measured at all');
});

test('a metric that an arm never has stays unmeasured, also in a trial that measured nothing', () => {
  const run = runOf(steady(12), steady(12), ({ session }) => (session === 5 ? { window: nothing } : {}));
  const found = compared(run, { measures: [measureNamed('p99(fsync)')] });
  assert.equal([found.judgement.units, found.cell.baseSpread], [0, null]);
});

test('a failed trial takes its session from the count, and the report says how many are left', async () => {
  const run = runOf(steady(12), steady(12), ({ arm, session }) =>
    arm === armB.id && session < 4 ? { status: 'failed' } : {},
  );
  const found = compared(run);
  assert.equal([found.judgement.units, found.judgement.doubt], [9, null]);
  assert.match(await report(found), /throughput of read\/side=b: n is 9 of 12 sessions; in the others a side failed/);
});

test('twelve sessions at 0.88 × below a noise floor of 13.5 % are not equivalent and do not pass', async () => {
  const run = runOf(
    steady(12),
    steady(12).map((level, i) => level * (0.88 + 0.0005 * Math.sin(3 * i))),
  );
  const [target] = run.run.environment.targets;
  assert.ok(target);
  const calibration = {
    calibratedAt: '2026-11-20T00:00:00.000Z',
    run: 'calibration',
    target: { source: target.source, fileSystem: target.fileSystem, options: target.options.split(',').sort() },
    cells: [{ arm: armB.id, measure: 'throughput', floor: 0.135, words: armB.words }],
  } as unknown as CalibrationRecord;
  const found = compared(run, { calibrations: [calibration] });
  assert.equal([found.judgement.verdict, found.judgement.doubt?.kind], ['inconclusive', 'noise-floor']);
  assert.equal([found.result.outcome, found.status], ['inconclusive', 3]);
  assert.is(isDecided(found), true, 'more sessions would not lower the floor');
  const text = await report(found);
  assert.match(
    text,
    /differences below 1 % are ignored, and a regression or improvement must exceed this target's noise floor \(13\.5 %\)/,
  );
  assert.match(text, /│ inconclusive │ below this target's noise floor of 13\.5 % │/);
  assert.match(
    text,
    /doubt: throughput of read\/side=b: a change of −12\.\d % was measured, but it is below this target's noise floor of 13\.5 %/,
  );
  assert.is(compared(run).judgement.verdict, 'regression', 'without a floor');
});

test.run();
