/**
 * Runs in the shape of `fio --output-format=json+` (3.33), for programs that read fio's results. fio's values that feedrate
 * does not measure are left out, or 0 where fio writes 0 for what it did not measure.
 */

import { FeedrateError } from '../../base/errors.js';
import type { LatencyKind } from '../../base/latency-kinds.js';
import { visibleText } from '../../base/visible-text.js';
import type { Histogram } from '../../histogram/histogram.js';
import { type Arm, targetOf } from '../../plan/plan.js';
import type { ReadableRun } from '../../record/stored-run.js';
import type { SeriesPoint, TrialRecord } from '../../record/trial-record.js';
import { mergedLatency, windowNs } from '../../record/trial-values.js';
import { trialsOfArm } from '../../stats/arm-trials.js';
import { isCounted } from '../../stats/summary.js';
import { fioOptions } from './fio-arm-options.js';
import { fioLatency, latencyRanges } from './fio-latency.js';

type FioObject = Readonly<Record<string, unknown>>;

interface FioJob {
  readonly run: ReadableRun;
  readonly arm: Arm;
  readonly json: FioObject;
}

/**
 * Returns a job for each arm with counted trials, which it takes together: Σ bytes over Σ time, and all latencies. Throws
 * `FeedrateError('usage')` when there is none.
 */
export function fioJobs(runs: readonly ReadableRun[]): FioJob[] {
  const jobs = runs.flatMap((run) =>
    run.run.plan.arms.flatMap((arm) => {
      const trials = trialsOfArm(run.trials, arm.id).filter(isCounted);
      return trials.length === 0 ? [] : [{ run, arm, trials }];
    }),
  );
  if (jobs.length === 0)
    throw new FeedrateError('usage', 'fio-json: no trial of these runs counts, so there is no result');
  return jobs.map(({ run, arm, trials }, index) => {
    const name = runs.length > 1 ? `${run.id}: ${arm.id}` : arm.id;
    return { run, arm, json: fioJob(run, arm, trials, { name, group: index }) };
  });
}

/** Returns a file with these jobs. fio's version is that of the format; who wrote it is an entry of its own. */
export function fioJsonText(jobs: readonly FioJob[]): string {
  const started = Math.min(...jobs.map(({ run }) => Date.parse(run.run.startedAt)));
  const version = jobs[0]?.run.run.environment.feedrate.version ?? '';
  const file = {
    'fio version': 'fio-3.33',
    feedrate: { version, runs: [...new Set(jobs.map(({ run }) => run.id))] },
    timestamp: Math.floor(started / 1000),
    timestamp_ms: started,
    time: `${new Date(started).toUTCString()}`,
    'global options': {},
    jobs: jobs.map(({ json }) => json),
    disk_util: [],
  };
  // Names may hold marks that a terminal obeys. They are escaped as JSON does it, which changes no value.
  const lines = JSON.stringify(file, null, 2).split('\n');
  return `${lines.map(visibleText).join('\n')}\n`;
}

function fioJob(
  { run }: ReadableRun,
  arm: Arm,
  trials: readonly TrialRecord[],
  { name, group }: { readonly name: string; readonly group: number },
): FioObject {
  const runtimeNs = trials.reduce((sum, trial) => sum + windowNs(trial), 0);
  const workers = trials.reduce((most, { engine }) => Math.max(most, engine.numjobs), 1);
  const options = fioOptions(arm, targetOf(run.plan, arm).path, trials);
  const depth = trials.reduce((most, { engine }) => Math.max(most, engine.iodepth), 1);
  return {
    jobname: name,
    groupid: group,
    error: 0,
    eta: 0,
    elapsed: Math.ceil(trials.reduce((sum, { wallNs }) => sum + wallNs, 0) / 1e9),
    'job options': options,
    read: direction(trials, 'read'),
    write: direction(trials, 'write'),
    trim: direction([], 'read'),
    sync: syncs(trials),
    job_runtime: Math.round((runtimeNs * workers) / 1e6),
    ...cpuOf(trials, runtimeNs * workers),
    ...latencyRanges(mergedLatency(trials, 'latency')),
    latency_depth: depth,
    latency_target: 0,
    latency_percentile: 100,
    latency_window: 0,
  };
}

