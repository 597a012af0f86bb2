/** Records made by hand, for tests of everything that reads records. */

import { createHistogram, record } from '../../src/histogram/histogram.js';
import { encodeHistogram, type SparseCounts } from '../../src/histogram/sparse-counts.js';
import type { Arm, Factor } from '../../src/plan/plan.js';
import type { MachineUse } from '../../src/record/machine-use.js';
import { wordsOfOldSpec } from '../../src/record/old-words.js';
import { RUN_VERSION, type RunRecord } from '../../src/record/run-record.js';
import { RECORD_VERSION, type TrialRecord } from '../../src/record/trial-record.js';
import type { Job, Threshold } from '../../src/workload/workload.js';
import { ioJob } from './jobs.js';

export function latencies(...valuesNs: number[]): SparseCounts {
  const histogram = createHistogram();
  for (const value of valuesNs) record(histogram, value);
  return encodeHistogram(histogram);
}

const JOB = ioJob({
  numjobs: 2,
  cache: 'cold',
  randseed: 42,
  simulatedLatencyNs: 0,
  runtimeNs: 1e9,
  timeBased: true,
  refillBuffers: true,
});

export function makeArm(job: string, factors: readonly Factor[] = [], thresholds: readonly Threshold[] = []): Arm {
  const levels = factors.map(({ name, label }) => `${name}=${label}`).join(',');
  const id = levels === '' ? job : `${job}/${levels}`;
  return { id, job, target: 'data', factors, spec: JOB, words: wordsOfOldSpec(JOB), thresholds };
}

/** The arm with another job, or with changes to its own. */
export function withSpec(arm: Arm, spec: Job): Arm {
  return { ...arm, spec, words: wordsOfOldSpec(spec) };
}

/** `throughput > 1` in the metric's base unit. */
export function makeThreshold(
  metric: string,
  statistic: Threshold['statistic'],
  comparison: Threshold['comparison'],
  bound: number,
): Threshold {
  const subject = statistic === null ? metric : `${statistic}(${metric})`;
  return { text: `${subject} ${comparison} ${bound}`, metric, statistic, comparison, bound };
}

/** A run of these arms, one session of `rounds` rounds. */
export function makeRun(arms: readonly Arm[], rounds: number, changes: Partial<RunRecord> = {}): RunRecord {
  const trials = Array.from({ length: rounds }, (_, round) =>
    arms.map((_arm, arm) => ({
      id: `s1r${round + 1}t${arm + 1}`,
      session: 1,
      round: round + 1,
      place: arm + 1,
      arm,
      warmup: false,
    })),
  ).flat();
  return {
    runVersion: RUN_VERSION,
    id: '20261123T191203Z_quick_a1f3',
    status: 'complete',
    startedAt: '2026-11-23T19:12:03.250Z',
    endedAt: '2026-11-23T19:13:00.000Z',
    pid: 4711,
    hostname: 'notebook',
    command: ['run', 'workloads/quick.yaml', '-t', '/mnt/data'],
    labels: {},
    workloadSource: 'name: quick\n',
    overrides: [],
    dropCaches: false,
    calibration: false,
    remount: false,
    plan: {
      workload: 'quick',
      seed: 42,
      targets: [{ name: 'data', path: '/mnt/data' }],
      arms,
      sessions: 1,
      rounds,
      filesets: 1,
      order: 'shuffled',
      trials,
    },
    environment: {
      feedrate: { version: '0.1.0', commit: 'abcdef1234567890' },
      node: 'v20.20.2',
      versions: { koffi: '3.3.4', piscina: '5.3.2' },
      kernel: '6.1.0',
      architecture: 'x64',
      cpuModel: 'Example CPU',
      cpuCount: 2,
      memoryBytes: 16 * 2 ** 30,
      cgroup: { memoryMaxBytes: 2 * 2 ** 30, cpuMax: 1.5 },
      targets: [
        {
          name: 'data',
          path: '/mnt/data',
          fileSystem: 'nfs4',
          source: 'svm-1:/train',
          mountPoint: '/mnt/data',
          options: 'rw,relatime,vers=4.1',
          device: '0:53',
          totalBytes: 2 ** 40,
          freeBytes: 412 * 2 ** 30,
        },
      ],
    },
    ...changes,
  };
}

