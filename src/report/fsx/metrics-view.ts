/** The data that every format of `feedrate fsx metrics` is made from. */
import type { FsxMetricsRecord } from '../../record/fsx-metrics-record.js';
import { spanOfTrial, type TrialSpan } from '../../record/metric-periods.js';
import type { TrialRecord } from '../../record/trial-record.js';
import { type ArmFigures, fsxFigures } from '../../stats/fsx-figures.js';

export interface MetricsView {
  readonly run: string;
  readonly record: FsxMetricsRecord;
  /** When the run ended, ms since 1970. */
  readonly endMs: number;
  readonly spans: readonly TrialSpan[];
  readonly arms: readonly ArmFigures[];
}

export function viewMetrics(
  run: string,
  record: FsxMetricsRecord,
  trials: readonly TrialRecord[],
  endMs: number,
): MetricsView {
  const spans = trials.flatMap((trial) => spanOfTrial(trial) ?? []);
  return { run, record, endMs, spans, arms: fsxFigures(record, spans) };
}

/** `2026-11-29 15:52 UTC` */
export function minuteText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** One character for each arm, for the row of the trials. */
export function armLetter(index: number): string {
  return 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[index] ?? '#';
}
