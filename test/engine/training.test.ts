/** Training jobs in worker threads: closed forms on a virtual clock, and what is the same whatever the threads do. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Counters } from '../../src/engine/core/counters.js';
import type { WorkerTask } from '../../src/engine/core/protocol.js';
import { WorkerPool } from '../../src/engine/pool.js';
import { jobPlanOf } from '../../src/plan/jobs/registry.js';
import { mergeTraining } from '../../src/record/merge-training.js';
import type { TrainingRecord } from '../../src/record/training-record.js';
import { meanUtilisation, samplesPerSecond, steadyUtilisation, utilisation } from '../../src/training/utilisation.js';
import type { TrainingJob } from '../../src/workload/workload.js';
import { type EngineRun, runEngineWell } from '../support/engine.js';
import { trainingJob } from '../support/jobs.js';

const test = suite('engine/training');
const pool = new WorkerPool(5);
test.after(() => pool.close());

async function run(
  changes: Partial<TrainingJob>,
  partition?: WorkerTask['partition'],
): Promise<EngineRun & { readonly training: TrainingRecord }> {
  const job = trainingJob({ ioengine: 'simulated', simulatedLatencyNs: 1, ...changes });
  const files = [...jobPlanOf(job).shares('arm', null).files];
  const ran = await runEngineWell(pool, job, { files, ...(partition !== undefined && { partition }) });
  const training = ran.reports.find((report) => report.training !== undefined)?.training;
  if (training === undefined) throw new Error('no training was recorded');
  return { ...ran, training };
}

const MS = 1e6;

interface Station {
  readonly accelerators?: number;
  readonly workers: number;
  readonly prefetch?: number;
  readonly batch: number;
  readonly batches: number;
  /** Time of a batch on its worker, and of a step, ms. */
  readonly loadMs: number;
  readonly computeMs: number;
  readonly epochs?: number;
  /** The part of the load that is preprocessing. */
  readonly preprocessed?: number;
  readonly preprocessBy?: TrainingJob['preprocessBy'];
}

/**
 * The reference's AU of an epoch whose loads take exactly `loadMs`. All workers begin at once, so batches come W at a time, every
 * T; the first step is left out of the window, with its load and its computing.
 */
function exactAu({ workers, batches, loadMs: load, computeMs: compute }: Station): number {
  const counted = (batches - 1) * compute;
  if (workers === 0) return compute / (load + compute);
  if (load <= workers * compute) return 1;
  const last = (batches - 1) % workers;
  const rounds = Math.floor((batches - 1) / workers);
  return counted / (rounds * load + last * compute);
}

const STATIONS: readonly Station[] = [
  { workers: 1, batch: 4, batches: 60, loadMs: 40, computeMs: 10 },
  { workers: 1, batch: 4, batches: 60, loadMs: 10, computeMs: 40 },
  { workers: 2, batch: 4, batches: 60, loadMs: 40, computeMs: 10 },
  { workers: 4, batch: 2, batches: 64, loadMs: 50, computeMs: 10 },
  { workers: 4, batch: 2, batches: 64, loadMs: 50, computeMs: 13 },
  { workers: 0, batch: 8, batches: 50, loadMs: 24, computeMs: 36 },
  { workers: 3, batch: 4, batches: 61, loadMs: 100, computeMs: 7, prefetch: 4 },
  { workers: 2, batch: 4, batches: 60, loadMs: 60, computeMs: 20, prefetch: 1 },
  { workers: 2, batch: 4, batches: 50, loadMs: 30, computeMs: 10, accelerators: 2, epochs: 2 },
  { workers: 2, batch: 5, batches: 55, loadMs: 50, computeMs: 20, preprocessed: 0.4 },
  { workers: 2, batch: 5, batches: 55, loadMs: 50, computeMs: 20, preprocessed: 0.4, preprocessBy: 'compute' },
];

