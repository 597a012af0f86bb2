/** The tables of a run: which columns they show at which width, for the jobs that are in them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Arm } from '../../src/plan/plan.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { renderRun } from '../../src/report/render.js';
import { columnsOf } from '../../src/report/table/columns.js';
import { assertGolden } from '../support/golden.js';
import { latencies, makeArm, makeCache, makeRun, makeTrial, makeWindow } from '../support/records.js';

const test = suite('report/arm-table');

const ROUNDS = [1, 2, 3];
/** Enough operations for a p99.9. */
const around = (ns: number) => latencies(...Array.from({ length: 3000 }, (_, index) => ns * (1 + index / 10_000)));

type Measured = readonly [
  arm: Arm,
  bytesPerSecond: number,
  latency: TrialRecord['latency'],
  more?: Partial<TrialRecord>,
];

function report(measured: readonly Measured[], columns: number): Promise<string> {
  const run = makeRun(
    measured.map(([arm]) => arm),
    ROUNDS.length,
  );
  const trials = ROUNDS.flatMap((round) =>
    measured.map(([arm, bytesPerSecond, latency, more], place) =>
      makeTrial(arm, round, bytesPerSecond * (1 + round / 100), { id: `s1r${round}t${place + 1}`, latency, ...more }),
    ),
  );
  return renderRun(run, trials, [], 'table', { color: false, columns });
}

const cache = { cache: makeCache('proven') };
const operations = (bytes: number, count: number): Partial<TrialRecord> => ({
  ...cache,
  window: makeWindow(bytes, count),
});
const WRITTEN = { write: around(2.4e5), open: around(1e5), fsync: around(8e6), close: around(1e4) };

/** The jobs of `quick`. */
const QUICK: readonly Measured[] = [
  [makeArm('cold-read'), 1.6e9, { read: around(1e5) }, cache],
  [makeArm('random-read'), 4e7, { read: around(8e4) }, operations(4e7, 10_000)],
  [makeArm('write'), 1.2e9, WRITTEN, cache],
  [makeArm('checkpoint'), 1.1e9, { ...WRITTEN, checkpoint: latencies(4e7, 5e7), rename: around(1e4) }, cache],
];

const FILES: readonly Measured[] = [1, 16].flatMap((numjobs): Measured[] =>
  (['cold', 'warm'] as const).map((claim) => [
    makeArm('samples', [
      { name: 'numjobs', label: String(numjobs) },
      { name: 'cache', label: claim },
    ]),
    3e8,
    { read: around(1e5), open: around(3e5), close: around(9e3), file: around(4.1e5) },
    { cache: { ...makeCache('proven'), claim } },
  ]),
);

const tableOf = (text: string): string[] => text.split('\n').filter((line) => /^[┌│├└]/.test(line));

for (const columns of [80, 100, 120]) {
  test(`quick and small files at ${columns} columns`, async () => {
    const [quick, files] = [await report(QUICK, columns), await report(FILES, columns)];
    assertGolden(`${quick}\n${files}`, 'report', `tables-${columns}.txt`);
    assert.match(quick, /│ +IOPS │/);
    assert.match(quick, /│ job +│ throughput .*│ checkpoint p50 │/);
    for (const head of ['files/s', 'file p50', 'open p50', 'read p50', 'close p50'])
      assert.ok(files.includes(`│ ${head} │`));
    for (const line of tableOf(`${quick}${files}`)) {
      assert.ok(line.length <= columns, line);
      assert.ok((line.match(/ – /g) ?? []).length < 3, `mostly empty: ${line}`);
    }
  });
}

test('files per second are those of the reads, and of the time in which all workers were busy', async () => {
  assert.match(await report(FILES, 200), /│ +1k │ +1k–1k │/);
});

test('a failed arm stays in the table of its job', async () => {
  const failed = { status: 'failed', latency: {}, window: makeWindow(0, 0) } as const;
  const [first, ...others] = FILES as [Measured, ...Measured[]];
  const text = await report([[first[0], 0, {}, failed], ...others], 100);
  assert.match(text, /│ +1 │ +cold │ +failed │/);
  assert.is(text.split('\n').filter((line) => line.startsWith('┌')).length, 1);
});

test('any width, and names that are long or wide', async () => {
  const name = '訓練データの読み込み';
  const arms = ['1', '2'].map(
    (label): Measured => [makeArm(name, [{ name: 'simulated_bytes_per_second', label }]), 1e9, { read: around(1e5) }],
  );
  for (const columns of [40, 60, 80, 200, 1000]) {
    const text = await report([...arms, ...QUICK], columns);
    for (const line of tableOf(text)) assert.ok(columnsOf(line) <= columns, `${columns}: ${line}`);
    const [first, ...rest] = tableOf(text).map(columnsOf);
    assert.ok(
      rest.slice(0, 5).every((width) => width === first),
      `${columns}: ${text}`,
    );
  }
});

test('no arm, and a thousand', async () => {
  assert.not.match(await report([], 80), /┌/);
  const many = Array.from(
    { length: 1000 },
    (_, index): Measured => [
      makeArm('read', [{ name: 'offset', label: String(index) }]),
      1e9,
      { read: latencies(1e5) },
    ],
  );
  const run = makeRun(
    many.map(([arm]) => arm),
    1,
  );
  const trials = many.map(([arm, level, latency], place) =>
    makeTrial(arm, 1, level, { id: `s1r1t${place + 1}`, latency }),
  );
  const text = await renderRun(run, trials, [], 'table', { color: false, columns: 80 });
  assert.is(tableOf(text).length, 1004);
});

test.run();
