/**
 * What the harness costs: the null engine, which does nothing, through patterns, clock, histogram and counters.
 *
 *   node dist/test/bench/null.js [--strict]
 *
 * Exits 1 with `--strict` when one worker does fewer than 10 million operations a second. Not demanded of zipf, whose
 * draws are logarithms and exponentials: the harness is not what costs there.
 */
import { parseArgs } from 'node:util';
import { Bench } from 'tinybench';
import { WorkerPool } from '../../src/engine/pool.js';
import type { IoJob } from '../../src/workload/workload.js';
import { runEngine } from '../support/engine.js';
import { ioJob } from '../support/jobs.js';

const DEMANDED_OPS_PER_SECOND = 10_000_000;
const REPETITIONS = 5;
const FILE_BYTES = 2 ** 30;
const PATTERNS: Readonly<Record<string, Partial<IoJob>>> = {
  read: { rw: 'read' },
  randread: { rw: 'randread' },
  zipf: { rw: 'randread', randomDistribution: { type: 'zipf', theta: 1.2 } },
  randrw: { rw: 'randrw' },
};

const { values } = parseArgs({ options: { strict: { type: 'boolean', default: false } } });
const pool = new WorkerPool(2);
const files = [{ path: '/nonexistent', bytes: FILE_BYTES, contentSeed: 1 }];
const collections = new Map<string, number>();
const bench = new Bench({
  iterations: REPETITIONS,
  time: 0,
  warmup: true,
  warmupIterations: 1,
  warmupTime: 0,
  throws: true,
});

for (const [name, changes] of Object.entries(PATTERNS)) {
  for (const numjobs of [1, 2]) {
    const job = ioJob({ ...changes, ioengine: 'null', numjobs, runtimeNs: 5e8, timeBased: true });
    const task = `${name}, ${numjobs} worker${numjobs === 1 ? '' : 's'}`;
    bench.add(
      task,
      async () => {
        const { window, reports } = await runEngine(pool, job, { files });
        const operations = window.readOps + window.writeOps;
        collections.set(
          task,
          reports.reduce((sum, { gcCount }) => sum + gcCount, 0),
        );
        // tinybench counts milliseconds: those that one worker's operation took.
        return { overriddenDuration: ((window.endNs - window.startNs) * numjobs) / operations / 1e6 };
      },
      { async: true },
    );
  }
}
await bench.run();
await pool.close();

let slowestOneWorker = Number.POSITIVE_INFINITY;
for (const { name, result } of bench.tasks) {
  if (!('latency' in result)) throw new Error(`${name} has no result`);
  const nsPerOperation = result.latency.p50 * 1e6;
  const opsPerSecond = 1e9 / nsPerOperation;
  if (name.endsWith('1 worker') && !name.startsWith('zipf'))
    slowestOneWorker = Math.min(slowestOneWorker, opsPerSecond);
  const gc = collections.get(name) ?? 0;
  const rate = (opsPerSecond / 1e6).toFixed(1).padStart(5);
  console.log(
    `${name.padEnd(20)} ${nsPerOperation.toFixed(1).padStart(6)} ns/op  ${rate} M ops/s per worker  ${gc} collections`,
  );
}
const met = slowestOneWorker >= DEMANDED_OPS_PER_SECOND;
console.log(`${met ? 'met' : 'NOT MET'}: at least 10 M operations a second in one worker (read, randread, randrw)`);
if (values.strict && !met) process.exitCode = 1;
