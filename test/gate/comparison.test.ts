import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ComparisonOptions, compare, type NamedRun } from '../../src/gate/comparison.js';
import type { Arm } from '../../src/plan/plan.js';
import { geometricMean } from '../../src/stats/geometric-mean.js';
import { readRun } from '../../src/store/read-run.js';
import { comparisonOptions } from '../support/comparison-options.js';
import { ioJob } from '../support/jobs.js';
import { around, type MeasuredArm, measuredRun, measureNamed, storeRun } from '../support/measured-runs.js';
import { latencies, makeArm, makeCache, withSpec } from '../support/records.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('gate/comparison');

/** An arm of `bs` by `numjobs`. */
function armOf(bs: number, numjobs: number): Arm {
  const factors = [
    { name: 'bs', label: `${bs}KiB` },
    { name: 'numjobs', label: String(numjobs) },
  ];
  return withSpec(makeArm('read', factors), ioJob({ numjobs }));
}

function comparison(runs: readonly NamedRun[], changes: Partial<ComparisonOptions> = {}) {
  return compare(runs, comparisonOptions(changes));
}

/** Throughput of four arms, `n` sessions each: 4 and 64 KiB with 1 and 2 workers. */
function run(
  name: string,
  levels: readonly number[],
  n = 10,
  more: Partial<MeasuredArm> = {},
  kernel = '6.1.0',
): NamedRun {
  const arms = [armOf(4, 1), armOf(4, 2), armOf(64, 1), armOf(64, 2)];
  const measuredArms = arms.map((arm, index) => ({
    arm,
    levels: around(levels[index] ?? 1, n + index).slice(index),
    ...more,
  }));
  return measuredRun(name, measuredArms, {}, { kernel });
}
const shown = ({ cells }: ReturnType<typeof comparison>) =>
  cells.map(({ row, column, judgement }) => [...row.values(), column, judgement.verdict].join(' '));

test('arms of one run are paired by session, those of two runs are not', () => {
  const one = run('one', [100, 200, 300, 400]);
  const within = comparison([one], { columns: ['numjobs'] });
  assert.equal(within.grid.rowNames, ['bs']);
  assert.ok(within.cells.every(({ sample }) => sample.design === 'paired'));
  assert.equal(shown(within), ['4KiB 2 improvement', '64KiB 2 improvement']);
  const between = comparison([one, run('two', [90, 200, 300, 500])]);
  assert.ok(between.cells.every(({ sample }) => sample.design === 'unpaired'));
  assert.equal(shown(between), [
    '4KiB 1 two regression',
    '4KiB 2 two equivalent',
    '64KiB 1 two equivalent',
    '64KiB 2 two improvement',
  ]);
});

test('latency up is a regression, and the cells of all measures are one family', () => {
  const slow = { trials: { latency: { read: latencies(...Array<number>(300).fill(2000)) } } };
  const fast = { trials: { latency: { read: latencies(...Array<number>(300).fill(1000)) } } };
  const measures = ['throughput', 'p99(latency)'].map(measureNamed);
  const both = comparison([run('one', [1, 2, 3, 4], 10, fast), run('two', [1, 2, 3, 4], 10, slow)], { measures });
  const latency = both.cells.filter(({ measure }) => measure.key === 'p99(latency)');
  assert.equal(
    latency.map(({ judgement }) => judgement.verdict),
    Array(4).fill('regression'),
  );
  const alone = comparison([run('one', [1, 2, 3, 4], 10, fast), run('two', [1, 2, 3, 4], 10, slow)], {
    measures: measures.slice(1),
  });
  const p = (cells: typeof alone.cells) => cells[0]?.judgement.pRegression ?? 0;
  assert.ok(Math.abs(p(latency) / p(alone.cells) - 2) < 1e-9, 'eight cells instead of four');
});

test('the geometric mean of a column is over its rows that can be compared', () => {
  const [one, two] = [run('one', [100, 100, 100, 100]), run('two', [110, 90, 100, 100])];
  const { means, cells } = comparison([one, two]);
  const ratios = cells.map(({ judgement }) => judgement.ratio?.estimate ?? 0);
  assert.equal(
    means.map(({ column, rows }) => [column, rows]),
    [['two', 4]],
  );
  const { estimate = 0, low = 0, high = 0 } = means[0]?.ratio ?? {};
  assert.is(estimate, geometricMean(ratios));
  assert.ok(low < estimate && estimate < high);
  assert.equal(
    comparison([one, two], {
      where: new Map([
        ['bs', '4KiB'],
        ['numjobs', '1'],
      ]),
    }).means,
    [],
    'one row has none',
  );
  assert.equal(comparison([one, run('two', [1, 1, 1, 1], 10, {}, '7')]).means, [], 'nor has what is incomparable');
});

