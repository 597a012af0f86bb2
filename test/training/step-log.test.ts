/** AU, steady AU and stalls from the steps of an epoch. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ReadyQueue } from '../../src/training/ready-queue.js';
import { StepLog } from '../../src/training/step-log.js';
import { meanUtilisation, samplesPerSecond, steadyUtilisation, utilisation } from '../../src/training/utilisation.js';

const test = suite('training/step-log');

/** An epoch whose steps wait for these times and compute for 10. */
function epoch(waits: readonly number[], workers = 0, startNs = 100) {
  const log = new StepLog(startNs, workers, 2);
  let endNs = startNs;
  for (const waitNs of waits) {
    const stepNs = endNs;
    endNs += waitNs + 10;
    const bytes = { samples: 4, sampleBytes: 40, readBytes: 50 };
    log.add(
      Object.assign({ startNs: stepNs, endNs, computeNs: 10, waitNs, barrierNs: 0, longestWaitNs: waitNs }, bytes),
    );
  }
  return log.figures();
}

test('the first step is in no AU, with its wait and its computing', () => {
  const figures = epoch([1000, 10, 10, 10]);
  assert.is(utilisation(figures), 0.5);
  assert.is(samplesPerSecond([figures]), 12 / 60e-9);
  assert.is(meanUtilisation([figures, epoch([5, 0, 0])]), 0.75);
  assert.is(meanUtilisation([figures, epoch([5])]), 0.5, 'an epoch of one step has no AU');
  assert.ok(Number.isNaN(utilisation(epoch([5]))));
});

test('the steady part has whole rounds, without a stock at each end', () => {
  // Two workers with two batches each: four steps at each end, and rounds of two.
  const waits = [90, 0, 0, 0, ...Array.from({ length: 13 }, (_, step) => (step % 2 === 0 ? 20 : 0)), 0, 0, 0, 0];
  const { steady } = epoch(waits, 2);
  assert.equal(steady, { steps: 12, wallNs: 240, computeNs: 120 });
  assert.is(steadyUtilisation([epoch(waits, 2)]), 0.5);
  assert.is(epoch(waits.slice(4), 2).steady, null);
});

test('stalls are waits longer than half of a step, but for the first', () => {
  const { stalls, longestStallNs, longestStallStep } = epoch([1000, 5, 6, 0, 30, 7]);
  assert.equal([stalls, longestStallNs, longestStallStep], [3, 30, 5]);
  assert.is(epoch([1000, 5, 5]).longestStallStep, null);
});

test('the queue counts batches from when they were ready until they were handed over', () => {
  const queue = new ReadyQueue();
  queue.beginEpoch();
  for (const [startNs, readyNs] of [
    [0, 5],
    [10, 6],
    [20, 6],
    [30, 35],
  ] as const) {
    queue.beginStep(startNs);
    queue.handOver(readyNs);
  }
  queue.beginEpoch();
  queue.beginStep(50);
  queue.handOver(20);
  assert.equal(
    queue.points(1).map(({ batches }) => batches),
    [0, 2, 1, 0, 1],
  );
});

test.run();
