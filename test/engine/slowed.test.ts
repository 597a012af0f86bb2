/** A slow-down on purpose, on clocks that a test rules: no cache, processor or neighbour can change what it comes to. */
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NullBackend } from '../../src/engine/backends/null.js';
import { SimulatedBackend } from '../../src/engine/backends/simulated.js';
import { canBeSlowed, SlowedBackend } from '../../src/engine/backends/slowed.js';
import { type Clock, MonotonicClock, VirtualClock } from '../../src/engine/core/clock.js';
import { WorkerPool } from '../../src/engine/pool.js';
import { meanNs, quantileNs } from '../../src/histogram/histogram.js';
import { decodeHistogram } from '../../src/histogram/sparse-counts.js';
import type { IoJob } from '../../src/workload/workload.js';
import { type EngineRun, layOut, runEngineWell } from '../support/engine.js';
import { blocks, ioJob } from '../support/jobs.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('slowed backend');
const PARTS = [0.0001, 0.05, 0.1, 0.2, 3];

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function closeTo(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual / expected - 1) <= tolerance, `${what}: ${actual}, expected ${expected}`);
}

/** Ns that each of so many operations takes. */
function timesOf(part: number, delayNs: number, operations: number): number[] {
  const backend = new SlowedBackend(
    new SimulatedBackend({ medianNs: 1000, bytesPerSecond: null, seed: 7, worker: 0 }, null),
    { part, delayNs },
  );
  return Array.from({ length: operations }, (_, i) => {
    const startNs = backend.clock.now();
    backend.transfer(0, 0, i * 4096, 4096, 0);
    return backend.clock.now() - startNs;
  });
}

test('each operation takes a part longer, in whole ns that add up exactly', () => {
  const bare = timesOf(0, 0, 1000);
  for (const part of PARTS) {
    const slowed = timesOf(part, 0, 1000);
    assert.ok(slowed.every(Number.isInteger));
    assert.ok(Math.abs(sum(slowed) - (1 + part) * sum(bare)) < 1, `${part}: ${sum(slowed)} of ${sum(bare)}`);
    for (const [i, ns] of slowed.entries()) assert.ok(Math.abs(ns - (1 + part) * (bare[i] as number)) < 1);
  }
});

test('what passes between two operations takes a part longer as well', () => {
  const inner = new VirtualClock();
  const backend = new SlowedBackend(new NullBackend(inner), { part: 0.2, delayNs: 0 });
  for (let i = 0; i < 10; i++) {
    backend.transfer(0, 0, 0, 4096, 0);
    inner.advance(50);
  }
  assert.is(backend.clock.now(), 600);
});

test('a fixed time is added to each operation', () => {
  const bare = timesOf(0, 0, 100);
  assert.equal(
    timesOf(0, 250, 100),
    bare.map((ns) => ns + 250),
  );
});

/** A clock whose readings take time, and that counts the waits asked of it. */
class CostlyClock implements Clock {
  waits = 0;
  #nowNs = 0;

  startAt(): void {
    this.#nowNs = 0;
  }

  now(): number {
    this.#nowNs += 40;
    return this.#nowNs;
  }

  waitUntil(dueNs: number): void {
    this.waits++;
    while (this.now() < dueNs);
  }

  compute(ns: number): void {
    this.#nowNs += ns;
  }
}

test('a delay shorter than a reading of the clock is exact on the mean; a part waits for nothing', () => {
  const took = (part: number, delayNs: number) => {
    const clock = new CostlyClock();
    const backend = new SlowedBackend(new NullBackend(clock), { part, delayNs });
    for (let i = 0; i < 10_000; i++) backend.transfer(0, 0, 0, 4096, 0);
    return { ns: clock.now(), waits: clock.waits };
  };
  const plain = took(0, 0);
  assert.is(plain.waits, 0);
  assert.equal(took(3, 0), plain);
  for (const delayNs of [25, 100, 1000]) {
    const delayed = took(0, delayNs);
    assert.ok(delayed.waits > 0);
    // The debt left over at the end is less than one wait.
    assert.ok(Math.abs(delayed.ns - plain.ns - 10_000 * delayNs) <= 10_000 * 40 * 0.01 + 1000 + delayNs, `${delayNs}`);
  }
});

test('a wait ends when its time has come, neither before nor later', () => {
  for (const part of PARTS) {
    const inner = new VirtualClock();
    const { clock } = new SlowedBackend(new NullBackend(inner), { part, delayNs: 0 });
    for (let dueNs = 1; dueNs < 1e15; dueNs = Math.ceil(dueNs * 1.37)) {
      clock.waitUntil(dueNs);
      assert.ok(clock.now() >= dueNs && clock.now() <= dueNs + 1 + part, `${part}: ${clock.now()} for ${dueNs}`);
    }
  }
});