interface FioDirection {
  readonly bytes: 'readBytes' | 'writeBytes';
  readonly ops: 'readOps' | 'writeOps';
  readonly others: 'readOps' | 'writeOps';
}

const DIRECTIONS: Readonly<Record<'read' | 'write', FioDirection>> = {
  read: { bytes: 'readBytes', ops: 'readOps', others: 'writeOps' },
  write: { bytes: 'writeBytes', ops: 'writeOps', others: 'readOps' },
};

function direction(trials: readonly TrialRecord[], way: 'read' | 'write'): FioObject {
  const { bytes: bytesOf, ops: opsOf, others } = DIRECTIONS[way];
  const bytes = trials.reduce((sum, { window }) => sum + window[bytesOf], 0);
  const ops = trials.reduce((sum, { window }) => sum + window[opsOf], 0);
  const timeNs = ops > 0 ? trials.reduce((sum, trial) => sum + windowNs(trial), 0) : 0;
  const rate = (amount: number): number => (timeNs > 0 ? amount / (timeNs / 1e9) : 0);
  // slat and clat are recorded for both directions together.
  const isAlone = trials.every(({ window }) => window[others] === 0);
  const all = mergedLatency(trials, way);
  const alone = (kind: LatencyKind): Histogram | null => (isAlone && ops > 0 ? mergedLatency(trials, kind) : null);
  const hasOwnClat = trials.some(({ latency }) => latency.clat !== undefined);
  const points = isAlone && ops > 0 ? trials.flatMap(fullSeconds) : [];
  return {
    io_bytes: Math.round(bytes),
    io_kbytes: Math.floor(bytes / 1024),
    bw_bytes: Math.round(rate(bytes)),
    bw: Math.floor(rate(bytes) / 1024),
    iops: rate(ops),
    runtime: Math.round(timeNs / 1e6),
    total_ios: Math.round(ops),
    short_ios: 0,
    drop_ios: 0,
    slat_ns: fioLatency(alone('slat')),
    clat_ns: fioLatency(hasOwnClat ? alone('clat') : all),
    lat_ns: fioLatency(all),
    ...samples(
      'bw',
      points.map((point) => point[bytesOf] / 1024 / (point.durationNs / 1e9)),
    ),
    ...samples(
      'iops',
      points.map((point) => point.ops / (point.durationNs / 1e9)),
    ),
  };
}

/** Returns the whole seconds in which all workers were busy. fio's samples are half as long. */
function fullSeconds({ series, window }: TrialRecord): SeriesPoint[] {
  return series.filter(
    ({ startNs, durationNs }) =>
      durationNs > 0.99e9 && startNs >= window.startNs && startNs + durationNs <= window.endNs + 1e6,
  );
}

function samples(word: 'bw' | 'iops', values: readonly number[]): FioObject {
  const count = values.length;
  const mean = count === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = count > 1 ? Math.sqrt(squares / (count - 1)) : 0;
  return {
    [`${word}_min`]: Math.round(values.reduce((least, value) => Math.min(least, value), values[0] ?? 0)),
    [`${word}_max`]: Math.round(values.reduce((most, value) => Math.max(most, value), 0)),
    ...(word === 'bw' ? { bw_agg: count === 0 ? 0 : 100 } : {}),
    [`${word}_mean`]: mean,
    [word === 'bw' ? 'bw_dev' : 'iops_stddev']: deviation,
    [`${word}_samples`]: count,
  };
}

function syncs(trials: readonly TrialRecord[]): FioObject {
  const found = fioLatency(mergedLatency(trials, 'fsync'));
  return { total_ios: found.N, lat_ns: found };
}

/** Returns the CPU time in percent of the time of all workers. */
function cpuOf(trials: readonly TrialRecord[], workerNs: number): FioObject {
  const sum = (values: readonly (number | null)[]): number =>
    values.reduce<number>((total, value) => total + (value ?? 0), 0);
  const percent = (ns: number): number => (workerNs > 0 ? (ns / workerNs) * 100 : 0);
  return {
    usr_cpu: percent(sum(trials.map(({ client }) => client.workerUserNs))),
    sys_cpu: percent(sum(trials.map(({ client }) => client.workerSystemNs))),
    majf: sum(trials.map(({ client }) => client.majorFaults)),
    minf: sum(trials.map(({ client }) => client.minorFaults)),
  };
}
