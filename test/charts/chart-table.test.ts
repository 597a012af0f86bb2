import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chartTables } from '../../src/charts/chart-table.js';
import {
  BARS_CHART,
  EXTREME_CHARTS,
  FOREST_CHART,
  HEATMAP_CHART,
  SAMPLE_CHARTS,
  SECONDS_CHART,
  SIZES_CHART,
  STACK_CHART,
  TIMELINE_CHART,
} from '../support/sample-charts.js';

const test = suite('charts/chart-table');

const heads = (table: ReturnType<typeof chartTables>[number]): string[] => table.columns.map(({ head }) => head);
const cells = (table: ReturnType<typeof chartTables>[number]): (readonly string[])[] =>
  table.rows.map((row) => row.cells);

test('points have their units in the heads, with intervals and observations', () => {
  const [values, marked] = chartTables(SIZES_CHART);
  assert.equal(heads(values!), [
    'series',
    'I/O size (KiB)',
    'throughput (MiB/s)',
    'interval from',
    'interval to',
    'n',
    'observations',
  ]);
  assert.equal(cells(values!)[0], ['target 0', '4', '6.104', '5.493', '6.714', '3', '5.798; 6.104; 6.409']);
  assert.is(cells(values!).at(-1)![4], '', 'an open end is empty');
  assert.is(values!.rows[0]?.arm, 'a0');
  assert.equal(cells(marked!), [
    ['volume limit 300 MB/s', 'throughput (MiB/s): 286.1'],
    ['small', 'I/O size (KiB): 4 to 16'],
    ['rsize', 'I/O size (KiB): 64'],
  ]);
});

test('a huge chart has a short table that says so and keeps the worst second', () => {
  const points = Array.from({ length: 100_000 }, (_, second) => ({ x: second * 1e9, y: second === 777 ? 1 : 1e9 }));
  const [table] = chartTables({ ...SECONDS_CHART, series: [{ name: 'a', drawn: 'line', points }] });
  assert.ok(table!.rows.length <= 500);
  assert.ok(cells(table!).some((row) => row[2]!.startsWith('0.00') || row[2]!.includes('e-')));
  assert.match(table!.note!, /^Thinned: \d+ of 100,000 points\./);
});

test('a heat map is a matrix, and a list if it is wide', () => {
  const [matrix] = chartTables(HEATMAP_CHART);
  assert.is(matrix!.caption, 'Throughput by I/O size and workers: throughput (MiB/s)');
  assert.equal(heads(matrix!), ['workers \\ I/O size', '4 KiB', '64 KiB', '1 MiB']);
  assert.equal(cells(matrix!)[1], ['16', '488.3', '3,906', 'not measured']);
  const wide = {
    ...HEATMAP_CHART,
    x: { label: 'I/O size', categories: Array.from({ length: 20 }, (_, index) => `${index}`) },
  };
  assert.equal(heads(chartTables(wide)[0]!), ['I/O size', 'workers', 'throughput (MiB/s)']);
});

test('ratios say their verdict, bars their parts, and timelines their spans', () => {
  const [forest] = chartTables(FOREST_CHART);
  assert.equal(cells(forest!), [
    ['read', '+20 %', '+10 %', '+30 %', 'improvement', '3', '+10 %; +20 %; +30 %'],
    ['write', '×0.5', '×0.4', 'open', 'regression', '3', '×0.4; −40 %'],
    ['stat', 'none', '', '', 'not comparable', '0', ''],
  ]);
  const [bars, levels] = chartTables(BARS_CHART);
  assert.equal(heads(bars!), [
    'arm',
    'read (IOPS)',
    'read (IOPS): interval',
    'read (IOPS): observations',
    'read: remark',
    'write (IOPS)',
  ]);
  assert.equal(cells(bars!)[1], ['nfs4', '2,000', '', '', 'failed', 'none']);
  assert.equal(cells(levels!), [['limit', '1,500']]);
  assert.is(cells(chartTables(STACK_CHART)[0]!)[0]!.at(-1), '60');
  assert.equal(cells(chartTables(TIMELINE_CHART)[0]!)[1], ['rank 0', 'fsync', '2', '3', '1']);
  const spans = Array.from({ length: 1000 }, (_, at) => ({ fromNs: at * 1e9, toNs: at * 1e9 + 5e8, what: 'write' }));
  const [summed] = chartTables({ ...TIMELINE_CHART, lanes: [{ name: 'r', spans }] });
  assert.equal(cells(summed!), [['r', 'write', '1000', '500', '0.5']]);
  assert.is(summed!.note, 'Summed up: 1,000 spans, by lane and kind.');
});

test('every row has a cell for each column, in plain visible text', () => {
  for (const chart of [...SAMPLE_CHARTS, ...EXTREME_CHARTS])
    for (const table of chartTables(chart)) {
      for (const { cells: row } of table.rows) assert.is(row.length, table.columns.length, chart.id);
      const text = JSON.stringify([table.caption, heads(table), cells(table)]);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there.
      assert.not.match(JSON.parse(text).flat(3).join(''), /[\u0000-\u001f\u202e]|NaN|undefined/, chart.id);
    }
});

test.run();
