/** Checkpoints of training jobs, against closed forms on a virtual clock. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { WorkerPool } from '../../src/engine/pool.js';
import { jobPlanOf } from '../../src/plan/jobs/registry.js';
import type { CheckpointSpan } from '../../src/record/checkpoint-timeline.js';
import type { EpochRecord, TrainingCheckpoints } from '../../src/record/training-record.js';
import { commonCheckpoints, type MachineCheckpoints } from '../../src/training/checkpoints/common-checkpoints.js';
import { meanUtilisation, samplesPerSecond } from '../../src/training/utilisation.js';
import type { TrainingJob } from '../../src/workload/workload.js';
import { runEngineWell } from '../support/engine.js';
import { trainingJob } from '../support/jobs.js';

const test = suite('engine/training-checkpoints');
const pool = new WorkerPool(5);
test.after(() => pool.close());
const MS = 1e6;

/** 40 steps of 10 ms whose loads take almost no time, and checkpoints of 1 MB at 100 MB/s and rank: 10 ms each. */
async function train(changes: Partial<TrainingJob>): Promise<{
  readonly epochs: readonly EpochRecord[];
  readonly checkpoints: TrainingCheckpoints;
  readonly spans: readonly CheckpointSpan[];
  readonly times: MachineCheckpoints | undefined;
}> {
  const job = trainingJob({
    ioengine: 'simulated',
    simulatedLatencyNs: 1,
    simulatedBytesPerSecond: 100e6,
    files: 160,
    recordBytes: 1,
    readThreads: 1,
    modelBytes: 1e6,
    ...changes,
  });
  const ran = await runEngineWell(pool, job, { files: [...jobPlanOf(job).shares('arm', null).files] });
  const training = ran.reports.find((report) => report.training !== undefined)?.training;
  if (training?.checkpoints === undefined) throw new Error('no checkpoints were recorded');
  const spans = ran.reports.flatMap((report) => report.spans?.kept ?? []);
  const times = ran.reports.find((report) => report.checkpoints !== undefined)?.checkpoints;
  return { epochs: training.epochs, checkpoints: training.checkpoints, spans, times };
}

const near = (value: number | undefined, wanted: number): void =>
  assert.ok(Math.abs((value ?? Number.NaN) - wanted) <= 0.002 * wanted, `${value} is not ${wanted}`);

test('a checkpoint ends a block: its time is in no AU, and the next block leaves out its first step', async () => {
  const { epochs, checkpoints } = await train({ stepsBetween: 10 });
  const [epoch] = epochs as [EpochRecord];
  // After steps 10, 20, 30 and 40. The last one is after the last step, so it is not within the epoch.
  assert.is(checkpoints.checkpoints, 4);
  near(checkpoints.blockedNs, 4 * 10 * MS);
  near(epoch.checkpointNs, 3 * 10 * MS);
  near(epoch.endNs - epoch.startNs, (40 * 10 + 3 * 10) * MS);
  // The first steps of four blocks.
  near(epoch.firstComputeNs, 4 * 10 * MS);
  assert.is(epoch.firstSamples, 4 * 4);
  near(meanUtilisation(epochs), 1);
  near(samplesPerSecond(epochs), (4 * 1000) / 10);
  assert.is(checkpoints.during.steps, 0);
  assert.is(checkpoints.apart.steps, 39);
});

test('steps count on over epochs, and epochs save as DLIO says', async () => {
  const bySteps = await train({ stepsBetween: 30, epochs: 3 });
  assert.is(bySteps.checkpoints.checkpoints, 4);
  const byEpochs = await train({ epochsBetween: 2, firstSavedEpoch: 2, epochs: 5 });
  assert.is(byEpochs.checkpoints.checkpoints, 2);
  assert.ok(byEpochs.epochs.every(({ checkpointNs }) => checkpointNs === undefined));
  const both = await train({ stepsBetween: 40, epochsBetween: 1, epochs: 2 });
  assert.is(both.checkpoints.checkpoints, 4);
});

