/** The results as one Markdown table, and below it the demands with their verdicts. */
import { median } from 'simple-statistics';
import { type CellResult, type Demand, demandsOf, type Verdict } from './demands.js';
import type { Side } from './measures.js';
import { type Metric, type Ratio, ratioOf } from './ratio.js';

const COLUMNS = [
  'cell',
  'feedrate IOPS',
  'IOPS ÷ fio',
  'IOPS ÷ fio tuned',
  'IOPS ÷ bare C',
  'CPU/op ÷ fio',
  'CPU/op ÷ fio tuned',
  'p50 ÷ fio',
  'p99 ÷ fio',
  'p99.9 ÷ fio',
  'p99.9 ÷ fio tuned',
  'rounds',
  'demands',
];

function wordOf(met: Verdict): string {
  return met === null ? 'not decidable in this noise' : met ? 'met' : '**NOT MET**';
}

function rangeText({ median: middle, min, max }: Ratio): string {
  return `${middle.toFixed(2)} [${min.toFixed(2)}–${max.toFixed(2)}]`;
}

function intervalText({ median: middle, interval }: Ratio): string {
  if (interval === null) return `${middle.toFixed(3)} (too few rounds)`;
  return `${middle.toFixed(3)} (${interval.low.toFixed(3)}–${interval.high.toFixed(3)})`;
}

/** One word for all demands on a cell: the worst. */
function summaryOf(demands: readonly Demand[]): string {
  if (demands.some(({ met }) => met === false)) return '**NOT MET**';
  return demands.some(({ met }) => met === null) ? 'not decidable' : 'met';
}

function rowOf({ cell, rounds }: CellResult, demands: readonly Demand[]): string {
  const iops = rounds.flatMap(({ sides }) => (sides.feedrate === null ? [] : [sides.feedrate.iops]));
  const to = (metric: Metric, side: Side, text: (ratio: Ratio) => string) => {
    const ratio = ratioOf(rounds, metric, side);
    return ratio === null ? '–' : text(ratio);
  };
  const middle = (ratio: Ratio) => ratio.median.toFixed(2);
  const columns = [
    cell.name,
    iops.length === 0 ? '–' : median(iops).toFixed(0),
    ...(['defaults', 'tuned', 'bare'] as const).map((side) => to('iops', side, rangeText)),
    ...(['defaults', 'tuned'] as const).map((side) => to('cpuPerOpNs', side, middle)),
    ...(['p50Ns', 'p99Ns', 'p999Ns'] as const).map((metric) => to(metric, 'defaults', middle)),
    to('p999Ns', 'tuned', middle),
    String(iops.length),
    summaryOf(demands),
  ];
  return `| ${columns.join(' | ')} |`;
}

function demandRow({ cell, text, ratio, met, aim }: Demand): string {
  const aimWord = aim === null ? '–' : aim ? 'reached' : 'missed';
  return `| ${cell} | ${text} | ${ratio === null ? '–' : intervalText(ratio)} | ${wordOf(met)} | ${aimWord} |`;
}

/** Demands that are not about a ratio are told only when they are not met: there is one on every cell. */
function isTold({ ratio, met }: Demand): boolean {
  return ratio !== null || met !== true;
}

function countLine(demands: readonly Demand[]): string {
  const count = (met: Verdict) => demands.filter((demand) => demand.met === met).length;
  return `${demands.length} demands: ${count(true)} met, ${count(false)} NOT MET, ${count(null)} not decidable in this noise.`;
}

export function markdownOf(results: readonly CellResult[], heading: readonly string[]): string {
  const run = results.filter(({ rounds }) => rounds.length > 0);
  const demands = demandsOf(run);
  const of = (cell: string) => demands.filter((demand) => demand.cell === cell);
  const discarded = run.flatMap(({ cell, rounds }) =>
    rounds.flatMap((round) => round.discarded.map((line) => `- ${cell.name}, round ${round.round}: ${line}`)),
  );
  return [
    ...heading,
    '',
    `| ${COLUMNS.join(' | ')} |`,
    `|${COLUMNS.map((_, i) => (i === 0 ? '---' : '---:')).join('|')}|`,
    ...run.map((result) => rowOf(result, of(result.cell.name))),
    '',
    '## Demands',
    '',
    countLine(demands),
    '',
    '| cell | demand | median (95 % interval) | verdict | aim |',
    '|---|---|---:|---|---|',
    ...demands.filter(isTold).map(demandRow),
    '',
    '## Runs that were not counted',
    '',
    ...(discarded.length > 0 ? discarded : ['None.']),
    '',
  ].join('\n');
}