test('the real clock runs faster by the factor', () => {
  const inner = new MonotonicClock();
  const { clock } = new SlowedBackend(new NullBackend(inner), { part: 0.2, delayNs: 0 });
  for (let i = 0; i < 1000; i++) {
    const beforeNs = inner.now();
    const slowedNs = clock.now();
    const afterNs = inner.now();
    assert.ok(slowedNs >= Math.floor(1.2 * beforeNs) && slowedNs <= 1.2 * afterNs);
  }
});

async function withPool(use: (pool: WorkerPool) => Promise<void>): Promise<void> {
  const pool = new WorkerPool(1);
  try {
    await use(pool);
  } finally {
    await pool.close();
  }
}

const NO_CONTENT = [{ path: '/nonexistent', bytes: 2 ** 26, contentSeed: 1, fallocate: 'none' as const }];
const opsPerSecond = ({ window }: EngineRun) => (window.readOps / (window.endNs - window.startNs)) * 1e9;
const latencyOf = ({ latency }: EngineRun) => decodeHistogram(latency.read as never);

test('a trial has the throughput of the other side divided by 1 + part, and its latencies times that', () =>
  withPool(async (pool) => {
    const timed = { timeBased: true, runtimeNs: 10e9 };
    for (const changes of [
      { bs: blocks(4096) },
      { bs: blocks(65_536) },
      { bs: blocks(2 ** 20) },
      { bs: blocks(65_536), ...timed },
    ] satisfies Partial<IoJob>[]) {
      const job = ioJob({ ioengine: 'simulated', ...changes });
      const measured = (part: number) =>
        runEngineWell(pool, job, { files: NO_CONTENT, slowdown: { part, delayNs: 0 } });
      const plain = await measured(0);
      for (const part of [0.05, 0.2, 3]) {
        const slowed = await measured(part);
        // With a time limit a trial ends within an operation of it, and its operations are other draws of the model.
        const tolerance = 'runtimeNs' in changes ? 0.005 : 1e-6;
        closeTo(opsPerSecond(slowed), opsPerSecond(plain) / (1 + part), tolerance, 'operations a second');
        closeTo(meanNs(latencyOf(slowed)), meanNs(latencyOf(plain)) * (1 + part), 0.005, 'mean latency');
        for (const probability of [0.5, 0.99])
          closeTo(
            quantileNs(latencyOf(slowed), probability),
            quantileNs(latencyOf(plain), probability) * (1 + part),
            0.02,
            `quantile ${probability}`,
          );
      }
    }
  }));

test('a rate stays the rate that the job asks for', () =>
  withPool(async (pool) => {
    const job = ioJob({ ioengine: 'simulated', rateIops: 1000, timeBased: true, runtimeNs: 10e9 });
    for (const part of [0, 0.2, 3]) {
      const run = await runEngineWell(pool, job, { files: NO_CONTENT, slowdown: { part, delayNs: 0 } });
      closeTo(opsPerSecond(run), 1000, 0.001, `part ${part}`);
    }
  }));

test('on a real file a trial reports the time that it took, times the factor, and each delay', () =>
  withTemporaryDirectory((directory) =>
    withPool(async (pool) => {
      const bytes = 2 ** 22;
      const files = await layOut(directory, [{ path: join('file'), bytes, contentSeed: 1, fallocate: 'none' }]);
      const job = ioJob({ ioengine: 'psync', bs: blocks(65_536), ioSizeBytes: 2 ** 28 });
      const faster = await runEngineWell(pool, job, { files, slowdown: { part: 9, delayNs: 0 } });
      assert.is(faster.window.readOps, 2 ** 12);
      const [report] = faster.reports;
      // A thread cannot use more CPU than time passes; on the slowed clock ten times as much passes.
      if (report?.usage) assert.ok(faster.window.endNs - faster.window.startNs >= 10 * 0.9 * report.usage.totalNs);
      const delayNs = 100_000;
      const short = ioJob({ ioengine: 'psync', bs: blocks(65_536) });
      const delayed = await runEngineWell(pool, short, { files, slowdown: { part: 0, delayNs } });
      assert.is(delayed.window.readOps, 64);
      // Waits end late, never early; what one was too long by the next ones are shorter by, within 1 µs.
      assert.ok(quantileNs(latencyOf(delayed), 0) >= delayNs - 1000);
      assert.ok(delayed.window.endNs - delayed.window.startNs >= 64 * (delayNs - 1000));
    }),
  ));

test('a queue cannot be slowed down, and the worker says so', () =>
  withPool(async (pool) => {
    assert.equal(
      ['psync', 'simulated', 'io_uring', 'mmap', 'null'].filter((name) => canBeSlowed(name as 'psync')),
      ['psync', 'simulated'],
    );
    const run = runEngineWell(pool, ioJob({ ioengine: 'null' }), { files: [], slowdown: { part: 0.1, delayNs: 0 } });
    const message = await run.then(
      () => '',
      (thrown) => (thrown as Error).message,
    );
    assert.match(message, /null cannot be slowed down/);
  }));

test.run();
