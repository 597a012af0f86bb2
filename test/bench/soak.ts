/**
 * A long run of io_uring at a deep queue, to see what only time shows: memory that grows, requests that get lost.
 *
 *   node dist/test/bench/soak.js [--minutes 30] [--iodepth 128] [--numjobs 2] [--bs KIB] [--size GIB] [--cached] [-t DIR]
 *                             [--patience SECONDS]
 *
 * 4 KiB random reads, O_DIRECT unless `--cached`. Exits 1 when memory grows, a second (or as many as `--patience` says,
 * in a row) has no completion, a request is stuck, or counts differ. The kernel's count of the reads is `read_bytes` of /proc/self/io: with O_DIRECT every read
 * is counted there when it is handed to the block layer, for this process alone, so that a request that was issued and
 * never completed, or counted twice, shows as a difference. The device's own counters are of all processes: a bound
 * from above. `rchar` and `syscr` do not know io_uring, so cached reads have no count of the kernel's to compare with.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CELL, Counters } from '../../src/engine/core/counters.js';
import { WorkerPool } from '../../src/engine/pool.js';
import { uringRefusal } from '../../src/engine/uring/availability.js';
import { quantileNs, totalCount } from '../../src/histogram/histogram.js';
import { decodeHistogram } from '../../src/histogram/sparse-counts.js';
import { delta, snapshot } from '../../src/host/system/io-counters.js';
import { newSpaceMib } from '../../src/plan/needs.js';
import type { DataFile } from '../../src/plan/plan.js';
import type { IoCounters } from '../../src/record/trial-record.js';
import type { IoJob } from '../../src/workload/workload.js';
import { type EngineRun, layOut, runEngineWell } from '../support/engine.js';
import { blocks, ioJob } from '../support/jobs.js';
import { warm } from '../support/warm.js';
import { equalVerdict, issuedVerdict, rssVerdict, type Sample, stallVerdict, type Verdict } from './soak-verdicts.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    iodepth: { type: 'string', default: '128' },
    numjobs: { type: 'string', default: '2' },
    bs: { type: 'string', default: '4' },
    size: { type: 'string', default: '1' },
    cached: { type: 'boolean', default: false },
    patience: { type: 'string', default: '1' },
    target: { type: 'string', short: 't', default: tmpdir() },
  },
});

/** Long enough to load every module and to fill every pool before anything is counted. */
const REHEARSAL_NS = 1e9;
/** In an array of V8. */
const BYTES_PER_NUMBER = 8;
/** After its time a run has only the operations in flight to wait for. */
const STUCK_AFTER_MS = 60_000;

function positive(option: 'minutes' | 'iodepth' | 'numjobs' | 'bs' | 'size' | 'patience'): number {
  const value = Number(values[option]);
  if (!(value > 0)) throw new Error(`--${option} ${values[option]}: expected a number above 0`);
  return value;
}

function rssBytes(): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kib) * 1024;
}

function opsSoFar(counters: Counters): number {
  let ops = 0;
  for (let worker = 0; worker < counters.workers; worker++) ops += counters.cellsOf(worker)[CELL.readOps] as number;
  return ops;
}

interface Soaked extends EngineRun {
  readonly samples: readonly Sample[];
  readonly device: IoCounters;
  /** Page faults of the process that needed I/O. */
  readonly majorFaults: number;
}

/** The run, looked at each second. Ends the process when it does not end in time: no thread of it could be stopped. */
async function soak(pool: WorkerPool, job: IoJob, files: readonly DataFile[]): Promise<Soaked> {
  const path = files[0]?.path ?? '';
  const counters = Counters.allocate(job.numjobs);
  const samples: Sample[] = [];
  const before = snapshot({ path });
  const faultsBefore = process.resourceUsage().majorPageFault;
  const startMs = performance.now();
  const timer = setInterval(() => {
    samples.push({ atSeconds: (performance.now() - startMs) / 1e3, rssBytes: rssBytes(), ops: opsSoFar(counters) });
  }, 1000);
  const stuck = setTimeout(
    () => {
      console.log(`NOT MET: the run did not end: after ${opsSoFar(counters)} operations a request is stuck`);
      rmSync(directory, { recursive: true, force: true });
      process.exit(1);
    },
    (job.runtimeNs ?? 0) / 1e6 + STUCK_AFTER_MS,
  );
  try {
    const run = await runEngineWell(pool, job, { files }, counters);
    const majorFaults = process.resourceUsage().majorPageFault - faultsBefore;
    return { ...run, samples, device: delta(before, snapshot({ path })), majorFaults };
  } finally {
    clearInterval(timer);
    clearTimeout(stuck);
  }
}

