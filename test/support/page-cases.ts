/** Pages of runs as different as runs can be, for tests in a browser. */

import { readGlossary } from '../../src/host/system/page-files.js';
import type { Page, PagePart } from '../../src/page/page.js';
import type { Arm } from '../../src/plan/plan.js';
import { type CheckpointSpan, timelineOf } from '../../src/record/checkpoint-timeline.js';
import type { RunRecord } from '../../src/record/run-record.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { metricsParts } from '../../src/report/fsx/metrics-parts.js';
import { viewMetrics } from '../../src/report/fsx/metrics-view.js';
import { glossaryTerms } from '../../src/report/page/glossary.js';
import { type PageContext, runPage } from '../../src/report/page/run-page.js';
import { viewRun } from '../../src/report/run/run-view.js';
import { FILE_SYSTEM, fsxRun, metricsRecord, seriesOfValues, VOLUME } from './fsx-metrics.js';
import { HOSTILE } from './hostile.js';
import { latencies, makeArm, makeRun, makeThreshold, makeTrial } from './records.js';

export const CONTEXT: PageContext = {
  terms: glossaryTerms(readGlossary()),
  madeAt: '2026-11-30T01:02:03.000Z',
  madeBy: 'feedrate 0.1.0',
};

const MIB = 2 ** 20;
const SIZES = ['4KiB', '16KiB', '64KiB', '256KiB', '1MiB', '4MiB', '16MiB'];

/** Arms of the sizes and workers, up to a number of them. */
function armsOf(count: number): Arm[] {
  return Array.from({ length: count }, (_, index) => {
    const bs = SIZES[index % SIZES.length] as string;
    const numjobs = String(2 ** Math.floor(index / SIZES.length / 4));
    const job = ['cold-read', 'warm-read', 'write', 'random-read'][Math.floor(index / SIZES.length) % 4] as string;
    const factors =
      count === 1
        ? []
        : [
            { name: 'bs', label: bs },
            { name: 'numjobs', label: numjobs },
          ];
    return makeArm(job, factors, index === 0 ? [makeThreshold('throughput', null, '>', 400 * MIB)] : []);
  });
}

/** Trials that differ a little, the same in every run. */
function trialsOf(arms: readonly Arm[], rounds: number): TrialRecord[] {
  return arms.flatMap((arm, place) =>
    Array.from({ length: rounds }, (_, round) => {
      const wobble = 1 + 0.04 * Math.sin(7 * place + 3 * round);
      const rate = (200 + 40 * (place % 20)) * MIB * wobble;
      const each = [90, 100, 110, 130, 180, 400, 2500].map((us) => us * 1e3 * (1 + 0.2 * (place % 7)) * wobble);
      const series = Array.from({ length: 8 }, (_, second) => ({
        startNs: second * 1e9,
        durationNs: 1e9,
        readBytes: rate * (1 + 0.05 * Math.sin(second + place)),
        writeBytes: 0,
        ops: 1000,
        p50Ns: 120_000,
        p99Ns: 2_500_000,
      }));
      return makeTrial(arm, round + 1, rate, {
        id: `s1r${round + 1}t${place + 1}`,
        place: place + 1,
        latency: { read: latencies(...each.flatMap((value) => Array.from({ length: 20 }, () => value))) },
        series,
      });
    }),
  );
}

interface RunCase {
  readonly run: RunRecord;
  readonly trials: readonly TrialRecord[];
  readonly problems?: readonly string[];
  readonly cloudWatch?: readonly PagePart[];
}

function runOf(arms: readonly Arm[], rounds: number, changes: Partial<RunRecord> = {}): RunCase {
  return { run: makeRun(arms, rounds, changes), trials: trialsOf(arms, rounds) };
}

/** A run in which every third trial failed. */
function failing(): RunCase {
  const { run, trials } = runOf(armsOf(6), 7);
  const fault = {
    code: 'EIO',
    syscall: 'pread64',
    message: 'input/output error',
    path: '/mnt/data/.feedrate-data/file-0001',
    offsetBytes: 4096,
    worker: 1,
  };
  const failed = trials.map((trial, index) =>
    index % 3 === 0 ? { ...trial, status: 'failed' as const, fault } : trial,
  );
  return { run: { ...run, status: 'failed' }, trials: failed, problems: ['trials.jsonl:12: cut off; left out'] };
}

