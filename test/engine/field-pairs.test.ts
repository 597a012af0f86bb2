/**
 * Every two optional fields of an `io` job together, on the simulated engine: the workload is refused in one line, or the
 * job does the operations that the fields ask for, at the pace that they ask for, and no latency but the storage's is
 * measured.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../src/base/errors.js';
import { simulatedFactory } from '../../src/engine/backends/simulated.js';
import { Content } from '../../src/engine/content/buffers.js';
import { MonotonicClock } from '../../src/engine/core/clock.js';
import { Counters, HISTOGRAM_BASE } from '../../src/engine/core/counters.js';
import { Meter } from '../../src/engine/core/meter.js';
import { MissedByWorker } from '../../src/engine/core/missed-by-worker.js';
import type { WorkerReport, WorkerTask } from '../../src/engine/core/protocol.js';
import { filesOfTask } from '../../src/engine/core/worker-files.js';
import { ioProgram } from '../../src/engine/jobs/io.js';
import { createHistogram, meanNs } from '../../src/histogram/histogram.js';
import { filesOf } from '../../src/plan/arm-files.js';
import { largestBlockBytes } from '../../src/plan/blocks.js';
import { jobPlanOf } from '../../src/plan/jobs/registry.js';
import type { Arm } from '../../src/plan/plan.js';
import { buildPlan } from '../../src/plan/schedule.js';
import type { Window } from '../../src/record/trial-record.js';
import { addCells, assembleWindow } from '../../src/trial/assemble.js';
import type { IoJob } from '../../src/workload/jobs/io.js';
import { ioKind } from '../../src/workload/jobs/io.js';
import { parseWorkload } from '../../src/workload/parse.js';
import { resolveJob } from '../../src/workload/resolve.js';

const test = suite('engine/field-pairs');

/** Values of each field that differ from its default. A field that is not here fails the first test. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  rw: ['randrw'],
  rwmixread: ['70'],
  bs: ['12k', '4k/50:16k/50', '4k-16k'],
  bs_write: ['16k', '4k-12k'],
  numjobs: ['2'],
  iodepth: ['4'],
  size: ['1000001'],
  nrfiles: ['3'],
  io_size: ['300k', '2m'],
  fallocate: ['native'],
  runtime: ['60ms'],
  time_based: ['true'],
  ramp_time: ['15ms'],
  cache: ['direct'],
  direct: ['true'],
  fsync: ['4'],
  fdatasync: ['3'],
  end_fsync: ['true'],
  random_distribution: ['zipf:1.2'],
  norandommap: ['true'],
  rate: ['8MiB/s'],
  rate_iops: ['1000'],
  rate_process: ['poisson'],
  rate_ignore_thinktime: ['true'],
  thinktime: ['2ms', '300us'],
  thinktime_blocks: ['8'],
  verify: ['true'],
  refill_buffers: ['false'],
  beside: ['j'],
  randseed: ['7'],
  madvise: ['random'],
  simulated_latency: ['150us'],
  simulated_bandwidth: ['400MiB/s'],
};

/** What the pairs are added to. */
const BASES: readonly Readonly<Record<string, string>>[] = [
  { rw: 'randread' },
  { rw: 'randwrite', runtime: '80ms', time_based: 'true' },
  { rw: 'randread', rate_iops: '1000', thinktime: '4ms', thinktime_blocks: '8' },
];
const PLAIN = { size: '1m', bs: '4k', ioengine: 'simulated', simulated_latency: '100us' };
/** The simulated latency has a median and this deviation of its logarithm. */
const SIGMA = 0.25;

function armOf(fields: Readonly<Record<string, string>>): Arm {
  const job = Object.entries(fields).map(([word, value]) => `    ${word}: ${value}`);
  const text = `name: pairs\njobs:\n  j:\n${job.join('\n')}\n`;
  const [arm] = buildPlan(parseWorkload(text, 'w.yaml'), [{ name: 't', path: '/t' }], resolveJob, 1).arms;
  return arm as Arm;
}

interface Run {
  readonly job: IoJob;
  readonly window: Window;
  readonly reports: readonly WorkerReport[];
  readonly meanNs: Readonly<Record<'read' | 'write', number>>;
}

