/** The values for formats that track numbers over time: each metric of each arm of one run. */
import { statisticColumn } from '../base/metrics.js';
import type { RunRecord } from '../record/run-record.js';
import type { TrialRecord } from '../record/trial-record.js';
import { unitLevels } from './effect.js';
import type { Measure } from './measure.js';
import { observationsOf } from './observations.js';
import { type Spread, spreadOf } from './spread.js';
import { isCounted } from './summary.js';

export interface Measurement {
  readonly run: RunRecord;
  /** `loader/read/bs=4KiB`: workload and arm, the same in every run of the workload. */
  readonly name: string;
  /** The arm's id. */
  readonly arm: string;
  readonly measure: Measure;
  /** The spread of the session medians, as in a comparison, in the metric's base unit. */
  readonly spread: Spread;
  /** The number of counted trials. */
  readonly trials: number;
}

/**
 * Returns the measurements, ordered by metric, then by arm. Metrics that an arm did not record are left out, and so is an
 * arm with a trial that measured nothing: the other trials do not speak for it.
 */
export function measurementsOf(
  run: RunRecord,
  trials: readonly TrialRecord[],
  measures: readonly Measure[],
): Measurement[] {
  const counted = new Map<string, TrialRecord[]>(run.plan.arms.map(({ id }) => [id, []]));
  for (const trial of trials) if (isCounted(trial)) counted.get(trial.arm)?.push(trial);
  return measures.flatMap((measure) =>
    run.plan.arms.flatMap(({ id }) => {
      const ofArm = counted.get(id) ?? [];
      const spread = spreadOf(unitLevels(observationsOf(measure, ofArm), 'session'));
      if (spread === null) return [];
      return [{ run, name: `${run.plan.workload}/${id}`, arm: id, measure, spread, trials: ofArm.length }];
    }),
  );
}

/**
 * Returns the name of a measurement in files: `latency_p99_session_median_ns`. The median over the sessions is another
 * number than the percentile of all operations.
 */
export function measurementColumn({ measure }: Pick<Measurement, 'measure'>): string {
  const word = statisticWord(measure);
  return statisticColumn(measure.metric, word === null ? 'session_median' : `${word}_session_median`);
}

/** Returns the statistic of a distribution as a user writes it (`p99`, `mean`), or null if the metric is one number. */
export function statisticWord({ key, statistic }: Measure): string | null {
  return statistic === null ? null : key.slice(0, key.indexOf('('));
}