/** Everything that a user names has a name that another program might obey. */
function hostile(): RunCase {
  const text = `</script><script>globalThis.owned = 1</script><img src=x onerror="owned=1">${HOSTILE}`;
  const arms = [
    ['a', `${text}`],
    ['b', 'שלום עולם العربية'],
    ['c', 'x'.repeat(10_000)],
    ['d', '\u202eevil'],
  ].map(([job, label]) => makeArm(job as string, [{ name: 'label', label: label as string }]));
  const { run, trials } = runOf(arms, 7, { labels: { note: text }, hostname: text, overrides: [text] });
  const targets = run.environment.targets.map((target) => ({ ...target, source: text, options: 'x'.repeat(10_000) }));
  const warned = trials.map((trial) => ({
    ...trial,
    warnings: [{ code: 'drift' as const, message: text, remedy: text }],
  }));
  return { run: { ...run, environment: { ...run.environment, targets }, workloadSource: text }, trials: warned };
}

/** Names as long as people make them. */
function longNames(): RunCase {
  const arms = armsOf(5).map((arm, index) => ({
    ...arm,
    id: `${arm.job}-with-a-name-that-says-all-about-it-${index}/${arm.factors.map(({ name, label }) => `${name}=${label}`).join(',')}`,
    job: `${arm.job}-with-a-name-that-says-all-about-it-${index}`,
  }));
  return runOf(arms, 7, {
    labels: { volume: 'a-flexgroup-over-all-of-the-aggregates-of-both-pairs-in-the-first-zone' },
  });
}

/** A local disk instead of a mount. */
function local(): RunCase {
  const made = runOf(armsOf(4), 7);
  const targets = made.run.environment.targets.map((target) => ({
    ...target,
    fileSystem: 'ext4',
    source: '/dev/nvme1n1',
  }));
  return { ...made, run: { ...made.run, environment: { ...made.run.environment, targets } } };
}

/** Two ways to save a checkpoint, by four ranks of which the last one is slow, with a timeline each. */
function checkpoints(): RunCase {
  const arms = ['sync', 'async'].map((mode) => makeArm('save', [{ name: 'mode', label: mode }]));
  const { run, trials } = runOf(arms, 3);
  const saved = trials.map((trial) => {
    const spans = [1, 2, 3].flatMap((checkpoint) =>
      [0, 1, 2, 3].flatMap((worker) => spansOfSave(checkpoint, worker, trial.arm.endsWith('async'))),
    );
    const timeline = timelineOf(spans);
    const each = (phase: CheckpointSpan['phase']) =>
      latencies(...spans.flatMap((span) => (span.phase === phase ? [span.endNs - span.startNs] : [])));
    const latency = {
      open: each('open'),
      write: each('write'),
      fsync: each('fsync'),
      close: each('close'),
      checkpoint: latencies(2.6e9, 2.7e9, 2.6e9),
    };
    const engine = { ...trial.engine, numjobs: 4 };
    return { ...trial, engine, latency, ...(timeline !== undefined && { timeline }) };
  });
  return { run, trials: saved };
}

function spansOfSave(checkpoint: number, worker: number, isAsync: boolean): CheckpointSpan[] {
  let at = (checkpoint - 1) * 5e9;
  const span = (phase: CheckpointSpan['phase'], ns: number): CheckpointSpan => {
    const startNs = at;
    at += ns;
    return { checkpoint, worker, phase, startNs, endNs: at };
  };
  const slow = worker === 3 ? 1.6 : 1;
  const copy = isAsync ? [span('copy', 2e8)] : [];
  const own = [span('open', 2e6), span('write', 1.1e9 * slow), span('fsync', 4e8 * slow), span('close', 3e6)];
  if (worker > 0) return [...copy, ...own];
  at = (checkpoint - 1) * 5e9 + 2.6e9;
  return [...copy, ...own, span('publish', 6e7)];
}

