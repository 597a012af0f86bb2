/** The value that a comparison uses: one number of a trial, or of several merged trials. */
import { METRICS, type Metric, metricOf, type NumberKey } from '../base/metrics.js';
import { countOf, meanOfCounts, quantilesOfCounts, type SparseCounts } from '../histogram/sparse-counts.js';
import type { Phase, TrialRecord } from '../record/trial-record.js';
import { latencyOrSame, numberOf } from '../record/trial-values.js';

/** A metric, with a statistic if the metric is a distribution: `throughput`, `p99(latency)`. */
export interface Measure {
  /** The text that a user writes. */
  readonly key: string;
  readonly metric: Metric;
  /** A quantile in (0, 1), the mean or the maximum. Null when the metric is one number. */
  readonly statistic: number | 'mean' | 'max' | null;
}

const DISTRIBUTION = /^(p\d+(?:\.\d+)?|mean|max)(?:\(([^()]+)\))?$/;

/** Returns the measure that a text names, or undefined. `p99` alone means `p99(latency)`. */
export function measureOf(text: string): Measure | undefined {
  const found = DISTRIBUTION.exec(text);
  if (found === null) {
    const metric = metricOf(text);
    return metric === undefined || metric.distribution ? undefined : { key: text, metric, statistic: null };
  }
  const [, word = '', key = 'latency'] = found;
  const metric = metricOf(key);
  // Do not divide by 100: 99.9 / 100 is more than 0.999, which selects the next of 3000 values.
  const statistic = word === 'mean' || word === 'max' ? word : Number(`${word.slice(1)}e-2`);
  if (metric === undefined || !metric.distribution || statistic === 0 || Number(statistic) >= 1) return undefined;
  return { key: `${word}(${key})`, metric, statistic };
}

/** Returns the valid forms of measures, for messages. */
export function measureForms(): string {
  const single = METRICS.filter(({ distribution }) => !distribution).map(({ key }) => key);
  const distributions = METRICS.filter(({ distribution }) => distribution).map(({ key }) => key);
  return `${single.join(', ')}, or pNN(…), mean(…), max(…) of ${distributions.join(', ')}`;
}

/**
 * Returns the measure of a comparison where a user names none: throughput, or the rate of the first phase if all trials
 * are of jobs with phases, which have no throughput.
 */
export function defaultMeasure(trials: readonly Pick<TrialRecord, 'phases' | 'status'>[]): string {
  const measured = trials.filter(({ status }) => status === 'ok');
  const [first] = measured.flatMap(({ phases }) => phases ?? []);
  if (first === undefined || measured.some(({ phases }) => phases === undefined)) return 'throughput';
  return RATE_OF[first.operation];
}

const RATE_OF: Readonly<Record<Phase['operation'], NumberKey>> = {
  create: 'create_rate',
  stat: 'stat_rate',
  readdir: 'readdir_rate',
  rename: 'rename_rate',
  unlink: 'unlink_rate',
};

/** The measures that are kept over time where a user names none. */
export function keptMeasures(): Measure[] {
  const texts = METRICS.flatMap((metric) => {
    if (metric.distribution) return metric.kept.map((statistic) => `${statistic}(${metric.key})`);
    return metric.isKept ? [metric.key] : [];
  });
  return texts.map((text) => measureOf(text) as Measure);
}

/**
 * Returns the measure over several trials in the metric's base unit: Σ work / Σ time, or a statistic of
 * the merged histograms (never a mean of percentiles). NaN when it was not measured or the metric is unknown.
 */
export function measured(
  { metric: key, statistic }: { readonly metric: string; readonly statistic: Measure['statistic'] },
  trials: readonly TrialRecord[],
): number {
  const metric = metricOf(key);
  if (metric === undefined) return Number.NaN;
  if (!metric.distribution) return numberOf(metric.key, ...trials);
  if (statistic === null) return Number.NaN;
  const latencies = latencyOrSame(trials, metric.key);
  return statistic === 'mean' ? meanOfCounts(latencies) : quantileOf(latencies, statistic === 'max' ? 1 : statistic);
}

/**
 * The measure of one trial, for inference. NaN when it was not measured, and when a quantile rests on
 * so few operations that even the slowest of them is below it with a probability above 5 %: n < ln 0.05 / ln q,
 * which is 299 operations for p99 and 2995 for p99.9.
 */
export function measuredOnce({ metric, statistic }: Measure, trial: TrialRecord): number {
  if (metric.distribution && typeof statistic === 'number') {
    const latencies = latencyOrSame([trial], metric.key);
    const count = countOf(latencies);
    return count < leastOperations(statistic) ? Number.NaN : quantileOf(latencies, statistic, count);
  }
  return measured({ metric: metric.key, statistic }, [trial]);
}

function quantileOf(latencies: SparseCounts, q: number, count?: number): number {
  return quantilesOfCounts(latencies, [q], count)[0] as number;
}

/** Returns the fewest operations in a trial for which its quantile q is meaningful. */
export function leastOperations(q: number): number {
  return Math.ceil(Math.log(0.05) / Math.log(q));
}
