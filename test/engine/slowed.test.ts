// serial

/** A slow-down on purpose: exact under a virtual clock, about right on real files, refused where it cannot be had. */
import { join } from 'node:path';
import { median } from 'simple-statistics';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SimulatedBackend } from '../../src/engine/backends/simulated.js';
import { canBeSlowed, SlowedBackend } from '../../src/engine/backends/slowed.js';
import { WorkerPool } from '../../src/engine/pool.js';
import { layOut, runEngine, runEngineWell } from '../support/engine.js';
import { blocks, ioJob } from '../support/jobs.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('slowed backend');

/** Ns that so many operations take, and how much longer each is than without a slow-down. */
function timesOf(part: number, delayNs: number, operations: number): number[] {
  const backend = new SlowedBackend(new SimulatedBackend(1000, null, 7, 0), { part, delayNs });
  return Array.from({ length: operations }, (_, i) => {
    const startNs = backend.clock.now();
    backend.transfer(0, 0, i * 4096, 4096, 0);
    return backend.clock.now() - startNs;
  });
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

test('a part of its own time is added to each operation, and what does not make a whole ns is carried on', () => {
  const bare = timesOf(0, 0, 1000);
  for (const part of [0.0001, 0.05, 0.1, 2]) {
    const slowed = timesOf(part, 0, 1000);
    assert.ok(slowed.every(Number.isInteger));
    const added = sum(slowed) - sum(bare);
    assert.ok(Math.abs(added - part * sum(bare)) < 1, `${part}: ${added} of ${sum(bare)}`);
    for (const [i, ns] of slowed.entries()) assert.ok(Math.abs(ns - (1 + part) * (bare[i] as number)) < 1);
  }
});

test('a fixed time is added to each operation', () => {
  const bare = timesOf(0, 0, 100);
  assert.equal(
    timesOf(0, 250, 100),
    bare.map((ns) => ns + 250),
  );
});

test('a queue cannot be slowed down, and the worker says so', async () => {
  assert.equal(
    ['psync', 'simulated', 'io_uring', 'mmap', 'null'].filter((name) => canBeSlowed(name as 'psync')),
    ['psync', 'simulated'],
  );
  const pool = new WorkerPool(1);
  try {
    const job = ioJob({ ioengine: 'null' });
    const { outcomes } = await runEngine(pool, job, { files: [], slowdown: { part: 0.1, delayNs: 0 } });
    assert.match(outcomes[0]?.fault?.message ?? '', /null cannot be slowed down/);
  } finally {
    await pool.close();
  }
});

test('reads of a real file take that much longer, next to ones that go through the same loop', async () => {
  await withTemporaryDirectory(async (directory) => {
    const bytes = 2 ** 22;
    const files = await layOut(directory, [{ path: join('file'), bytes, contentSeed: 1, fallocate: 'none' }]);
    const pool = new WorkerPool(1);
    try {
      const job = ioJob({ ioengine: 'psync', bs: blocks(65536), timeBased: true, runtimeNs: 30e6 });
      const meanNs = async (part: number, delayNs: number) => {
        const { window } = await runEngineWell(pool, job, { files, slowdown: { part, delayNs } });
        return (window.endNs - window.startNs) / window.readOps;
      };
      const ratios: number[] = [];
      const extraNs: number[] = [];
      for (let round = 0; round < 7; round++) {
        const plainNs = await meanNs(0, 0);
        ratios.push((await meanNs(3, 0)) / plainNs);
        extraNs.push((await meanNs(0, 100_000)) - plainNs);
      }
      // Four times as long, and 100 µs longer, with room for what else this machine does.
      assert.ok(median(ratios) > 2.5 && median(ratios) < 6, `${median(ratios)}`);
      assert.ok(median(extraNs) > 80_000 && median(extraNs) < 300_000, `${median(extraNs)}`);
    } finally {
      await pool.close();
    }
  });
});

test.run();
