/** Fetches the metrics around a run, and waits for those that CloudWatch gets late. */
import { setTimeout as sleep } from 'node:timers/promises';
import { FeedrateError } from '../base/errors.js';
import { type FsxMetricsRecord, METRICS_VERSION, type MetricsTarget } from '../record/fsx-metrics-record.js';
import type { MetricsApi } from './cloudwatch.js';
import type { MetricSource } from './metric-queries.js';
import { type FetchedMetrics, fetchMetrics, windowAround } from './metrics-fetch.js';

/** Metrics do not come in order. What is this much older than the newest one is taken as complete. */
export const SETTLED_MS = 120_000;
/** After this time, nothing more is expected. AWS promises no time; minutes are usual. */
const FINAL_MS = 3_600_000;
const POLL_MS = 30_000;

export interface RunMetricsRequest {
  readonly targets: readonly MetricsTarget[];
  readonly sources: readonly MetricSource[];
  /** The start and the end of the run. */
  readonly startMs: number;
  readonly endMs: number;
  /** How long to wait until the metrics are complete. 0: not at all. */
  readonly waitMs: number;
}

export interface RunMetricsTools {
  openApi(region: string): Promise<MetricsApi>;
  /** Called before each wait with a line for the user. */
  tell(text: string): void;
  now(): number;
  sleep?(ms: number): Promise<unknown>;
}

/**
 * Returns what CloudWatch has of the run, as complete as it is after `waitMs`. Throws `FeedrateError('cloud')` when it
 * cannot be asked.
 */
export async function fetchRunMetrics(request: RunMetricsRequest, tools: RunMetricsTools): Promise<FsxMetricsRecord> {
  const { endMs, waitMs } = request;
  const wait = tools.sleep ?? sleep;
  for (const giveUpMs = tools.now() + waitMs; ; ) {
    const record = await fetchOnce(request, tools);
    const leftMs = giveUpMs - tools.now();
    if (leftMs <= 0 || isCompleteFor(record, endMs)) return record;
    const until = record.completeUntil === null ? 'has no metrics yet' : `is complete until ${record.completeUntil}`;
    tools.tell(`CloudWatch ${until}; waiting for ${new Date(endMs).toISOString()}`);
    await wait(Math.min(POLL_MS, leftMs));
  }
}

/** Whether nothing that belongs to a run with this end is still to come. */
export function isCompleteFor(
  { completeUntil, fetchedAt }: Pick<FsxMetricsRecord, 'completeUntil' | 'fetchedAt'>,
  endMs: number,
): boolean {
  if (completeUntil !== null && Date.parse(completeUntil) >= endMs) return true;
  return Date.parse(fetchedAt) >= endMs + FINAL_MS;
}

async function fetchOnce(
  { targets, sources, startMs, endMs }: RunMetricsRequest,
  tools: RunMetricsTools,
): Promise<FsxMetricsRecord> {
  const nowMs = tools.now();
  const window = windowAround(startMs, endMs);
  const fetched: FetchedMetrics[] = [];
  for (const region of new Set(sources.map((source) => source.region))) {
    const own = sources.filter((source) => source.region === region);
    fetched.push(await fetchMetrics(await tools.openApi(region), own, window, nowMs));
  }
  const newest = fetched.map(({ newestSeconds }) => newestSeconds);
  const isoOf = (ms: number) => new Date(ms).toISOString();
  return {
    metricsVersion: METRICS_VERSION,
    fetchedAt: isoOf(nowMs),
    startAt: isoOf(window.startSeconds * 1000),
    endAt: isoOf(window.endSeconds * 1000),
    completeUntil: newest.includes(null) ? null : isoOf(Math.min(...(newest as number[])) * 1000 - SETTLED_MS),
    targets,
    series: fetched.flatMap(({ series }) => series),
    problems: fetched.flatMap(({ problems }) => problems),
  };
}

/** Returns the start and the end of a run: of its trials, if it ended otherwise than by itself. */
export function runSpanMs(
  run: { readonly startedAt: string; readonly endedAt: string | null },
  trials: readonly { readonly startedAt: string; readonly wallNs: number }[],
  nowMs: number,
): { readonly startMs: number; readonly endMs: number } {
  const startMs = Date.parse(run.startedAt);
  const ends = trials.map(({ startedAt, wallNs }) => Date.parse(startedAt) + wallNs / 1e6);
  const endMs = run.endedAt === null ? Math.max(startMs, ...ends) : Date.parse(run.endedAt);
  if (Number.isNaN(startMs) || Number.isNaN(endMs))
    throw new FeedrateError('store', 'the run does not record when it started and ended');
  return { startMs, endMs: Math.min(endMs, nowMs) };
}
