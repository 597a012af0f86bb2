import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createSchedule, type Schedule } from '../../src/plan/pacing.js';
import type { IoJob } from '../../src/workload/workload.js';
import { ioJob, KIB } from './jobs.js';

function schedule(changes: Partial<IoJob>, seed = 1, worker = 0): Schedule {
  return createSchedule(ioJob(changes), seed, worker) as Schedule;
}

function dues(paced: Schedule, lengths: readonly number[]): number[] {
  return lengths.map((lengthBytes) => paced.nextDueNs(lengthBytes));
}

const pacing = suite('pacing');

pacing('is absent without a rate', () => {
  assert.is(createSchedule(ioJob(), 1, 0), null);
});

pacing('spaces operations evenly at rate_iops, whatever their length', () => {
  assert.equal(dues(schedule({ rateIops: 1000 }), [4096, 1, 4096, 8192]), [0, 1e6, 2e6, 3e6]);
});

pacing('spaces operations by their bytes at rate', () => {
  const paced = schedule({ rateBytesPerSecond: 1024 * KIB });
  assert.equal(dues(paced, [1024 * KIB, 512 * KIB, 256 * KIB, 1]), [0, 1e9, 1.5e9, 1.75e9]);
});

pacing('keeps both rates when both are set', () => {
  const paced = schedule({ rateBytesPerSecond: 1e6, rateIops: 100 });
  assert.equal(dues(paced, [1000, 100_000, 1000]), [0, 1e7, 1.1e8]);
});

pacing('draws exponential intervals of the same mean for poisson', () => {
  const paced = schedule({ rateIops: 1000, rateProcess: 'poisson' });
  const count = 100_000;
  const times = dues(paced, new Array<number>(count + 1).fill(4096));
  const gaps = times.slice(1).map((time, i) => time - (times[i] as number));
  const mean = (times[count] as number) / count;
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / count;
  assert.is(times[0], 0);
  assert.ok(Math.abs(mean / 1e6 - 1) < 0.015, String(mean));
  assert.ok(Math.abs(Math.sqrt(variance) / 1e6 - 1) < 0.03, String(variance));
  // The share of an exponential distribution beyond its mean is 1/e.
  assert.ok(Math.abs(gaps.filter((gap) => gap > 1e6).length / count - Math.exp(-1)) < 0.01);
  assert.ok(gaps.every((gap) => gap >= 0));
});

pacing('repeats with its seed and differs by worker', () => {
  const poisson = { rateIops: 10, rateProcess: 'poisson' } as const;
  const lengths = [1, 1, 1, 1];
  assert.equal(dues(schedule(poisson, 3, 1), lengths), dues(schedule(poisson, 3, 1), lengths));
  assert.not.equal(dues(schedule(poisson, 3, 1), lengths), dues(schedule(poisson, 3, 2), lengths));
  assert.not.equal(dues(schedule(poisson, 3, 1), lengths), dues(schedule(poisson, 4, 1), lengths));
});

pacing.run();