/** A run on FSx for ONTAP with CloudWatch's metrics around it, one of which was not published for some minutes. */
function cloudWatch(): RunCase {
  const startMs = Date.UTC(2026, 10, 29, 12, 0);
  const { run, trials } = fsxRun(startMs);
  const from = startMs / 1000 - 300;
  const minutes = (value: (minute: number) => number | null) => Array.from({ length: 20 }, (_, at) => value(at - 5));
  const busy = (minute: number) => (minute >= 1 && minute < 7 ? 1 : minute === 7 ? 0.4 : 0.02);
  const ofServer = { dimensions: { FileSystemId: FILE_SYSTEM, FileServer: 'FsxId0-01' } };
  const ofVolume = { dimensions: { VolumeId: VOLUME } };
  const bytes = { unit: 'bytes', statistic: 'Sum' } as const;
  const tier = (name: string) => ({
    ...bytes,
    periodSeconds: 300,
    dimensions: { ...ofVolume.dimensions, StorageTier: name },
  });
  const record = metricsRecord(startMs, [
    seriesOfValues(
      'NetworkThroughputUtilization',
      'file server',
      from,
      minutes((at) => 104 * busy(at)),
      ofServer,
    ),
    seriesOfValues(
      'FileServerDiskThroughputUtilization',
      'file server',
      from,
      minutes((at) => (at > 2 && at < 5 ? null : 61 * busy(at))),
      ofServer,
    ),
    seriesOfValues(
      'CPUUtilization',
      'file server',
      from,
      minutes((at) => 12 + 30 * busy(at)),
      ofServer,
    ),
    seriesOfValues('FileServerDiskThroughputBalance', 'file server', from, [100, 71, 18, 55], {
      ...ofServer,
      periodSeconds: 300,
    }),
    seriesOfValues(
      'DataReadBytes',
      'volume',
      from,
      minutes((at) => 4.2e10 * busy(at)),
      { ...bytes, ...ofVolume },
    ),
    seriesOfValues(
      'DataReadBytes',
      'file system',
      from,
      minutes((at) => 4.3e10 * busy(at)),
      bytes,
    ),
    seriesOfValues(
      'DataWriteBytes',
      'volume',
      from,
      minutes((at) => 1e8 * busy(at)),
      { ...bytes, ...ofVolume },
    ),
    seriesOfValues(
      'DiskReadBytes',
      'aggregate',
      from,
      minutes((at) => 2.1e10 * busy(at)),
      bytes,
    ),
    seriesOfValues(
      'CapacityPoolReadOperations',
      'volume',
      from,
      minutes((at) => (busy(at) < 0.1 ? null : 900 * busy(at))),
      { ...ofVolume, unit: 'count', statistic: 'Sum' },
    ),
    seriesOfValues(
      'CapacityPoolReadBytes',
      'volume',
      from,
      minutes((at) => (busy(at) < 0.1 ? null : 3.7e9 * busy(at))),
      { ...bytes, ...ofVolume },
    ),
    seriesOfValues('StorageUsed', 'volume tier', from, [3.1e11, 3.1e11, 3.2e11, 3.2e11], tier('SSD')),
    seriesOfValues('StorageUsed', 'volume tier', from, [9e11, 9e11, 8.9e11, 8.9e11], tier('StandardCapacityPool')),
  ]);
  const view = viewMetrics(run.id, record, trials, startMs + 9 * 60_000);
  return { run, trials, cloudWatch: metricsParts(view) };
}

const CASES = {
  'one-arm': () => runOf(armsOf(1), 7),
  'seven-arms': () => runOf(armsOf(7), 7),
  '200-arms': () => runOf(armsOf(200), 5),
  failed: failing,
  'one-trial': () => runOf(armsOf(1), 1),
  local,
  checkpoints,
  'cloud-watch': cloudWatch,
  'long-names': longNames,
  hostile,
} as const satisfies Readonly<Record<string, () => RunCase>>;

export type PageCase = keyof typeof CASES;
export const PAGE_CASES = Object.keys(CASES) as PageCase[];

/** Returns the page of a case. It is the same each time. */
export function pageOfCase(name: PageCase): Page {
  const { run, trials, problems = [], cloudWatch: parts }: RunCase = CASES[name]();
  return runPage(viewRun(run, trials, problems, { directory: `results/${run.id}` }), CONTEXT, parts);
}

/** A run of so many arms and rounds, for measurements. */
export function pageOfSize(arms: number, rounds: number): Page {
  const { run, trials } = runOf(armsOf(arms), rounds);
  return runPage(viewRun(run, trials, [], { directory: `results/${run.id}` }), CONTEXT);
}