for (const station of STATIONS) {
  const { accelerators = 1, workers, prefetch = null, batch, batches, loadMs, computeMs } = station;
  const { epochs = 1, preprocessed = 0, preprocessBy = 'sleep' } = station;
  test(`AU and samples/s equal the formula: ${JSON.stringify(station)}`, async () => {
    const recordBytes = 1_000_000;
    const { training, window } = await run({
      numjobs: accelerators,
      readThreads: workers,
      prefetchFactor: prefetch,
      batchSize: batch,
      files: batch * batches * accelerators,
      recordBytes,
      epochs,
      simulatedBytesPerSecond: (recordBytes * batch * 1000) / (loadMs * (1 - preprocessed)),
      preprocessTime: { type: 'constant', ns: (loadMs * preprocessed * MS) / batch },
      preprocessBy,
      computationTime: { type: 'constant', ns: computeMs * MS },
    });
    const au = exactAu(station);
    const near = (value: number, expected: number) =>
      assert.ok(Math.abs(value / expected - 1) < 1e-3, `${value} instead of ${expected}`);
    near(meanUtilisation(training.epochs), au);
    near(samplesPerSecond(training.epochs), (accelerators * batch * au * 1000) / computeMs);
    near(steadyUtilisation(training.epochs), workers === 0 ? au : Math.min(1, (workers * computeMs) / loadMs));
    assert.is(training.epochs.length, epochs);
    for (const epoch of training.epochs) {
      assert.is(epoch.steps, batches);
      assert.is(epoch.samples, batch * batches * accelerators);
      assert.is(epoch.sampleBytes, epoch.samples * recordBytes);
      near(epoch.computeNs + epoch.waitNs + epoch.barrierNs, epoch.endNs - epoch.startNs);
    }
    assert.is(window.totalReadBytes, epochs * batch * batches * accelerators * recordBytes);
  });
}

for (const [prefetchFactor, loadMs, computeMs, stepMs] of [
  // The worker makes the next batch while one is taken over.
  [2, 40, 10, 40],
  [2, 10, 40, 46],
  // It is given the next batch when one has been taken over.
  [1, 40, 10, 46],
  [1, 10, 40, 46],
] as const) {
  test(`a hand-over of 6 ms: ${JSON.stringify({ prefetchFactor, loadMs, computeMs })}`, async () => {
    const [batch, steps] = [4, 60];
    const { training } = await run({
      readThreads: 1,
      prefetchFactor,
      batchSize: batch,
      files: batch * steps,
      recordBytes: 1_000_000,
      simulatedBytesPerSecond: (1_000_000 * batch * 1000) / loadMs,
      handOverTime: { type: 'constant', ns: 6 * MS },
      computationTime: { type: 'constant', ns: computeMs * MS },
    });
    const [epoch] = training.epochs;
    assert.ok(epoch);
    const perStep = (ns: number) => Math.round(ns / (steps - 1) / 1e4) / 100;
    assert.is(perStep(epoch.endNs - epoch.startNs - epoch.firstStepNs), stepMs);
    assert.ok(Math.abs(epoch.waitNs / steps / MS - (stepMs - computeMs)) < 1);
  });
}

