/** Steps through the values of a chart with the arrow keys. */
import type { DrawnChart } from '../charts/drawn-chart.js';

/** A value in a drawn chart, as the library counts it. */
export interface StopPlace {
  readonly seriesId: string;
  readonly seriesIndex: number;
  readonly dataIndex: number;
}

interface SteppedSeries {
  readonly seriesId: string;
  readonly seriesIndex: number;
  readonly length: number;
}

/** Returns the series with values, in their order. */
function walksOf({ option, stopAt }: DrawnChart): SteppedSeries[] {
  const series = option.series as readonly { readonly id?: string; readonly data?: readonly unknown[] }[];
  return series.flatMap(({ id = '', data = [] }, seriesIndex) =>
    stopAt(id, 0) === null ? [] : [{ seriesId: id, seriesIndex, length: data.length }],
  );
}

const ALONG: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 };
const ACROSS: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1 };

/**
 * Returns the value that a key leads to: left and right within a series, up and down to another one, Home and End to its
 * ends. Null: the key has no meaning, or there is no value.
 */
export function nextStop(drawn: DrawnChart, stop: StopPlace | null, key: string): StopPlace | null {
  const along = key === 'Home' ? Number.NEGATIVE_INFINITY : key === 'End' ? Number.POSITIVE_INFINITY : ALONG[key];
  const across = ACROSS[key];
  if (along === undefined && across === undefined) return null;
  const walks = walksOf(drawn);
  const current = stop === null ? -1 : walks.findIndex(({ seriesId }) => seriesId === stop.seriesId);
  const walk = walks[Math.min(walks.length - 1, Math.max(0, current + (across ?? 0)))];
  if (walk === undefined) return null;
  const index =
    current < 0 || stop === null
      ? along === Number.POSITIVE_INFINITY
        ? walk.length
        : 0
      : stop.dataIndex + (along ?? 0);
  const dataIndex = Math.min(walk.length - 1, Math.max(0, index));
  return { seriesId: walk.seriesId, seriesIndex: walk.seriesIndex, dataIndex };
}
