/** What is compared: one number of a trial, or of several trials merged. */
import { METRICS, type Metric, metricOf } from '../base/metrics.js';
import { maxNs, meanNs, quantileNs, totalCount } from '../histogram/histogram.js';
import type { TrialRecord } from '../record/trial-record.js';
import { latencyOrSame, NUMBERS_OF } from '../record/trial-values.js';

/** A metric and, where it is a distribution, a number of it: `throughput`, `p99(latency)`. */
export interface Measure {
  /** As a user writes it. */
  readonly key: string;
  readonly metric: Metric;
  /** A quantile in (0, 1), the mean or the greatest; null where the metric is one number. */
  readonly statistic: number | 'mean' | 'max' | null;
}

const DISTRIBUTION = /^(p\d+(?:\.\d+)?|mean|max)(?:\(([^()]+)\))?$/;

/** The measure that a text names; `p99` alone is `p99(latency)`. Undefined when it names none. */
export function measureOf(text: string): Measure | undefined {
  const found = DISTRIBUTION.exec(text);
  if (found === null) {
    const metric = metricOf(text);
    return metric === undefined || metric.distribution ? undefined : { key: text, metric, statistic: null };
  }
  const [, word = '', key = 'latency'] = found;
  const metric = metricOf(key);
  // Not divided by 100: 99.9 / 100 is more than 0.999, and of 3000 values the next one.
  const statistic = word === 'mean' || word === 'max' ? word : Number(`${word.slice(1)}e-2`);
  if (metric === undefined || !metric.distribution || statistic === 0 || Number(statistic) >= 1) return undefined;
  return { key: `${word}(${key})`, metric, statistic };
}

/** For messages: how measures are written. */
export function measureForms(): string {
  const single = METRICS.filter(({ distribution }) => !distribution).map(({ key }) => key);
  const distributions = METRICS.filter(({ distribution }) => distribution).map(({ key }) => key);
  return `${single.join(', ')}, or pNN(…), mean(…), max(…) of ${distributions.join(', ')}`;
}

/** The measures that are kept over time where a user names none. */
export function keptMeasures(): Measure[] {
  const texts = METRICS.flatMap((metric) => {
    if (metric.distribution) return metric.kept.map((statistic) => `${statistic}(${metric.key})`);
    return metric.isKept ? [metric.key] : [];
  });
  return texts.map((text) => measureOf(text) as Measure);
}

/**
 * The measure over trials together, in the metric's base unit: Σ work / Σ time, or a statistic of the
 * merged histograms (never a mean of percentiles). NaN when it was not measured, and for a metric that is not known.
 */
export function measured(
  { metric: key, statistic }: { readonly metric: string; readonly statistic: Measure['statistic'] },
  trials: readonly TrialRecord[],
): number {
  const metric = metricOf(key);
  if (metric === undefined) return Number.NaN;
  if (!metric.distribution) return NUMBERS_OF[metric.key](...trials);
  const histogram = latencyOrSame(trials, metric.key);
  if (histogram === null || statistic === null) return Number.NaN;
  if (statistic === 'mean') return meanNs(histogram);
  return statistic === 'max' ? maxNs(histogram) : quantileNs(histogram, statistic);
}

/**
 * The measure of one trial, for inference. NaN when it was not measured, and when a quantile rests on
 * so few operations that even the slowest of them is below it with a probability above 5 %: n < ln 0.05 / ln q,
 * which is 299 operations for p99 and 2995 for p99.9.
 */
export function measuredOnce({ metric, statistic }: Measure, trial: TrialRecord): number {
  if (metric.distribution && typeof statistic === 'number') {
    const histogram = latencyOrSame([trial], metric.key);
    if (histogram === null || totalCount(histogram) < leastOperations(statistic)) return Number.NaN;
    return quantileNs(histogram, statistic);
  }
  return measured({ metric: metric.key, statistic }, [trial]);
}

/** Operations that a trial needs for its quantile q to say anything. */
export function leastOperations(q: number): number {
  return Math.ceil(Math.log(0.05) / Math.log(q));
}