/** Of the latencies of each second that a worker keeps until its end, as arrays of numbers. */
function seriesBytes(reports: Soaked['reports']): number {
  const numbers = reports.flatMap(({ seconds }) => seconds).reduce((sum, { latency }) => sum + latency.length, 0);
  return numbers * BYTES_PER_NUMBER;
}

/** Of what is counted once by the engine, once more by its histograms, and by the kernel. */
function countVerdicts({ window, latency, reports, device, majorFaults, samples }: Soaked): Verdict[] {
  const histogram = decodeHistogram(latency.read ?? []);
  const verdicts = [
    rssVerdict(samples, {
      roomBytes: job.numjobs * newSpaceMib(job.numjobs) * 2 ** 20,
      keptBytes: seriesBytes(reports),
    }),
    stallVerdict(
      samples.filter(({ atSeconds }) => atSeconds * 1e9 < window.firstDoneNs),
      positive('patience'),
    ),
    equalVerdict('operations', window.totalReadOps, totalCount(histogram), 'the histograms'),
    equalVerdict('bytes', window.totalReadBytes, window.totalReadOps * blockBytes, 'operations × block size'),
  ];
  if (values.cached) return verdicts;
  const own = issuedVerdict(window.totalReadBytes, device.processDeviceReadBytes, majorFaults);
  const all = device.blockReadBytes;
  return [
    ...verdicts,
    own,
    {
      text: `${device.blockDevice ?? 'no block device'}: ${all ?? 'unknown'} bytes read by all processes, not less than here`,
      met: all === null ? null : all >= window.totalReadBytes,
    },
  ];
}

const WORDS = { true: 'met', false: 'NOT MET', null: 'not decidable here' } as const;

function report(soaked: Soaked): void {
  const { window, latency, reports, samples } = soaked;
  const histogram = decodeHistogram(latency.read ?? []);
  const seconds = window.lastDoneNs / 1e9;
  const milliseconds = (q: number) => `${(quantileNs(histogram, q) / 1e6).toFixed(3)} ms`;
  console.log(
    `${seconds.toFixed(1)} s, ${(window.totalReadOps / seconds).toFixed(0)} IOPS, p50 ${milliseconds(0.5)}, ` +
      `p99.9 ${milliseconds(0.999)}, max ${milliseconds(1)}`,
  );
  const enters = reports.reduce((sum, { ring }) => sum + (ring?.enters ?? 0), 0);
  const registered = reports.every(({ ring }) => ring?.registeredBuffers) ? 'registered' : 'not registered';
  const collections = reports.reduce((sum, { gcCount }) => sum + gcCount, 0);
  console.log(
    `${samples.length} samples, ${enters} enters, buffers ${registered}, ${collections} collections in workers`,
  );
  const verdicts = countVerdicts(soaked);
  for (const { text, met } of verdicts) console.log(`${WORDS[`${met}`]}: ${text}`);
  if (verdicts.some(({ met }) => met === false)) process.exitCode = 1;
}

const refusal = uringRefusal();
if (refusal !== null) throw new Error(`there is nothing to soak: ${refusal}`);
const blockBytes = positive('bs') * 1024;
const job = ioJob({
  ioengine: 'io_uring',
  bs: blocks(blockBytes),
  iodepth: positive('iodepth'),
  numjobs: positive('numjobs'),
  direct: !values.cached,
  timeBased: true,
  runtimeNs: positive('minutes') * 60e9,
});
const directory = mkdtempSync(join(values.target, 'feedrate-bench-'));
const pool = new WorkerPool(job.numjobs);
try {
  const bytes = Math.round((positive('size') * 2 ** 30) / blockBytes) * blockBytes;
  const files = await layOut(directory, [{ path: 'file', bytes, contentSeed: 20_261, fallocate: 'none' }]);
  if (values.cached) warm(files.map(({ path }) => path));
  await runEngineWell(pool, { ...job, runtimeNs: REHEARSAL_NS }, { files });
  report(await soak(pool, job, files));
} finally {
  await pool.close();
  rmSync(directory, { recursive: true, force: true });
}