// Made once: they are most of the work of such short runs.
const MOST_JOBS = 2;
const counters = Counters.allocate(MOST_JOBS);
const content = new Content(
  Array.from({ length: 8 }, (_, slot) => ({ path: `f${slot}`, bytes: 1, contentSeed: slot })),
  { maxBlockBytes: 16_384, wholeSectors: true, places: 1, checks: false },
);

/** Runs the workers of a job one after another: on virtual clocks that makes no difference. */
function runOf(arm: Arm): Run {
  const job = arm.spec as IoJob;
  counters.cellsOf(0).fill(0);
  for (let worker = 0; worker < MOST_JOBS; worker++) counters.histogramsOf(worker).fill(0);
  const shares = filesOf(arm, null);
  const { rampNs, runtimeNs } = jobPlanOf(job).bounds;
  const reports = Array.from({ length: job.numjobs }, (_, worker): WorkerReport => {
    const task: WorkerTask = {
      memory: counters.memory,
      worker,
      workers: job.numjobs,
      thread: 0,
      threads: 1,
      backend: 'simulated',
      job,
      files: [...shares.files],
      extents: [...(shares.extents[worker] ?? [])],
      laidOut: true,
      scratchDirectory: '/nonexistent',
      seed: 5,
      slowdown: null,
    };
    const meter = new Meter(
      counters,
      worker,
      rampNs,
      runtimeNs === null ? Number.POSITIVE_INFINITY : rampNs + runtimeNs,
      false,
    );
    const { backend, createDrain } = simulatedFactory.create(task, new MonotonicClock(), content);
    const program = ioProgram.create(
      { ...filesOfTask(task), task, backend, createDrain, meter, content, counters, missed: new MissedByWorker() },
      job,
    );
    program.prepare();
    backend.clock.startAt(0);
    program.run();
    const total = meter.finish(backend.clock.now());
    const { rampEnd, deadlineEnd, allBusyEnd, seconds } = meter;
    const unused = { startDelayNs: 0, busyNs: null, usage: null, gcNs: 0, gcCount: 0, ring: null, shortTransfers: 0 };
    return { total, rampEnd, deadlineEnd, allBusyEnd, seconds, ...unused };
  });
  const mean = (kind: 'read' | 'write') => {
    const sum = createHistogram();
    for (let worker = 0; worker < job.numjobs; worker++)
      addCells(sum, counters.histogramsOf(worker), HISTOGRAM_BASE[kind]);
    return meanNs(sum);
  };
  return { job, reports, window: assembleWindow(reports), meanNs: { read: mean('read'), write: mean('write') } };
}

function near(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual / expected - 1) <= tolerance, `${what}: ${actual}, expected ${expected}`);
}

/** The mean of the simulated latency of an operation of the mix, ns. */
function serviceNs({ simulatedLatencyNs, simulatedBytesPerSecond }: IoJob, bytes: number): number {
  const transferNs = simulatedBytesPerSecond === null ? 0 : (bytes / simulatedBytesPerSecond) * 1e9;
  return simulatedLatencyNs * Math.exp(SIGMA ** 2 / 2) + transferNs;
}

/** Checks latencies, operations, bytes and time of a run against the fields, by plain arithmetic. */
function check(run: Run, what: string): void {
  const { job, window, reports } = run;
  const ops = reports.reduce((sum, { total }) => sum + total.readOps + total.writeOps, 0);
  const bytes = reports.reduce((sum, { total }) => sum + total.readBytes + total.writeBytes, 0);
  const writes = reports.reduce((sum, { total }) => sum + total.writeOps, 0);
  const isMix = blocksDiffer(job);
  const oneNs = serviceNs(job, bytes / ops);
  const bytesOf = {
    read: reports.reduce((sum, { total }) => sum + total.readBytes, 0) / (ops - writes),
    write: reports.reduce((sum, { total }) => sum + total.writeBytes, 0) / writes,
  };
  // Few operations have a mean that is off by chance: five of its standard deviations.
  const chance = 0.01 + (5 * SIGMA) / Math.sqrt(ops / 2);
  // At a tenth of its capacity, the storage makes a random arrival wait for half of a tenth of an operation.
  const waiting = job.rateProcess === 'poisson' ? 0.35 : 0;
  for (const kind of ['read', 'write'] as const) {
    if (Number.isNaN(run.meanNs[kind])) continue;
    near(
      run.meanNs[kind],
      serviceNs(job, bytesOf[kind]),
      chance + waiting + (isMix ? 0.1 : 0),
      `${what}: mean ${kind} latency`,
    );
  }
  if (job.runtimeNs === null) checkAmounts(job, ops, bytes, what);
  const { rampTimeNs, runtimeNs } = job;
  if (job.timeBased && runtimeNs !== null)
    assert.equal([window.startNs, window.endNs - window.startNs], [rampTimeNs, runtimeNs], what);
  if (!job.timeBased || rampTimeNs > 0 || job.rateProcess === 'poisson') return;
  const syncEvery = job.fsync || job.fdatasync;
  const syncNs = syncEvery === 0 ? 0 : (serviceNs(job, 0) / syncEvery) * (writes / ops);
  near(
    (window.endNs - window.startNs) * job.numjobs,
    ops * intervalNs(job, bytes / ops, oneNs + syncNs),
    0.08 + chance,
    `${what}: time`,
  );
}

