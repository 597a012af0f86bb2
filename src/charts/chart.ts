/**
 * A chart as data: what is drawn, in base units, and the words for people who cannot see it. `chart-option.ts` draws it
 * with ECharts, in a browser or as SVG, and `chart-table.ts` makes the table behind it. A chart knows no page, no
 * colour and no library. All numbers are finite, because charts are stored as JSON: what has no number is null or absent,
 * and a label or note says why.
 */
import type { Unit } from '../base/metrics.js';

export type Chart = XyChart | HeatmapChart | ForestChart | BarChart | TimelineChart;

interface ChartWords {
  /** Unique on its page; a name for an anchor and a file: `throughput-by-size`. */
  readonly id: string;
  readonly title: string;
  /** One or two sentences: what is shown, how many sessions or trials there are, and what the intervals mean. */
  readonly description: string;
}

export interface Axis {
  /** Without the unit, which `unit` adds: `throughput`. */
  readonly label: string;
  /** `time`: milliseconds since 1970, UTC. `percentile`: 1/(1 − q) of a quantile q, so that each nine is as wide as the last. */
  readonly unit: Unit | 'time' | 'percentile' | 'none';
  readonly scale: 'linear' | 'log';
  /** Values that always belong to the axis: 0 for a level that is drawn from zero, a threshold. */
  readonly includes?: readonly number[];
  /** Names for places on the axis, such as quantiles; default: chosen by the drawing. */
  readonly ticks?: readonly { readonly at: number; readonly label: string }[];
}

export interface XyPoint {
  readonly x: number;
  /** Null: a gap. */
  readonly y: number | null;
  /** The interval around y; an open end is absent. */
  readonly low?: number;
  readonly high?: number;
  /** Single observations at this x, such as the value of every session. */
  readonly dots?: readonly number[];
  /** What the point is, if x does not say it: a run's id. Also what its numbers do not show: `failed`. */
  readonly label?: string;
  /** The id of the point's arm, if a series runs through several arms. */
  readonly arm?: string;
}

/** Lines and points over a number: sizes, quantiles, seconds, accelerators, days. */
export interface XyChart extends ChartWords {
  readonly kind: 'xy';
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly XySeries[];
  /** Lines across the chart: a threshold, a ceiling. */
  readonly levels?: readonly { readonly y: number; readonly label: string }[];
  /** Stretches of x: a stall, a ramp, a trial, burst credit in use. */
  readonly spans?: readonly ChartSpan[];
  /** Places of x: a change, a checkpoint. */
  readonly marks?: readonly { readonly x: number; readonly label: string }[];
}

export interface XySeries extends ArmPart {
  readonly name: string;
  readonly points: readonly XyPoint[];
  readonly drawn: 'line' | 'steps' | 'points';
  /** Predicted rather than measured: drawn as a dashed line. */
  readonly isPredicted?: boolean;
}

/** A part of a chart that belongs to one arm, so that a page can show the chosen arms only. */
interface ArmPart {
  /** The arm's id; absent if the part belongs to none. */
  readonly arm?: string;
}

export interface ChartSpan {
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly tone: 'plain' | 'warning';
}

/** One value for each pair of categories. */
export interface HeatmapChart extends ChartWords {
  readonly kind: 'heatmap';
  readonly x: CategoryAxis;
  readonly y: CategoryAxis;
  readonly value: { readonly label: string; readonly unit: Unit; readonly better: 'higher' | 'lower' };
  /** Indices into the categories. Pairs without a cell were not measured. */
  readonly cells: readonly ({ readonly x: number; readonly y: number; readonly value: number } & ArmPart)[];
}

export interface CategoryAxis {
  readonly label: string;
  readonly categories: readonly string[];
}

/** Ratios with intervals, one row each, on a logarithmic axis around 1. */
export interface ForestChart extends ChartWords {
  readonly kind: 'forest';
  readonly label: string;
  /** Ratios inside this band do not matter. */
  readonly band: { readonly low: number; readonly high: number };
  readonly rows: readonly ForestRow[];
}

export interface ForestRow extends ArmPart {
  readonly name: string;
  /** Null: not comparable, not measured, or not on the axis (0 or infinite); `note` says why. */
  readonly estimate: number | null;
  /** Absent: open. */
  readonly low?: number;
  readonly high?: number;
  /** The ratio of every session or pair. */
  readonly dots: readonly number[];
  /** How many more dots are 0 or infinite, because a side measured nothing: at the ends of the axis. Absent: none. */
  readonly beyond?: { readonly low: number; readonly high: number };
  readonly tone: 'good' | 'bad' | 'plain';
  /** The verdict in a word or two. */
  readonly note: string;
}

/** Parts of a whole for each category, stacked from zero, or beside each other. */
export interface BarChart extends ChartWords {
  readonly kind: 'bars';
  readonly categories: CategoryAxis;
  readonly value: { readonly label: string; readonly unit: Unit };
  readonly isStacked: boolean;
  readonly parts: readonly BarPart[];
  /** The id of the arm of each category. */
  readonly arms?: readonly string[];
  /** Lines across the chart: a threshold, a ceiling. */
  readonly levels?: readonly { readonly value: number; readonly label: string }[];
}

/** The lists have one entry for each category; null: none. */
export interface BarPart {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** The interval and the single observations of each bar; an open end is absent. Only of bars that are not stacked. */
  readonly spreads?: readonly (BarSpread | null)[];
}

export interface BarSpread {
  readonly low?: number;
  readonly high?: number;
  readonly dots: readonly number[];
  /** What the numbers do not show: `failed`. */
  readonly label?: string;
}

/** What happened when: one lane each, with spans of time. */
export interface TimelineChart extends ChartWords {
  readonly kind: 'timeline';
  /** Nanoseconds since a common start. */
  readonly lanes: readonly ({ readonly name: string; readonly spans: readonly TimelineSpan[] } & ArmPart)[];
  /** Kinds of work in the order of their colours, so that several timelines have the same ones. Default: as they occur. */
  readonly kinds?: readonly string[];
}

export interface TimelineSpan {
  readonly fromNs: number;
  readonly toNs: number;
  /** The kind of work, which has one colour: `write`, `fsync`, `close`. */
  readonly what: string;
}
