/** Throughput and latency of every second of the run. */
import { formatDurationNs } from '../../base/units.js';
import type { Chart, ChartSpan, XyChart, XyPoint, XySeries } from '../../charts/chart.js';
import { thinnedPoints } from '../../charts/thin-points.js';
import { spanOfTrial } from '../../record/metric-periods.js';
import { stepDown, wholeSeconds } from '../../record/steadiness.js';
import type { SeriesPoint, TrialRecord } from '../../record/trial-record.js';
import { stallsWithin } from '../../stats/stalled-seconds.js';
import type { ChartArm, ChartedRun } from './chart-arms.js';
import { type Facet, facetsOf, facetTitle, namesOf } from './facets.js';

/** A trial whose seconds are known, and when its workers began, ms since 1970. */
interface TimedTrial {
  readonly trial: TrialRecord;
  readonly startMs: number;
  readonly stalls: readonly ChartSpan[];
}

interface TimedArm extends Pick<ChartArm, 'attributes' | 'id'> {
  readonly trials: readonly TimedTrial[];
}

/**
 * Points of all these charts together. Series are thinned to columns, each with its lowest and its highest point, so that no
 * stall is lost.
 */
const MOST_POINTS = 6000;
const POINTS_PER_COLUMN = 4;
const LEAST_COLUMNS = 20;

/** With fewer seconds in each trial, the trials say all. */
const LEAST_SECONDS = 3;

/** In charts with more arms, the medians would be too many lines. */
const MOST_MEDIANS = 4;

/** Ramps are marked in charts with no more trials than this. With more, their marks would hide the lines. */
const MOST_RAMPS = 40;

/** A line of a chart, before its points are made. All points of all lines would take more memory than the run. */
interface TimeLine {
  readonly name: string;
  readonly arm: TimedArm;
  readonly read: (point: SeriesPoint) => number | null;
}

interface TimeChart extends Omit<XyChart, 'series'> {
  readonly lines: readonly TimeLine[];
}

export function timeCharts({ groups }: ChartedRun): Chart[] {
  const charts = groups.flatMap(({ arms, names, where }) => {
    const timed = arms
      .map(timedArm)
      .filter(({ trials }) => trials.some(({ trial }) => trial.series.length >= LEAST_SECONDS));
    return facetsOf(timed, names).flatMap((facet) => {
      if (facet.items.length === 0) return [];
      const named = namesOf(facet.items, names, ({ id }) => id);
      const shown = { items: facet.items, where: [...where, ...facet.where] };
      return [throughputChart(shown, named), latencyChart(shown, named)].filter(saysSomething);
    });
  });
  const count = charts.reduce((sum, { lines }) => sum + lines.length, 0);
  const columns = Math.max(LEAST_COLUMNS, Math.floor(MOST_POINTS / POINTS_PER_COLUMN / Math.max(1, count)));
  return charts.map(({ lines, ...chart }) => ({ ...chart, series: lines.map((line) => drawn(line, columns)) }));
}

function drawn({ name, arm, read }: TimeLine, columns: number): XySeries {
  return { name, points: [...thinnedPoints(pointsOf(arm, read), columns)], drawn: 'line', arm: arm.id };
}

function saysSomething({ lines }: TimeChart): boolean {
  return lines.some(({ arm, read }) =>
    arm.trials.some(({ trial }) => trial.series.some((point) => isLong(point) && (read(point) ?? 0) > 0)),
  );
}

function timedArm({ id, attributes, trials }: ChartArm): TimedArm {
  const timed = trials.flatMap((trial): TimedTrial[] => {
    const startMs = spanOfTrial(trial)?.startMs;
    return startMs === undefined ? [] : [{ trial, startMs, stalls: stallsOf(trial, startMs) }];
  });
  return { id, attributes, trials: timed.sort((a, b) => a.startMs - b.startMs) };
}

function throughputChart(facet: Facet<TimedArm>, names: readonly string[]): TimeChart {
  const rate = ({ readBytes, writeBytes, durationNs }: SeriesPoint) =>
    Math.round((readBytes + writeBytes) / (durationNs / 1e9));
  return {
    ...commonParts(facet),
    id: 'throughput-over-time',
    title: facetTitle('Throughput over time', facet),
    description: `Bytes of every second, ${trialsText(facet)}. Gaps are the times between trials of an arm. ${marksText(facet)}`,
    y: { label: 'throughput', unit: 'bytes/s', scale: 'linear', includes: [0] },
    lines: facet.items.map((arm, index) => ({ name: names[index] as string, arm, read: rate })),
  };
}

