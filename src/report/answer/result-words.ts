/** The result of a load in words: the number that matters for this kind of load. */
import { parseSize } from '../../base/units.js';
import { leastOperations } from '../../stats/measure.js';
import type { ArmSummary } from '../../stats/summary.js';
import { formatRange, formatValue, plural } from '../table/format.js';
import type { LoadResult } from './run-findings.js';

/** Up to this block size, random operations are counted instead of bytes. */
const SMALL_BLOCK_BYTES = 64 * 1024;
const P99 = 0.99;

/** Returns the metric by which a load is judged. */
export function headlineOf({ arm, summary }: LoadResult): 'throughput' | 'iops' {
  const words: Readonly<Record<string, string>> = arm?.words ?? {};
  const size = parseSize(words['bs'] ?? '');
  const isSmall = words['rw']?.startsWith('rand') && size.ok && size.value <= SMALL_BLOCK_BYTES;
  return isSmall && summary.numbers.iops !== null ? 'iops' : 'throughput';
}

/** Returns `1.9 GiB/s` or `12.4k IOPS`: the median over the trials, as in the table. */
export function headlineText(result: LoadResult): string {
  const { numbers } = result.summary;
  return headlineOf(result) === 'iops'
    ? `${formatValue(numbers.iops?.median, 'ops/s')} IOPS`
    : formatValue(numbers.throughput?.median, 'bytes/s');
}

/** Returns `median of 3 trials from 1.8–2 GiB/s`. */
function trialsText(result: LoadResult): string {
  const headline = headlineOf(result);
  const spread = result.summary.numbers[headline];
  if (spread === null || spread.n < 2) return '1 trial';
  const range = formatRange(spread.min, spread.max, headline === 'iops' ? 'ops/s' : 'bytes/s');
  return `median of ${plural(spread.n, 'trial')}: ${range}`;
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
  const says = headlineOf(result) === 'iops' || summary.latencies.has('checkpoint');
  const latency = says ? latencyText(summary) : null;
  return `${headlineText(result)} for ${load}${latency === null ? '' : ` (${latency})`}`;
}