function blocksDiffer({ bs, bsWrite }: IoJob): boolean {
  return bs.length > 1 || bs[0]?.leastBytes !== undefined || bsWrite !== null;
}

/** The mean time from one operation of a worker to the next, ns. */
function intervalNs(job: IoJob, meanBytes: number, busyNs: number): number {
  const atRateNs = Math.max(
    job.rateIops === null ? 0 : 1e9 / job.rateIops,
    job.rateBytesPerSecond === null ? 0 : (meanBytes / job.rateBytesPerSecond) * 1e9,
  );
  const pauseNs = job.thinktimeNs / job.thinktimeBlocks;
  return job.rateIgnoreThinktime ? Math.max(atRateNs, busyNs) + pauseNs : Math.max(atRateNs, busyNs + pauseNs);
}

/** A job without a time limit moves all bytes of its files, or `io_size`. */
function checkAmounts(job: IoJob, ops: number, bytes: number, what: string): void {
  const sizeBytes = job.sizeBytes as number;
  const [block] = job.bs as [IoJob['bs'][number]];
  const largest = largestBlockBytes(job);
  const wanted = ((job.ioSizeBytes as number | null) ?? sizeBytes) * job.numjobs;
  // Blocks that repeat need not be as many bytes as the files have, and the last of a mix may not fit any more.
  const isUneven = job.norandommap || job.randomDistribution.type !== 'random' || blocksDiffer(job);
  const slack = job.ioSizeBytes !== null || job.direct || isUneven ? 3 * largest * job.numjobs : 0;
  assert.ok(Math.abs(bytes - wanted) <= slack, `${what}: ${bytes} bytes of ${wanted}`);
  if (!blocksDiffer(job))
    assert.ok(Math.abs(ops - wanted / block.blockBytes) <= 4 * job.numjobs, `${what}: ${ops} operations`);
}

test('the values cover the field table', () => {
  const words = Object.values(ioKind.rows).map(({ word }) => word);
  assert.equal(
    // `min_filesize` chooses among files that exist.
    words.filter((word) => word !== 'ioengine' && word !== 'min_filesize' && VALUES[word] === undefined),
    [],
  );
});

for (const [index, base] of BASES.entries()) {
  test(`each two fields beside ${JSON.stringify(base)}`, () => {
    const choices = Object.entries(VALUES).flatMap(([word, values]) => values.map((value) => ({ word, value })));
    let ran = 0;
    choices.forEach((one, i) => {
      for (const other of choices.slice(i + 1)) {
        if (one.word === other.word) continue;
        const fields = { ...PLAIN, ...base, [one.word]: one.value, [other.word]: other.value };
        const what = `${index}: ${one.word}: ${one.value}, ${other.word}: ${other.value}`;
        let arm: Arm;
        try {
          arm = armOf(fields);
        } catch (thrown) {
          assert.instance(thrown, FeedrateError, what);
          assert.ok((thrown as Error).message.split('\n').length <= 3, (thrown as Error).message);
          continue;
        }
        check(runOf(arm), what);
        ran++;
      }
    });
    assert.ok(ran > 100, String(ran));
  });
}

test.run();