test('ranks write at the same time, and the slowest decides', async () => {
  const two = await train({ numjobs: 2, modelBytes: 2e6, stepsBetween: 10 });
  assert.is(two.checkpoints.checkpoints, 2);
  near(two.checkpoints.longestNs, 10 * MS);
  assert.is(two.checkpoints.bytes, 2e6);
  // One rank writes all of it.
  const one = await train({ numjobs: 2, modelBytes: null, params: 1e6, writer: 'torch-save', stepsBetween: 10 });
  near(one.checkpoints.longestNs, 140 * MS);
});

test('an asynchronous checkpoint blocks for the copy, and for the rest of the last one', async () => {
  const job = { checkpointMode: 'async', stagingBytesPerSecond: 1e9, stepsBetween: 10 } as const;
  const fast = await train({ ...job, modelBytes: 5e6 });
  // 50 ms to write, 100 ms between checkpoints.
  near(fast.checkpoints.blockedNs, 4 * 5 * MS);
  near(fast.checkpoints.writtenNs, 4 * 55 * MS);
  assert.is(fast.checkpoints.during.steps, 15);
  const slow = await train({ ...job, modelBytes: 15e6 });
  // 150 ms to write: three of the checkpoints find the last one 50 ms before its end.
  near(slow.checkpoints.blockedNs, (4 * 15 + 3 * 50) * MS);
  near(meanUtilisation(slow.epochs), 1);
});

test('on several machines, each checkpoint is timed, so that the slowest machine decides it', async () => {
  const machine = (rank: number, modelBytes: number, mode: Partial<TrainingJob>) =>
    train({ stepsBetween: 10, modelBytes, part: { rank, size: 2 }, ...mode });
  // Each of two machines writes half of it: 10 and 20 ms.
  const [fast, slow] = [await machine(0, 2e6, {}), await machine(1, 4e6, {})];
  const both = commonCheckpoints([fast.times as MachineCheckpoints, slow.times as MachineCheckpoints]);
  assert.is(both.tookNs.length, 4);
  for (const tookNs of both.tookNs) near(tookNs, 20 * MS);
  near(
    commonCheckpoints([slow.times as MachineCheckpoints]).tookNs.reduce((sum, ns) => sum + ns, 0),
    slow.checkpoints.writtenNs,
  );
  // 150 ms to write, after copies of 15 ms: the closed form of one machine, above.
  const { times, checkpoints } = await machine(0, 30e6, { checkpointMode: 'async', stagingBytesPerSecond: 1e9 });
  const { blockedNs } = commonCheckpoints([times as MachineCheckpoints]);
  near(
    blockedNs.reduce((sum, ns) => sum + ns, 0),
    checkpoints.blockedNs,
  );
  near(blockedNs[0], 15 * MS);
  near(blockedNs[1], 65 * MS);
  assert.is((await train({ stepsBetween: 10 })).times, undefined);
});

test('metadata and pointers are written when every rank has written', async () => {
  const { checkpoints } = await train({
    numjobs: 2,
    modelBytes: null,
    params: 1e6,
    writer: 'megatron',
    stepsBetween: 10,
  });
  assert.is(checkpoints.checkpoints, 2);
  assert.ok(checkpoints.longestNs > 70 * MS);
});

test('the timeline has when training stood still, and what each rank wrote meanwhile', async () => {
  const { checkpoints, spans } = await train({ numjobs: 2, modelBytes: 2e6, stepsBetween: 10 });
  const of = (worker: number | null) => spans.filter((span) => span.worker === worker);
  const blocked = of(null);
  assert.equal(
    blocked.map(({ checkpoint, phase }) => [checkpoint, phase]),
    [
      [1, 'blocked'],
      [2, 'blocked'],
    ],
  );
  near(
    blocked.reduce((sum, { startNs, endNs }) => sum + endNs - startNs, 0),
    checkpoints.blockedNs,
  );
  for (const rank of [0, 1]) {
    for (const { checkpoint, startNs, endNs } of of(rank)) {
      const around = blocked[checkpoint - 1] as CheckpointSpan;
      assert.ok(startNs >= around.startNs && endNs <= around.endNs, `checkpoint ${checkpoint} of rank ${rank}`);
    }
    const writes = of(rank).filter(({ phase }) => phase === 'write');
    assert.is(writes.length, 2);
    for (const { startNs, endNs } of writes) near(endNs - startNs, 10 * MS);
  }
});

test.run();
