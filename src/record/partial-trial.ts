/**
 * What is measured of a trial that has not ended: the content of `partial.json`. It is kept so that a long trial that is
 * killed is not lost as a whole. It is shown to people and never compared, summarized or exported.
 */
import type { OperationKind } from '../base/latency-kinds.js';
import { formatBytes, formatCount, formatDurationNs, formatThroughput } from '../base/units.js';
import { createHistogram, type Histogram, mergeInto, quantileNs } from '../histogram/histogram.js';
import { decodeHistogram, type SparseCounts } from '../histogram/sparse-counts.js';
import { checkHistograms } from './codec.js';
import { JsonReader } from './json-reader.js';

export const PARTIAL_VERSION = 1;

export interface PartialTrial {
  readonly partialVersion: number;
  /** Always true: it is not a result. */
  readonly partial: true;
  /** The id of the trial in the plan. */
  readonly trial: string;
  readonly arm: string;
  readonly target: string;
  readonly startedAt: string;
  readonly writtenAt: string;
  /** Time since the common start of the workers. */
  readonly elapsedNs: number;
  /** Since the common start, `ramp_time` included. */
  readonly readBytes: number;
  readonly writeBytes: number;
  readonly readOps: number;
  readonly writeOps: number;
  /** Operations on directory entries; absent if there were none. */
  readonly entryOps?: number;
  /** Since the end of `ramp_time`. */
  readonly latency: Partial<Record<OperationKind, SparseCounts>>;
}

export function encodePartial(part: PartialTrial): string {
  return `${JSON.stringify(part)}\n`;
}

/** Returns the part of a trial in `partial.json`. Throws `FeedrateError('store')` if it is damaged or of another version. */
export function decodePartial(text: string, where: string): PartialTrial {
  const part = JsonReader.parse(text, where);
  part.at('partialVersion').version(PARTIAL_VERSION);
  for (const key of ['trial', 'arm', 'target', 'startedAt', 'writtenAt']) part.at(key).text();
  for (const key of ['elapsedNs', 'readBytes', 'writeBytes', 'readOps', 'writeOps']) part.at(key).number();
  if (part.at('entryOps').value !== undefined) part.at('entryOps').number();
  checkHistograms(part.at('latency'));
  return part.value as PartialTrial;
}

/** Returns one line about a trial that never ended: how much of it is kept, and what it measured. */
export function partialText({ trial, arm, elapsedNs, latency, ...moved }: PartialTrial): string {
  const bytes = moved.readBytes + moved.writeBytes;
  const { readOps, writeOps, entryOps = 0 } = moved;
  const operations = formatCount(readOps + writeOps + entryOps);
  const transfers = createHistogram();
  for (const kind of ['read', 'write'] as const) mergeInto(transfers, histogramOf(latency[kind]));
  const [p50, p99] = [0.5, 0.99].map((q) => quantileNs(transfers, q)) as [number, number];
  const latencies = Number.isNaN(p50) ? '' : `, p50 ${formatDurationNs(p50)}, p99 ${formatDurationNs(p99)}`;
  const rate = formatThroughput(bytes / (elapsedNs / 1e9));
  const measured =
    entryOps > 0
      ? `${operations} operations, ${formatCount((readOps + writeOps + entryOps) / (elapsedNs / 1e9))}/s`
      : `${formatBytes(bytes)} in ${operations} operations, ${rate}${latencies}`;
  return `trial ${trial} (${arm}) did not end; its first ${formatDurationNs(elapsedNs)} are kept and never compared: ${measured}`;
}

function histogramOf(counts: SparseCounts | undefined): Histogram {
  return counts === undefined ? createHistogram() : decodeHistogram(counts);
}
