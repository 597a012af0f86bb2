/**
 * How fast file content is generated, and what refilled writes cost without storage behind them.
 *
 *   node dist/test/bench/content.js
 */
import { Bench } from 'tinybench';
import { CONTENT_SLACK_BYTES, ContentMemory } from '../../src/engine/content/content.js';
import { WorkerPool } from '../../src/engine/pool.js';
import { runEngine } from '../support/engine.js';
import { blocks, ioJob } from '../support/jobs.js';

const REPETITIONS = 5;
const FILE_BYTES = 2 ** 30;
const BLOCKS = [4096, 131_072, 1_048_576];

const bench = new Bench({
  iterations: REPETITIONS,
  time: 0,
  warmup: true,
  warmupIterations: 1,
  warmupTime: 0,
  throws: true,
});
const memory = new ContentMemory({ capacityBytes: 1_048_576 + CONTENT_SLACK_BYTES });
const pool = new WorkerPool(1);
const files = [{ path: '/nonexistent', bytes: FILE_BYTES, contentSeed: 1 }];

for (const blockBytes of BLOCKS) {
  bench.add(`generate ${blockBytes / 1024} KiB`, () => {
    const startMs = performance.now();
    for (let offset = 0; offset < FILE_BYTES; offset += blockBytes) memory.fill(0, blockBytes, 1, 0, offset);
    return { overriddenDuration: performance.now() - startMs };
  });
  const job = ioJob({ ioengine: 'null', rw: 'write', bs: blocks(blockBytes), refillBuffers: true });
  bench.add(
    `refilled writes of ${blockBytes / 1024} KiB to the null engine`,
    async () => {
      const { window } = await runEngine(pool, job, { files });
      return { overriddenDuration: ((window.endNs - window.startNs) / window.writeBytes) * (FILE_BYTES / 1e6) };
    },
    { async: true },
  );
}
await bench.run();
await pool.close();

for (const { name, result } of bench.tasks) {
  if (!('latency' in result)) throw new Error(`${name} has no result`);
  console.log(`${name.padEnd(46)} ${(FILE_BYTES / result.latency.p50 / 1e6).toFixed(1).padStart(5)} GB/s`);
}
