/** A run on FSx for ONTAP and the metrics around it, made by hand. */
import type { FsxMetric } from '../../src/record/fsx-metric-table.js';
import { type FsxMetricsRecord, METRICS_VERSION, type MetricSeries } from '../../src/record/fsx-metrics-record.js';
import type { RunRecord } from '../../src/record/run-record.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import type { VolumeRecord } from '../../src/record/volume-record.js';
import { makeArm, makeRun, makeTrial } from './records.js';
import { volumeRecord } from './volume-records.js';

export const FILE_SYSTEM = 'fs-0123456789abcdef0';
export const VOLUME = 'fsvol-0123456789abcdef0';

/** A volume of the second generation, or of another deployment type. */
export function fsxVolume(deploymentType = 'SINGLE_AZ_2'): VolumeRecord {
  return volumeRecord({ fileSystem: { id: FILE_SYSTEM, deploymentType }, volume: { id: VOLUME } });
}

export const LONG = makeArm('read', [{ name: 'bs', label: '1MiB' }]);
export const SHORT = makeArm('read', [{ name: 'bs', label: '4KiB' }]);

/** A trial whose workers are busy from `startMs` to `endMs`, after a minute of preparation. */
export function busyTrial(arm: typeof LONG, round: number, startMs: number, endMs: number): TrialRecord {
  const trial = makeTrial(arm, round, 2 ** 30);
  const busyNs = (endMs - startMs) * 1e6;
  return {
    ...trial,
    startedAt: new Date(startMs - 60_000).toISOString(),
    wallNs: busyNs + 60e9,
    window: { ...trial.window, startNs: 0, endNs: busyNs, firstDoneNs: busyNs, lastDoneNs: busyNs },
  };
}

/** A run of nine minutes: one long trial, from minute 1 to 6 and a half, and a short one in minute 7. */
export function fsxRun(
  startMs: number,
  volume: VolumeRecord | null = fsxVolume(),
): { run: RunRecord; trials: TrialRecord[] } {
  const run = makeRun([LONG, SHORT], 1);
  const targets = run.environment.targets.map((target) => ({ ...target, ...(volume === null ? {} : { volume }) }));
  const minute = (count: number) => startMs + count * 60_000;
  return {
    run: {
      ...run,
      startedAt: new Date(startMs).toISOString(),
      endedAt: new Date(minute(9)).toISOString(),
      environment: { ...run.environment, targets },
    },
    trials: [
      busyTrial(LONG, 1, minute(1), minute(6.5)),
      { ...busyTrial(SHORT, 1, minute(7.2), minute(7.7)), id: 's1r1t2' },
    ],
  };
}

/** A series of a value each minute (or of each period) from `startSeconds`; null: absent. */
export function seriesOfValues(
  metric: string,
  scope: FsxMetric['scope'],
  startSeconds: number,
  values: readonly (number | null)[],
  { unit = 'percent', periodSeconds = 60, dimensions = {} }: Partial<MetricSeries> = {},
): MetricSeries {
  return {
    metric,
    scope,
    statistic: 'Maximum',
    unit,
    periodSeconds,
    dimensions: { FileSystemId: FILE_SYSTEM, ...dimensions },
    points: values.flatMap((value, index): [number, number][] =>
      value === null ? [] : [[startSeconds + index * periodSeconds, value]],
    ),
  };
}

export function metricsRecord(
  startMs: number,
  series: readonly MetricSeries[],
  changes: Partial<FsxMetricsRecord> = {},
): FsxMetricsRecord {
  const iso = (minutes: number) => new Date(startMs + minutes * 60_000).toISOString();
  return {
    metricsVersion: METRICS_VERSION,
    fetchedAt: iso(20),
    startAt: iso(-5),
    endAt: iso(15),
    completeUntil: iso(14),
    targets: [
      {
        name: 'data',
        region: 'us-east-1',
        fileSystemId: FILE_SYSTEM,
        volumeId: VOLUME,
        deploymentType: 'SINGLE_AZ_2',
        generation: 2,
      },
    ],
    series,
    problems: [],
    ...changes,
  };
}
