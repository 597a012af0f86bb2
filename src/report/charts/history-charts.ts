/** The charts of a history: each series of runs over time. */
import type { Chart, XyPoint } from '../../charts/chart.js';
import { uniqueIds } from '../../charts/unique-ids.js';
import type { History, HistoryChange, HistoryPoint, HistorySeries } from '../../gate/run-history.js';
import { factorNames } from '../../record/trial-columns.js';
import { formatChange } from '../comparison/comparison-table.js';
import { plural } from '../table/format.js';
import { capital } from './axis-charts.js';
import { namesOf } from './facets.js';

/** Returns one chart for each series with several runs, in the order of the table. Their ids are unique. */
export function historyCharts({ series }: History): Chart[] {
  const several = series.filter(({ points }) => points.length > 1);
  const factors = factorNames(several.map(({ latest }) => latest.arm)).filter((name) => name !== 'target');
  const named = namesOf(several.map(attributed), ['job', ...factors, 'path', 'load'], () => '');
  const uniqueId = uniqueIds();
  return several.map((one, index) => chartOf(one, named[index] as string, uniqueId(`${one.measure.key}-over-time`)));
}

function attributed({ latest, path, otherLoad }: HistorySeries): { attributes: Map<string, string> } {
  const factors = latest.arm.factors.map(({ name, label }): [string, string] => [name, label]);
  const load = otherLoad.map(({ what, candidate }) => `${what}=${candidate}`).join(' ');
  return { attributes: new Map([['job', latest.arm.job], ...factors, ['path', path], ['load', load]]) };
}

function chartOf({ measure, points, changes, doubtful }: HistorySeries, name: string, id: string): Chart {
  const bounded = points.filter(({ spread }) => Number.isFinite(spread.medianLow)).length;
  const whiskers =
    bounded === 0
      ? ''
      : ` Whiskers are the 95 % interval over its sessions${bounded < points.length ? ', where there are at least 6' : ''}.`;
  const found =
    changes.length === 0
      ? 'No lasting change was found.'
      : `Marked: ${plural(changes.length, 'lasting change')}. Changes are hints, not verdicts.`;
  const marks = [
    ...changes.map((change) => markOf(change, '')),
    ...(doubtful === null ? [] : [markOf(doubtful, 'uncertain: ')]),
  ];
  return {
    kind: 'xy',
    id,
    title: `${capital(measure.key)} over time${name === '' ? '' : `: ${name}`}`,
    description: `Each point is a run: the median of its session medians; n = ${plural(points.length, 'run')}.${whiskers} ${found}`,
    x: { label: 'start of the run', unit: 'time', scale: 'linear' },
    y: { label: measure.key, unit: measure.metric.unit, scale: 'linear', includes: [0] },
    series: [{ name: measure.key, points: points.map(pointOf), drawn: 'line' }],
    marks,
  };
}

function pointOf({ side, spread }: HistoryPoint): XyPoint {
  const { median, medianLow, medianHigh, values } = spread;
  const dots = values.filter(Number.isFinite);
  const empty = values.length - dots.length;
  return {
    x: Date.parse(side.run.startedAt),
    y: Number.isFinite(median) ? median : null,
    ...(Number.isFinite(medianLow) && { low: medianLow }),
    ...(Number.isFinite(medianHigh) && { high: medianHigh }),
    ...(dots.length > 1 && { dots }),
    label:
      empty === 0 ? side.run.id : `${side.run.id}: ${empty} of ${plural(values.length, 'session')} measured nothing`,
  };
}

function markOf({ point, medianBefore, medianAfter }: HistoryChange, before: string): { x: number; label: string } {
  const ratio = medianAfter / medianBefore;
  return { x: Date.parse(point.side.run.startedAt), label: `${before}${formatChange(ratio)}` };
}