test('machines with unequal storage train at the speed of the slowest one, as the formula with a common barrier says', async () => {
  const [batch, steps, computeMs] = [4, 40, 30];
  const loads = [10, 25, 40];
  const parts: TrainingRecord[] = [];
  for (const [rank, loadMs] of loads.entries()) {
    const { training } = await run(
      {
        readThreads: 0,
        batchSize: batch,
        files: batch * steps * loads.length,
        recordBytes: 1_000_000,
        epochs: 2,
        simulatedBytesPerSecond: (1_000_000 * batch * 1000) / loadMs,
        computationTime: { type: 'constant', ns: computeMs * MS },
      },
      { rank, size: loads.length, seed: 1 },
    );
    parts.push(training);
  }
  const merged = mergeTraining(parts) as TrainingRecord;
  assert.is(merged.commonBarrier, 'computed');
  const near = (value: number, expected: number) =>
    assert.ok(Math.abs(value / expected - 1) < 1e-3, `${value} instead of ${expected}`);
  const stepMs = computeMs + Math.max(...loads);
  for (const epoch of merged.epochs) {
    near(epoch.endNs - epoch.startNs, steps * stepMs * MS);
    near(epoch.computeNs, steps * computeMs * MS);
    near(epoch.waitNs, steps * 25 * MS);
    near(epoch.barrierNs, steps * 15 * MS);
    near(epoch.samples, batch * steps * loads.length);
  }
  near(merged.epochs[1]?.startNs ?? 0, merged.epochs[0]?.endNs ?? 1);
  // The window begins after the first step's loading and computing, a mean over accelerators.
  const windowMs = steps * stepMs - computeMs - 25;
  near(meanUtilisation(merged.epochs), ((steps - 1) * computeMs) / windowMs);
  near(samplesPerSecond(merged.epochs), (batch * (steps - 1) * loads.length) / (windowMs / 1000));
  near(steadyUtilisation(merged.epochs), computeMs / stepMs);
  const untimed = parts.map((part, at) =>
    at > 0 ? part : { ...part, epochs: part.epochs.map(({ stepTimes: _, ...epoch }) => epoch) },
  );
  const means = mergeTraining(untimed) as TrainingRecord;
  assert.is(means.commonBarrier, 'none');
  assert.is(means.epochs[0]?.barrierNs, 0, 'an accelerator alone waits for no other');
});

test('is the same again, whatever threads do first', async () => {
  const changes: Partial<TrainingJob> = {
    numjobs: 2,
    readThreads: 2,
    files: 90,
    inOrder: false,
    epochs: 2,
    simulatedLatencyNs: 4 * MS,
    computationTime: { type: 'exponential', meanNs: 5 * MS },
  };
  const [first, second] = [await run(changes), await run(changes)];
  assert.equal(second.training, first.training);
  assert.equal(second.latency, first.latency);
});

test('a slow batch holds others up only if batches keep their order', async () => {
  const changes: Partial<TrainingJob> = {
    readThreads: 4,
    files: 400,
    batchSize: 1,
    preprocessTime: { type: 'exponential', meanNs: 8 * MS },
    computationTime: { type: 'constant', ns: 2 * MS },
  };
  const [ordered, free] = [await run(changes), await run({ ...changes, inOrder: false })];
  const au = ({ training }: typeof free) => utilisation(training.epochs[0] as TrainingRecord['epochs'][number]);
  assert.ok(au(free) > au(ordered) + 0.02, `${au(free)} and ${au(ordered)}`);
});

test('ends after total_training_steps, in the midst of an epoch', async () => {
  const { training } = await run({ files: 40, epochs: 5, totalSteps: 23 });
  assert.equal(
    training.epochs.map(({ steps }) => steps),
    [10, 10, 3],
  );
});

test('without drop_last, the last batches are short, and ranks without one wait', async () => {
  const { training } = await run({ numjobs: 2, files: 17, batchSize: 4, dropLast: false });
  const [epoch] = training.epochs;
  assert.is(epoch?.steps, 3);
  assert.is(epoch?.samples, 17);
});

test('counts the batches that are ready when steps begin', async () => {
  const { training } = await run({ files: 80, computationTime: { type: 'constant', ns: 50 * MS } });
  const counts = training.ready.map(({ batches }) => batches);
  assert.is(counts[0], 0);
  assert.is(counts[5], 4);
  assert.is(counts.at(-1), 1);
});

test('stops when it is asked to, and keeps what was measured', async () => {
  const job = trainingJob({ ioengine: 'null', files: 4000, computationTime: { type: 'constant', ns: 20 * MS } });
  const counters = Counters.allocate(3);
  const timer = setInterval(() => counters.beganNs !== null && counters.requestStop(), 20);
  const files = [...jobPlanOf(job).shares('arm', null).files];
  const { reports } = await runEngineWell(pool, job, { files }, counters);
  clearInterval(timer);
  const epochs = reports.find((report) => report.training !== undefined)?.training?.epochs ?? [];
  assert.ok(epochs.length <= 1 && (epochs[0]?.steps ?? 0) < 1000);
});

test.run();
