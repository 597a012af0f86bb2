/** The tables of comparisons: levels and changes that agree, one form of change, and the columns that fit. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ComparedCell, type Comparison, type ComparisonOptions, compare } from '../../src/gate/comparison.js';
import { comparedColumns, formatChange } from '../../src/report/comparison/comparison-table.js';
import { terminalComparison } from '../../src/report/comparison/render-comparison.js';
import { comparisonOptions } from '../support/comparison-options.js';
import { assertGolden } from '../support/golden.js';
import { ioJob } from '../support/jobs.js';
import { type MeasuredArm, measuredRun } from '../support/measured-runs.js';
import { makeArm, withSpec } from '../support/records.js';

const test = suite('report/comparison-table');

const OPTIONS = comparisonOptions({ columns: ['target'] });

/** An arm of a job on target `a` or `b`, with its throughput in each session. */
function armOf(job: string, target: string, levels: readonly number[], spec = ioJob({})): MeasuredArm {
  return { arm: { ...withSpec(makeArm(job, [{ name: 'target', label: target }]), spec), target }, levels };
}

function compared(arms: readonly MeasuredArm[], more: Partial<ComparisonOptions> = {}): Comparison {
  return compare([measuredRun('run', arms)], { ...OPTIONS, ...more });
}

/** Returns the texts of a row by the heads of their columns. */
function textsOf(comparison: Comparison, cell: ComparedCell): Map<string, string> {
  return new Map(comparedColumns(comparison, cell.measure).map(({ head, text }) => [head, text(cell)]));
}

const report = (comparison: Comparison, columns: number): string =>
  terminalComparison(comparison, null, { answer: '', next: [] }, { color: false, columns });

/** Sessions of very different speed, in each of which b is a little slower, but whose medians are the other way round. */
const DRIFTING = {
  a: [100, 110, 120, 135, 140, 150],
  b: [92, 101, 129, 141, 128, 137],
};

test('levels that contradict the change have the reason in their row', () => {
  const comparison = compared([armOf('read', 'a', DRIFTING.a), armOf('read', 'b', DRIFTING.b)]);
  const texts = textsOf(comparison, comparison.cells[0] as ComparedCell);
  assert.is(texts.get('a (base)'), '128 B/s');
  assert.is(texts.get('b'), '129 B/s');
  assert.match(texts.get('change') as string, /^−/);
  assert.is(texts.get('pairs'), '4 of 6 lower');
  assert.match(report(comparison, 120), /\npairs: the change compares b with a within each session\./);
});

test('for every row, the change has the sign of the shown levels, or a reason is shown', () => {
  const level = fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.constantFrom(0, 100, 101));
  const sides = fc.array(fc.tuple(level, level), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(fc.array(sides, { minLength: 1, maxLength: 3 }), (rows) => {
      const arms = rows.flatMap((sessions, index) => [
        armOf(
          `job${index}`,
          'a',
          sessions.map(([a]) => a),
        ),
        armOf(
          `job${index}`,
          'b',
          sessions.map(([, b]) => b),
        ),
      ]);
      const comparison = compared(arms);
      for (const cell of comparison.cells) {
        const texts = textsOf(comparison, cell);
        if (texts.get('a (base)') === texts.get('b') || texts.get('change') === '∞') continue;
        const levels = Math.sign((cell.candidateSpread?.median ?? 0) - (cell.baseSpread?.median ?? 0));
        const change = Math.sign((cell.judgement.ratio?.estimate ?? 1) - 1);
        if (change * levels < 0) assert.match(texts.get('pairs') ?? '', /^\d+ of \d+ (lower|higher)$/);
      }
    }),
    { numRuns: 200 },
  );
});

test('a column of changes has one form', () => {
  const flat = [100, 101, 102, 103, 104, 105];
  const arms = [1.04, 3, 0.97].flatMap((factor, index) => [
    armOf(`job${index}`, 'a', flat),
    armOf(
      `job${index}`,
      'b',
      flat.map((one) => one * factor),
    ),
  ]);
  const changes = (comparison: Comparison) =>
    comparison.cells.map((cell) => textsOf(comparison, cell).get('change') as string);
  assert.equal(changes(compared(arms)), ['1.040×', '3.00×', '0.970×']);
  assert.equal(changes(compared([...arms.slice(0, 2), ...arms.slice(4)])), ['+4.0 %', '−3.0 %']);
  assert.equal([formatChange(0), formatChange(Infinity), formatChange(0.4)], ['−100.0 %', '∞', '0.400×']);
});

/** Jobs that differ in many words, as those of `quick` do. */
const VARIED = (['read', 'randread', 'write'] as const).flatMap((rw, index) => {
  const spec = ioJob({ rw, bs: [{ blockBytes: 4096 << index, share: 1 }], numjobs: index + 1 });
  const levels = [1, 2, 3, 4, 5, 6].map((session) => (1e8 + session * 1e6) * (index + 1));
  return [
    armOf(`job-${rw}`, 'a', levels, spec),
    armOf(
      `job-${rw}`,
      'b',
      levels.map((one) => one * 1.02),
      spec,
    ),
  ];
});

test('words that the job implies go first, the base does not', () => {
  const comparison = compared(VARIED);
  assert.ok(comparison.grid.rowNames.length > 2, comparison.grid.rowNames.join(' '));
  for (const columns of [80, 100, 120, 200]) {
    assertGolden(report(comparison, columns), 'compare', `implied-${columns}.txt`);
  }
  assert.match(report(comparison, 80), /│ job +│ +a \(base\) │ +b │ change │/);
});

test('rows that were asked for stay', () => {
  const asked = compared(VARIED, { rows: ['job', 'numjobs'] });
  assert.match(report(asked, 60), /│ job +│ numjobs │/);
});

test.run();
