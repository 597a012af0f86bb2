/** Writes `latency.hlog`: latencies in HdrHistogram's log format, version 1.3, for its tools and plotters. */
import { maxNs } from '../histogram/histogram.js';
import { decodeHistogram, type SparseCounts } from '../histogram/sparse-counts.js';
import type { RunRecord } from '../record/run-record.js';
import type { ReadableRun } from '../record/stored-run.js';
import type { TrialRecord } from '../record/trial-record.js';
import { encodeHdr } from './hdr-encoding.js';

/** The column `Interval_Max` is in milliseconds. The histograms are in nanoseconds. */
const NS_PER_MS = 1e6;

/**
 * Returns the head of the log. Its start time is the start of the run. Readers skip intervals that
 * begin earlier, and no trial begins before its run.
 */
export function hdrLogHead(run: RunRecord): string {
  return headOf(`${run.id}: latencies in ns, Interval_Max in ms; Tag=ARM/KIND`, run.startedAt);
}

function headOf(comment: string, startedAt: string): string {
  return `#feedrate ${comment}
#[Histogram log format version 1.3]
#[StartTime: ${seconds(Date.parse(startedAt))} (seconds since epoch), ${startedAt}]
"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"
`;
}

/** Returns one log of these runs, oldest first. The tags of several runs begin with the name of their run. */
export function hdrLogOf(runs: readonly ReadableRun[]): string {
  const ordered = runs.toSorted((a, b) => Date.parse(a.run.startedAt) - Date.parse(b.run.startedAt));
  const [first] = ordered;
  if (first === undefined || runs.length === 1) return ordered.map(logOf).join('');
  const head = headOf(
    `${runs.length} runs: latencies in ns, Interval_Max in ms; Tag=RUN/ARM/KIND`,
    first.run.startedAt,
  );
  return (
    head + ordered.flatMap(({ run, trials }) => trials.map((trial) => hdrLogLines(run, trial, `${run.id}/`))).join('')
  );
}

function logOf({ run, trials }: ReadableRun): string {
  return hdrLogHead(run) + trials.map((trial) => hdrLogLines(run, trial)).join('');
}

/**
 * Returns one line for each kind of operation in a trial. The interval is the whole trial. Trials that
 * do not count have separate tags (`warmup/…`, `failed/…`), so that an arm's tag covers the same trials
 * as its summary.
 * @param prefix the beginning of each tag
 */
export function hdrLogLines(run: RunRecord, trial: TrialRecord, prefix = ''): string {
  const startMs = Math.max(Date.parse(trial.startedAt), Date.parse(run.startedAt));
  const interval = `${seconds(startMs)},${seconds(trial.wallNs / NS_PER_MS)}`;
  let lines = '';
  for (const [kind, counts] of Object.entries(trial.latency) as [string, SparseCounts][]) {
    const histogram = decodeHistogram(counts);
    const longestMs = (maxNs(histogram) / NS_PER_MS).toFixed(3);
    lines += `Tag=${prefix}${hdrTag(trial, kind)},${interval},${longestMs},${encodeHdr(histogram)}\n`;
  }
  return lines;
}

/** Returns the tag of a trial and kind, without commas and white space. */
export function hdrTag(trial: TrialRecord, kind: string): string {
  const counts = trial.warmup ? 'warmup/' : trial.status === 'ok' ? '' : `${trial.status}/`;
  return `${counts}${trial.arm}/${kind}`.replaceAll(',', ';').replaceAll(/\s/g, '_');
}

function seconds(timeMs: number): string {
  return (timeMs / 1000).toFixed(3);
}