function latencyChart(facet: Facet<TimedArm>, names: readonly string[]): TimeChart {
  const hasMedians = facet.items.length <= MOST_MEDIANS;
  return {
    ...commonParts(facet),
    id: 'latency-over-time',
    title: facetTitle('Latency over time', facet),
    description: `${hasMedians ? 'Median and 99th' : '99th'} percentile of the operations of every second, ${trialsText(facet)}. ${marksText(facet)}`,
    y: { label: 'latency', unit: 'ns', scale: 'log' },
    lines: facet.items.flatMap((arm, index): TimeLine[] => [
      ...(hasMedians ? [{ name: `${names[index]} p50`, arm, read: ({ p50Ns }: SeriesPoint) => p50Ns }] : []),
      { name: `${names[index]} p99`, arm, read: ({ p99Ns }) => p99Ns },
    ]),
  };
}

function commonParts({ items }: Facet<TimedArm>): Pick<XyChart, 'kind' | 'x' | 'spans' | 'marks'> {
  const all = items.flatMap(({ trials }) => trials);
  return {
    kind: 'xy',
    x: { label: 'time', unit: 'time', scale: 'linear' },
    spans: [...(all.length <= MOST_RAMPS ? all.flatMap(rampOf) : []), ...all.flatMap(({ stalls }) => stalls)],
    marks: all.flatMap(dropOf),
  };
}

function trialsText({ items }: Facet<TimedArm>): string {
  const all = items.flatMap(({ trials }) => trials);
  const uncounted = all.filter(({ trial }) => trial.warmup || trial.status !== 'ok').length;
  return `n = ${all.length} trials${uncounted === 0 ? '' : `, ${uncounted} of which do not count`}`;
}

function marksText({ items }: Facet<TimedArm>): string {
  const all = items.flatMap(({ trials }) => trials);
  const stalls = all.flatMap((trial) => trial.stalls).length;
  const drops = all.flatMap(dropOf).length;
  const said = [
    ...(all.length <= MOST_RAMPS && all.some((trial) => rampOf(trial).length > 0) ? ['ramps, which do not count'] : []),
    ...(stalls > 0 ? ['stalls, in which less than a tenth of the usual operations ended'] : []),
    ...(drops > 0 ? ['lasting drops of throughput, such as the end of a burst'] : []),
  ];
  if (said.length === 0) return 'No second stalled.';
  return `Marked are ${said.join('; ')}.${stalls === 0 ? ' No second stalled.' : ''}`;
}

function pointsOf({ trials }: TimedArm, read: TimeLine['read']): XyPoint[] {
  const points: XyPoint[] = [];
  for (const { trial, startMs } of trials) {
    // A point without a value ends the line between two trials.
    if (trial !== trials[0]?.trial) points.push({ x: atMs(startMs, 0), y: null });
    for (const point of trial.series)
      if (isLong(point)) points.push({ x: atMs(startMs, point.startNs), y: read(point) });
  }
  return points;
}

/** The last second of a trial may be so short that its rate is chance. */
const LEAST_NS = 100e6;

function isLong({ durationNs }: SeriesPoint): boolean {
  return durationNs >= LEAST_NS;
}

/** In whole ms, which are short in the data of a page. */
function atMs(startMs: number, ns: number): number {
  return Math.round(startMs + ns / 1e6);
}

function rampOf({ trial: { window }, startMs }: TimedTrial): ChartSpan[] {
  if (!(window.startNs > 0)) return [];
  return [{ from: startMs, to: atMs(startMs, window.startNs), label: 'ramp', tone: 'plain' }];
}

function stallsOf(trial: TrialRecord, startMs: number): ChartSpan[] {
  return stallsWithin(trial).map(({ fromNs, toNs }) => ({
    from: atMs(startMs, fromNs),
    to: atMs(startMs, toNs),
    label: `stalled for ${formatDurationNs(toNs - fromNs)}`,
    tone: 'warning',
  }));
}

/** Only trials that raised the warning are searched, because others have no step, and some jobs are not steady. */
function dropOf({ trial, startMs }: TimedTrial): { x: number; label: string }[] {
  if (!trial.warnings.some(({ code }) => code === 'burst-suspected')) return [];
  const step = stepDown(wholeSeconds(trial.series, trial.window));
  if (step === null) return [];
  return [{ x: atMs(startMs, trial.window.startNs + step.at * 1e9), label: 'throughput dropped' }];
}
