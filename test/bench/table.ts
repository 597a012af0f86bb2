/** The results as a Markdown table, and the demands with their verdicts. */
import { median } from 'simple-statistics';
import { type CellResult, type Demand, demandsOf, type Metric, type Ratio, ratioOf, type Side } from './demands.js';

const VERDICTS = { true: 'met', false: '**NOT MET**', null: 'not decidable in this noise' } as const;

const COLUMNS = [
  ...['cell', 'IOPS', 'IOPS to fio', 'IOPS to fio tuned', 'IOPS to C'],
  ...['CPU/op to fio', 'p50 to fio', 'p99 to fio', 'p99.9 to fio', 'rounds'],
];

function ratioText(ratio: Ratio | null): string {
  if (ratio === null) return '–';
  return `${ratio.median.toFixed(2)} [${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)}]`;
}

function rowOf({ cell, rounds }: CellResult): string {
  const iops = rounds.map(({ feedrate }) => feedrate?.iops ?? Number.NaN).filter(Number.isFinite);
  const to = (metric: Metric, side: Side) => ratioText(ratioOf(rounds, metric, side));
  const columns = [
    ...[cell.name, iops.length === 0 ? '–' : median(iops).toFixed(0)],
    ...[to('iops', 'defaults'), to('iops', 'tuned'), to('iops', 'bare'), to('cpuPerOpNs', 'defaults')],
    ...[to('p50Ns', 'defaults'), to('p99Ns', 'defaults'), to('p999Ns', 'defaults'), String(rounds.length)],
  ];
  return `| ${columns.join(' | ')} |`;
}

function demandRow({ cell, text, ratio, met }: Demand): string {
  return `| ${cell} | ${text} | ${ratioText(ratio)} | ${VERDICTS[`${met}`]} |`;
}

/** Ratios are feedrate / other: the median of the rounds' ratios, with the interval that encloses it. */
export function markdownOf(results: readonly CellResult[], heading: readonly string[]): string {
  return [
    ...heading,
    '',
    `| ${COLUMNS.join(' | ')} |`,
    `|${COLUMNS.map((_, i) => (i === 0 ? '---' : '---:')).join('|')}|`,
    ...results.map(rowOf),
    '',
    '| cell | demand | ratio | verdict |',
    '|---|---|---|---|',
    ...demandsOf(results).map(demandRow),
    '',
  ].join('\n');
}
