/**
 * The tables behind a chart, for people who cannot see it and for those who want its numbers. A huge chart has thinned
 * tables, which say so.
 */
import { visibleText } from '../base/visible-text.js';
import { barTables, timelineTables } from './bar-tables.js';
import type { Chart, ForestChart, HeatmapChart, XyChart, XyPoint } from './chart.js';
import { numberColumn } from './number-column.js';
import { ratioText } from './ratio-scale.js';
import {
  type ChartTable,
  left,
  MAX_ROWS,
  type OptionalColumn,
  observations,
  right,
  row,
  tableOf,
} from './table-parts.js';
import { thinnedPoints } from './thin-points.js';

/** As many columns of a heat map stand beside each other. A wider one is a list. */
const MAX_COLUMNS = 12;

interface ChartPoint {
  readonly name: string;
  readonly point: XyPoint;
  readonly arm?: string;
}

function pointRows({ series }: XyChart): { rows: ChartPoint[]; total: number } {
  const total = series.reduce((sum, { points }) => sum + points.length, 0);
  const each = Math.max(1, Math.floor(MAX_ROWS / Math.max(1, series.length) / 4));
  const rows = series.flatMap(({ name, points, arm, isPredicted }) => {
    const shown = total <= MAX_ROWS ? points : thinnedPoints(points, each);
    return shown.map((point) => {
      const own = point.arm ?? arm;
      const base = { name: isPredicted ? `${name} (predicted)` : name, point };
      return own === undefined ? base : { ...base, arm: own };
    });
  });
  return { rows, total };
}

function xyColumns({ x, y, series }: XyChart): OptionalColumn<ChartPoint>[] {
  const xs = numberColumn(
    x.label,
    x.unit,
    series.flatMap(({ points }) => points.map((point) => point.x)),
  );
  const ys = numberColumn(
    y.label,
    y.unit,
    series.flatMap(({ points }) => points.flatMap((point) => point.y ?? [])),
  );
  const tick = (at: number): string => x.ticks?.find((candidate) => candidate.at === at)?.label ?? xs.cell(at);
  const optional = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : ys.cell(value);
  return [
    { column: left('series'), cell: ({ name }) => name },
    { column: right(xs.head), cell: ({ point }) => tick(point.x) },
    { column: right(ys.head), cell: ({ point }) => (point.y === null ? 'none' : ys.cell(point.y)) },
    { column: right('interval from'), cell: ({ point }) => optional(point.low) },
    { column: right('interval to'), cell: ({ point }) => optional(point.high) },
    { column: right('n'), cell: ({ point }) => (point.dots === undefined ? undefined : String(point.dots.length)) },
    {
      column: left('observations'),
      cell: ({ point }) => (point.dots === undefined ? undefined : observations(point.dots, ys.cell)),
    },
    { column: left('remark'), cell: ({ point }) => point.label },
  ];
}

function thinned(table: ChartTable, shown: number, total: number, what: string): ChartTable {
  if (shown >= total) return table;
  const numbers = `${shown.toLocaleString('en-US')} of ${total.toLocaleString('en-US')}`;
  return {
    ...table,
    note: `Thinned: ${numbers} ${what}. Each stretch keeps its first, lowest, highest and last value.`,
  };
}

function xyTables(chart: XyChart): ChartTable[] {
  const { rows, total } = pointRows(chart);
  const values = thinned(
    tableOf(chart.title, xyColumns(chart), rows, ({ arm }) => arm),
    rows.length,
    total,
    'points',
  );
  const { levels = [], spans = [], marks = [] } = chart;
  if (levels.length + spans.length + marks.length === 0) return [values];
  const xs = numberColumn(chart.x.label, chart.x.unit, [
    ...spans.flatMap(({ from, to }) => [from, to]),
    ...marks.map(({ x }) => x),
  ]);
  const ys = numberColumn(
    chart.y.label,
    chart.y.unit,
    levels.map(({ y }) => y),
  );
  const marked: ChartTable = {
    caption: visibleText(`${chart.title}: what is marked`),
    columns: [left('mark'), left('where')],
    rows: [
      ...levels.map(({ y, label }) => row([label, `${ys.head}: ${ys.cell(y)}`])),
      ...spans.map(({ from, to, label }) => row([label, `${xs.head}: ${xs.cell(from)} to ${xs.cell(to)}`])),
      ...marks.map(({ x, label }) => row([label, `${xs.head}: ${xs.cell(x)}`])),
    ],
  };
  return [values, marked];
}

function heatmapTables(chart: HeatmapChart): ChartTable[] {
  const { x, y, value, cells } = chart;
  const column = numberColumn(
    value.label,
    value.unit,
    cells.map((cell) => cell.value),
  );
  if (x.categories.length > MAX_COLUMNS) {
    const columns: OptionalColumn<HeatmapChart['cells'][number]>[] = [
      { column: left(x.label), cell: (cell) => x.categories[cell.x] },
      { column: left(y.label), cell: (cell) => y.categories[cell.y] },
      { column: right(column.head), cell: (cell) => column.cell(cell.value) },
    ];
    return [tableOf(chart.title, columns, cells, ({ arm }) => arm)];
  }
  const at = new Map(cells.map((cell) => [`${cell.x} ${cell.y}`, column.cell(cell.value)]));
  return [
    {
      caption: visibleText(`${chart.title}: ${column.head}`),
      columns: [left(`${y.label} \\ ${x.label}`), ...x.categories.map(right)],
      rows: y.categories.map((name, index) =>
        row([name, ...x.categories.map((_, place) => at.get(`${place} ${index}`) ?? 'not measured')]),
      ),
    },
  ];
}

function forestTables(chart: ForestChart): ChartTable[] {
  const { low, high } = chart.band;
  const columns: OptionalColumn<ForestChart['rows'][number]>[] = [
    { column: left('comparison'), cell: ({ name }) => name },
    { column: right(chart.label), cell: ({ estimate }) => (estimate === null ? 'none' : ratioText(estimate)) },
    { column: right('interval from'), cell: (one) => intervalEnd(one, one.low) },
    { column: right('interval to'), cell: (one) => intervalEnd(one, one.high) },
    { column: left('verdict'), cell: ({ note }) => note },
    { column: right('n'), cell: ({ dots, beyond }) => String(dots.length + (beyond?.low ?? 0) + (beyond?.high ?? 0)) },
    { column: left('observations'), cell: ({ dots }) => observations(dots, ratioText) },
  ];
  const table = tableOf(chart.title, columns, chart.rows, ({ arm }) => arm);
  return [
    { ...table, caption: `${table.caption}. Differences from ${ratioText(low)} to ${ratioText(high)} do not matter.` },
  ];
}

function intervalEnd({ low, high }: ForestChart['rows'][number], end: number | undefined): string | undefined {
  if (low === undefined && high === undefined) return undefined;
  return end === undefined ? 'open' : ratioText(end);
}

export type { ChartTable } from './table-parts.js';

const TABLES: { readonly [K in Chart['kind']]: (chart: Extract<Chart, { readonly kind: K }>) => ChartTable[] } = {
  xy: xyTables,
  heatmap: heatmapTables,
  forest: forestTables,
  bars: barTables,
  timeline: timelineTables,
};

/** Returns the tables behind a chart: its values, and then what is marked in it, if anything is. */
export function chartTables(chart: Chart): readonly ChartTable[] {
  return (TABLES[chart.kind] as (chart: Chart) => ChartTable[])(chart);
}
