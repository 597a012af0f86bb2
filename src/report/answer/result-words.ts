/** The result of a load in words: the number that matters for this kind of load. */
import { metricOf, type NumberKey, type NumberMetric } from '../../base/metrics.js';
import { leastOperations } from '../../stats/measure.js';
import type { ArmSummary } from '../../stats/summary.js';
import { formatRange, formatValue, plural } from '../table/format.js';
import { listed } from './answer.js';
import { headlinesOf } from './headlines.js';
import type { LoadResult } from './run-findings.js';

const P99 = 0.99;

/** Returns `1.9 GiB/s`, `12.4k IOPS` or `9.1k creates/s and 42k stats/s`: medians over the trials, as in the table. */
export function headlineText(result: LoadResult): string {
  return listed(headlinesOf(result).map((key) => valueText(key, result.summary.numbers[key]?.median)));
}

/** Returns a value with its unit. Rates of operations need their name. */
export function valueText(key: NumberKey, value: number | undefined): string {
  const { unit, label } = metricOf(key) as NumberMetric;
  if (unit === 'ratio') return `${label} ${formatValue(value, unit)}`;
  return unit === 'ops/s' ? `${formatValue(value, unit)} ${label}` : formatValue(value, unit);
}

/** Returns `median of 3 trials: 1.8–2 GiB/s`. */
function trialsText(result: LoadResult): string {
  const [key, other] = headlinesOf(result);
  const spread = result.summary.numbers[key];
  if (spread === null || spread.n < 2) return '1 trial';
  const trials = `median of ${plural(spread.n, 'trial')}`;
  return other === undefined
    ? `${trials}: ${formatRange(spread.min, spread.max, (metricOf(key) as NumberMetric).unit)}`
    : trials;
}

/** Returns `p99 2.1 ms`, or the median time of a checkpoint. Null if it was not measured or there are too few operations. */
function latencyText({ latencies }: ArmSummary): string | null {
  const checkpoint = latencies.get('checkpoint');
  if (checkpoint !== undefined) return `p50 of a checkpoint: ${formatValue(checkpoint.p50Ns, 'ns')}`;
  const all = latencies.get('latency');
  return all === undefined || all.count < leastOperations(P99) ? null : `p99 ${formatValue(all.p99Ns, 'ns')}`;
}

/** Returns `1.9 GiB/s for sequential 1 MiB reads (median of 3 trials: 1.8–2 GiB/s; p99 2.1 ms)`. */
export function fullResult(result: LoadResult): string {
  const latency = latencyText(result.summary);
  const details = [trialsText(result), ...(latency === null ? [] : [latency])];
  return `${headlineText(result)} for ${result.load} (${details.join('; ')})`;
}

/** Returns the same with a latency only where it says more than the rate. */
export function shortResult(result: LoadResult): string {
  const { summary, load } = result;
  const says = headlinesOf(result)[0] === 'iops' || summary.latencies.has('checkpoint');
  const latency = says ? latencyText(summary) : null;
  return `${headlineText(result)} for ${load}${latency === null ? '' : ` (${latency})`}`;
}
