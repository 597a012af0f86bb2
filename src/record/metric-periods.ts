/** Which periods of CloudWatch's metrics belong to a trial, and which series to a target. */
import type { MetricSeries, MetricsTarget } from './fsx-metrics-record.js';
import type { TrialRecord } from './trial-record.js';

/** The time in which the workers of a trial were busy, its ramp included. */
export interface TrialSpan {
  readonly id: string;
  readonly arm: string;
  readonly target: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** Returns when the workers of a trial were busy. A trial that did nothing has no such time. */
export function spanOfTrial({ id, arm, target, startedAt, wallNs, window }: TrialRecord): TrialSpan | null {
  const endMs = Date.parse(startedAt) + wallNs / 1e6;
  const busyMs = window.lastDoneNs / 1e6;
  if (!(busyMs > 0) || Number.isNaN(endMs)) return null;
  return { id, arm, target, startMs: Math.max(Date.parse(startedAt), endMs - busyMs), endMs };
}

/** Returns the series of a target's file system, without those of other volumes. */
export function seriesOf({ fileSystemId, volumeId }: MetricsTarget, all: readonly MetricSeries[]): MetricSeries[] {
  return all.filter(({ dimensions: { FileSystemId, VolumeId } }) => {
    return FileSystemId === fileSystemId && (VolumeId === undefined || VolumeId === volumeId);
  });
}

/** Whether a period lies entirely in a trial, or at least partly. */
export function belongs(
  { startMs, endMs }: TrialSpan,
  startSeconds: number,
  periodSeconds: number,
  how: 'whole' | 'touched',
): boolean {
  const from = startSeconds * 1000;
  const to = from + periodSeconds * 1000;
  return how === 'whole' ? from >= startMs && to <= endMs : from < endMs && to > startMs;
}