/** A good trial of one second: 1000 reads of `bytesPerSecond` / 1000 each, latencies as given. */
export function makeTrial(
  arm: Arm,
  round: number,
  bytesPerSecond: number,
  changes: Partial<TrialRecord> = {},
): TrialRecord {
  return {
    recordVersion: RECORD_VERSION,
    id: `s1r${round}t1`,
    session: 1,
    round,
    place: 1,
    rank: 0,
    warmup: false,
    arm: arm.id,
    job: arm.job,
    target: arm.target,
    factors: arm.factors,
    status: 'ok',
    fault: null,
    startedAt: `2026-11-23T19:12:${String(4 + round).padStart(2, '0')}.000Z`,
    wallNs: 1.5e9,
    engine: {
      asked: 'auto',
      used: 'psync',
      calls: 'koffi',
      numjobs: 2,
      threadsPerJob: 1,
      iodepth: 1,
      direct: false,
      reason: null,
      ring: null,
    },
    window: makeWindow(bytesPerSecond),
    latency: { read: latencies(100_000, 120_000, 150_000, 5_000_000) },
    series: [
      {
        startNs: 0,
        durationNs: 1e9,
        readBytes: bytesPerSecond,
        writeBytes: 0,
        ops: 1000,
        p50Ns: 120_000,
        p99Ns: 5_000_000,
      },
    ],
    cache: makeCache('proven'),
    client: {
      workerCpuNs: 5e8,
      workerUserNs: 1e8,
      workerSystemNs: 4e8,
      minorFaults: 0,
      majorFaults: 0,
      gcNs: 0,
      gcCount: 0,
      eventLoopDelayMaxNs: 2e6,
      eventLoopDelayP99Ns: 1e6,
    },
    warnings: [],
    ...changes,
  };
}

/** A machine of two CPUs, quiet for a second. */
export function machineUse(changes: Partial<MachineUse> = {}): MachineUse {
  return {
    spanNs: 1e9,
    cpus: 2,
    othersCpuNs: 0,
    kernelCpuNs: 0,
    stealNs: 0,
    loadAverage: 0.5,
    stalled: { cpuNs: 0, ioNs: 0, memoryNs: 0 },
    groupStalled: { cpuNs: null, ioNs: null, memoryNs: null },
    clockFastestNs: 26,
    clockTypicalNs: 27,
    ...changes,
  };
}

export function makeWindow(bytesPerSecond: number, ops = 1000): TrialRecord['window'] {
  return {
    startNs: 0,
    endNs: 1e9,
    readBytes: bytesPerSecond,
    writeBytes: 0,
    readOps: ops,
    writeOps: 0,
    firstDoneNs: 1e9,
    lastDoneNs: 1.01e9,
    totalReadBytes: bytesPerSecond,
    totalWriteBytes: 0,
    totalReadOps: ops,
    totalWriteOps: 0,
    barrierSkewNs: 40_000,
  };
}

export function makeCache(verdict: TrialRecord['cache']['verdict']): TrialRecord['cache'] {
  return {
    claim: 'cold',
    verdict,
    detail: 'nothing was resident before, and 99 % of the bytes came from the device',
    residentBytesBefore: 0,
    fileBytes: 2 ** 30,
    residencySource: 'cachestat',
    evictedBy: 'fadvise',
    applicationReadBytes: 2 ** 30,
    applicationWriteBytes: 0,
    processDeviceReadBytes: 2 ** 30,
    processDeviceWriteBytes: 0,
    blockDevice: null,
    blockReadBytes: null,
    blockWriteBytes: null,
  };
}
