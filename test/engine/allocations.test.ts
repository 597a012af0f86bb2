import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mmapRefusal } from '../../src/engine/backends/mmap.js';
import { WorkerPool } from '../../src/engine/pool.js';
import { uringRefusal } from '../../src/engine/uring/availability.js';
import { newSpaceMib } from '../../src/plan/needs.js';
import { layOut, runEngineWell } from '../support/engine.js';
import { blocks, ioJob } from '../support/jobs.js';
import { skipTest } from '../support/skip.js';

const MIB = 1024 ** 2;
const OPERATIONS = 4_000_000;
/** A number on the heap takes 16 bytes. With one for each operation, the new space would be full this often. */
const EXPECTED = Math.floor((OPERATIONS * 16) / (newSpaceMib(1) * MIB));
const allocations = suite('engine/allocations');

/**
 * Asserts that a thread does not collect garbage in a job's loop. Where other programs hold the cores, V8's compiling
 * threads come late, and code that is not compiled allocates. What V8 once chose not to inline allocates for as long as its
 * thread lives: each try has threads of its own.
 */
async function assertFew(collectionsOf: (pool: WorkerPool) => Promise<number | undefined>): Promise<void> {
  const counts: number[] = [];
  while (counts.length < 3 && !counts.some((count) => count < EXPECTED / 2)) {
    const pool = new WorkerPool(2);
    try {
      counts.push((await collectionsOf(pool)) ?? EXPECTED);
    } finally {
      await pool.close();
    }
  }
  assert.ok(
    counts.some((count) => count < EXPECTED / 2),
    `${counts.join(', ')} collections`,
  );
}

for (const [ioengine, refusalOf] of [
  ['mmap', mmapRefusal],
  ['psync', () => null],
  ['io_uring', uringRefusal],
] as const) {
  allocations(`${ioengine}: the loop allocates nothing for an operation`, async () => {
    const refusal = refusalOf();
    if (refusal !== null) skipTest(refusal);
    const directory = mkdtempSync(join(tmpdir(), 'feedrate-test-'));
    try {
      const files = await layOut(directory, [{ path: 'f', bytes: 16 * MIB, contentSeed: 7 }]);
      const iodepth = ioengine === 'io_uring' ? 8 : 1;
      const job = ioJob({ ioengine, iodepth, bs: blocks(512), ioSizeBytes: OPERATIONS * 512, norandommap: true });
      await assertFew(async (pool) => (await runEngineWell(pool, job, { files })).reports[0]?.gcCount);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
}

allocations(
  'a thread that has worked for other trials, alone and beside another, allocates nothing either',
  async () => {
    const files = [{ path: '/nonexistent', bytes: 1024 * MIB, contentSeed: 1 }];
    const job = (numjobs: number, operations: number) =>
      ioJob({ ioengine: 'null', bs: blocks(4096), numjobs, ioSizeBytes: numjobs * operations * 4096 });
    await assertFew(async (pool) => {
      // What V8 compiles in one trial, it keeps for the others: the last one tells.
      for (const numjobs of [1, 1, 1, 2, 2]) await runEngineWell(pool, job(numjobs, OPERATIONS / 4), { files });
      return (await runEngineWell(pool, job(2, OPERATIONS), { files })).reports[0]?.gcCount;
    });
  },
);

allocations.run();