test('another kernel is incomparable to a gate, told by a comparison, and ignored on request', () => {
  const runs = [run('one', [1, 2, 3, 4]), run('two', [1, 2, 3, 4], 10, {}, '7.0')];
  const cellOf = (changes: Partial<ComparisonOptions>) => comparison(runs, changes).cells[0];
  assert.is(cellOf({})?.judgement.verdict, 'incomparable');
  assert.equal(
    cellOf({})?.mismatches.map(({ what }) => what),
    ['kernel'],
  );
  assert.is(cellOf({ demands: 'load' })?.judgement.verdict, 'equivalent');
  assert.equal(
    cellOf({ demands: 'load' })?.differences.map(({ what }) => what),
    ['kernel'],
  );
  const ignored = cellOf({ ignore: new Set(['kernel']) });
  assert.equal([ignored?.judgement.verdict, ignored?.mismatches, ignored?.differences], ['equivalent', [], []]);
});

test('trials that do not count are left out: warm-up, failed, aborted', () => {
  const arm = armOf(4, 1);
  const base = measuredRun('one', [{ arm, levels: around(100, 10) }]);
  for (const trials of [{ warmup: true }, { status: 'failed' }, { status: 'aborted' }] as const) {
    const { cells } = comparison([base, measuredRun('two', [{ arm, levels: [1, 2, 3], trials }])]);
    assert.equal([cells[0]?.candidateSpread, cells[0]?.judgement.verdict], [null, 'inconclusive']);
    assert.is(cells[0]?.candidate.trials.length, 0);
  }
});

test('three columns and more are ranked, without those that cannot be compared', () => {
  const runs = [run('one', [100, 200, 300, 400]), run('two', [90, 200, 310, 400]), run('three', [80, 150, 350, 410])];
  const ranked = (named: readonly NamedRun[]) =>
    comparison(named).rankings.map(({ entries }) =>
      entries.map(({ column, tied }) => (tied ? column : `(${column})`)).join(' '),
    );
  assert.equal(ranked(runs), ['one (two) (three)', 'one two (three)', 'three (two) (one)', 'three (one) (two)']);
  assert.equal(ranked(runs.slice(0, 2)), [], 'of two one verdict says it');
  const odd = run('odd', [999, 999, 999, 999], 10, {}, '7');
  assert.equal(ranked([...runs, odd]), ranked(runs), 'the other kernel is not best');
});

test('rows that only one column has are no cells', () => {
  const base = measuredRun(
    'one',
    [armOf(4, 1), armOf(4, 2)].map((arm) => ({ arm, levels: [1, 2] })),
  );
  const other = measuredRun(
    'two',
    [armOf(4, 2), armOf(64, 2)].map((arm) => ({ arm, levels: [1, 2] })),
  );
  const { cells, grid } = comparison([base, other], { rows: ['bs', 'numjobs'] });
  assert.equal(
    cells.map(({ row }) => [...row.values()].join(' ')),
    ['4KiB 2'],
  );
  assert.is(grid.rows.length, 3);
});

test('an arm that was warm on one side is not compared with one that was cold', () => {
  const arms = [armOf(4, 1), armOf(4, 2)] as const;
  const trials = { cache: makeCache('contradicted') };
  const one = measuredRun('one', [
    { arm: arms[0], levels: around(1, 9) },
    { arm: arms[1], levels: around(9, 9), trials },
  ]);
  const { cells } = comparison([one], { columns: ['numjobs'], demands: 'load' });
  assert.equal(
    cells.map(({ judgement, mismatches }) => [judgement.verdict, mismatches[0]?.what]),
    [['incomparable', 'cache-state']],
  );
});

test('two ranks against two equal ones are 1.00 ×, in one run and in two', async () => {
  await withTemporaryDirectory((results) => {
    const stored = (name: string): NamedRun => {
      const arms = [armOf(4, 1), armOf(64, 1)].map((arm) => ({ arm, levels: Array<number>(10).fill(1e9) }));
      const { run: plain, trials } = measuredRun(name, arms);
      // The second machine is three times as fast as the first: paired by place alone this would be 3 × or ⅓ ×.
      const ofRanks = trials.flatMap((trial) => [
        trial,
        { ...trial, rank: 1, window: { ...trial.window, readBytes: 3e9 } },
      ]);
      const { run: header, trials: merged } = readRun(storeRun(results, { name, run: plain, trials: ofRanks }));
      assert.is(merged.length, 20);
      return { name, run: header as NamedRun['run'], trials: merged };
    };
    const [a, b] = [stored('a'), stored('b')];
    for (const { cells } of [comparison([a], { columns: ['bs'] }), comparison([a, b])]) {
      assert.ok(cells.length > 0);
      for (const { judgement, baseSpread } of cells) {
        assert.is(judgement.ratio?.estimate, 1);
        assert.is(judgement.units, 10);
        assert.is(baseSpread?.median, 4e9);
      }
    }
  });
});

test.run();
