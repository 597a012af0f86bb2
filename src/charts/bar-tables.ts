/** The tables behind bar charts and timelines. */
import { visibleText } from '../base/visible-text.js';
import type { BarChart, TimelineChart } from './chart.js';
import { intervalText } from './interval-text.js';
import { numberColumn, type TableColumn } from './number-column.js';
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

/** Returns the columns of one part of a bar chart: its value, and its interval and observations if it has any. */
function partColumns(part: BarChart['parts'][number], column: TableColumn): OptionalColumn<number>[] {
  const spread = (index: number) => part.spreads?.[index] ?? undefined;
  return [
    {
      column: right(`${part.name} (${column.head})`),
      cell: (index) => (part.values[index] == null ? 'none' : column.cell(part.values[index])),
    },
    {
      column: right(`${part.name} (${column.head}): interval`),
      cell: (index) => intervalText(spread(index) ?? {}, column.cell),
    },
    {
      column: left(`${part.name} (${column.head}): observations`),
      cell: (index) => (spread(index)?.dots.length ? observations(spread(index)?.dots ?? [], column.cell) : undefined),
    },
    { column: left(`${part.name}: remark`), cell: (index) => spread(index)?.label },
  ];
}

/** Returns the tables of a bar chart: a row for each category. */
export function barTables(chart: BarChart): ChartTable[] {
  const { categories, parts, value, arms, isStacked, levels = [] } = chart;
  const all = [
    ...parts.flatMap(({ values }) => values.flatMap((one) => one ?? [])),
    ...levels.map((level) => level.value),
  ];
  const column = numberColumn(value.label, value.unit, all);
  const total = (index: number): string =>
    column.cell(parts.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
  const columns: OptionalColumn<number>[] = [
    { column: left(categories.label), cell: (index) => categories.categories[index] },
    ...parts.flatMap((part) => partColumns(part, column)),
    ...(isStacked && parts.length > 1 ? [{ column: right(`total (${column.head})`), cell: total }] : []),
  ];
  const table = tableOf(chart.title, columns, [...categories.categories.keys()], (index) => arms?.[index]);
  if (levels.length === 0) return [table];
  const lines = levels.map(({ value: at, label }) => row([label, column.cell(at)]));
  return [
    table,
    {
      caption: visibleText(`${chart.title}: what is marked`),
      columns: [left('mark'), right(column.head)],
      rows: lines,
    },
  ];
}

/** Returns the table of a timeline: its spans, or sums of them if there are very many. */
export function timelineTables(chart: TimelineChart): ChartTable[] {
  const total = chart.lanes.reduce((sum, { spans }) => sum + spans.length, 0);
  const times = numberColumn(
    '',
    'ns',
    chart.lanes.flatMap(({ spans }) => spans.map(({ toNs }) => toNs)),
  );
  const head = (name: string): ChartTable['columns'][number] => right(`${name}${times.head}`);
  if (total <= MAX_ROWS) {
    const rows = chart.lanes.flatMap(({ name, arm, spans }) =>
      spans.map(({ fromNs, toNs, what }) =>
        row([name, what, times.cell(fromNs), times.cell(toNs), times.cell(toNs - fromNs)], arm),
      ),
    );
    return [
      {
        caption: visibleText(chart.title),
        columns: [left('lane'), left('what'), head('from'), head('to'), head('duration')],
        rows,
      },
    ];
  }
  const rows = chart.lanes.flatMap(({ name, arm, spans }) =>
    [...new Set(spans.map(({ what }) => what))].map((what) => {
      const own = spans.filter((span) => span.what === what);
      const durations = own.map(({ fromNs, toNs }) => toNs - fromNs);
      const sum = durations.reduce((one, other) => one + other, 0);
      return row(
        [
          name,
          what,
          String(own.length),
          times.cell(sum),
          times.cell(durations.reduce((one, other) => Math.max(one, other), 0)),
        ],
        arm,
      );
    }),
  );
  const columns = [left('lane'), left('what'), right('spans'), head('in total'), head('longest')];
  const note = `Summed up: ${total.toLocaleString('en-US')} spans, by lane and kind.`;
  return [{ caption: visibleText(chart.title), columns, rows, note }];
}
