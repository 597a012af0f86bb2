/** Writes `latency.hlog`: latencies in HdrHistogram's log format, version 1.3, for its tools and plotters. */
import { build, HistogramLogWriter } from 'hdr-histogram-js';
import { BINS, binMidpoint, type Histogram } from '../histogram/histogram.js';
import { decodeHistogram, type SparseCounts } from '../histogram/sparse-counts.js';
import type { RunRecord } from '../record/run-record.js';
import type { TrialRecord } from '../record/trial-record.js';

/** A limit above the last bin of a histogram (2^42 ns). */
const HIGHEST_NS = 2 ** 43;
/** Keeps values within 1/2000 of each bin's midpoint, which is finer than the bins. */
const SIGNIFICANT_DIGITS = 3;
/** The column `Interval_Max` is in milliseconds. The histograms are in nanoseconds. */
const NS_PER_MS = 1e6;

/**
 * Returns the head of the log. Its start time is the start of the run. Readers skip intervals that
 * begin earlier, and no trial begins before its run.
 */
export function hdrLogHead(run: RunRecord): string {
  return logged((log) => {
    log.outputComment(`feedrate ${run.id}: latencies in ns, Interval_Max in ms; Tag=ARM/KIND`);
    log.outputLogFormatVersion();
    const startMs = Date.parse(run.startedAt);
    log.outputComment(`[StartTime: ${seconds(startMs)} (seconds since epoch), ${run.startedAt}]`);
    log.outputLegend();
  });
}

/**
 * Returns one line for each kind of operation in a trial. The interval is the whole trial. Trials that
 * do not count have separate tags (`warmup/…`, `failed/…`), so that an arm's tag covers the same trials
 * as its summary.
 */
export function hdrLogLines(run: RunRecord, trial: TrialRecord): string {
  const startMs = Math.max(Date.parse(trial.startedAt), Date.parse(run.startedAt));
  const endMs = startMs + trial.wallNs / NS_PER_MS;
  return logged((log) => {
    for (const [kind, counts] of Object.entries(trial.latency) as [string, SparseCounts][]) {
      const histogram = toHdr(decodeHistogram(counts));
      histogram.tag = hdrTag(trial, kind);
      log.outputIntervalHistogram(histogram, startMs / 1000, endMs / 1000, NS_PER_MS);
    }
  });
}

/** Returns the tag of a trial and kind, without commas and white space. */
export function hdrTag(trial: TrialRecord, kind: string): string {
  const counts = trial.warmup ? 'warmup/' : trial.status === 'ok' ? '' : `${trial.status}/`;
  return `${counts}${trial.arm}/${kind}`.replaceAll(',', ';').replaceAll(/\s/g, '_');
}

function toHdr(histogram: Histogram): ReturnType<typeof build> {
  const hdr = build({
    bitBucketSize: 64,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_NS,
    numberOfSignificantValueDigits: SIGNIFICANT_DIGITS,
  });
  for (let bin = 0; bin < BINS; bin++) {
    const count = histogram.counts[bin] as number;
    if (count > 0) hdr.recordValueWithCount(binMidpoint(bin), count);
  }
  return hdr;
}

function logged(write: (log: HistogramLogWriter) => void): string {
  let text = '';
  write(
    new HistogramLogWriter((line) => {
      text += line;
    }),
  );
  return text;
}

function seconds(timeMs: number): string {
  return (timeMs / 1000).toFixed(3);
}
