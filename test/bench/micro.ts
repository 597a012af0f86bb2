/**
 * Micro-benchmarks of what each operation and each trial is made of, with tinybench's table: `npm run bench:micro`.
 * A name in the arguments (`npm run bench:micro -- histogram`) chooses the rows that contain it. Loops of `STEPS` are
 * for what takes nanoseconds: divide by it.
 */
import { Bench } from 'tinybench';
import { createPrng } from '../../src/base/prng.js';
import { Content } from '../../src/engine/content/buffers.js';
import { monotonicNs } from '../../src/engine/core/clock.js';
import { binOf, createHistogram, mergeInto, quantileNs, record } from '../../src/histogram/histogram.js';
import { decodeHistogram, encodeHistogram } from '../../src/histogram/sparse-counts.js';
import { Batch } from '../../src/plan/batch.js';
import { createPattern } from '../../src/plan/patterns.js';
import { decodeTrial, encodeTrial } from '../../src/record/codec.js';
import { hdrLogLines } from '../../src/store/hdr-log.js';
import { ioJob, MIB } from '../plan/jobs.js';
import { makeArm, makeRun, makeTrial } from '../support/records.js';

const STEPS = 1000;
const SAMPLED_MS = 300;
const WARMUP_MS = 100;
const BLOCK_BYTES = 4096;

/** A latency every tenth of a power of two, from 1 µs to 1 s: what a busy storage shows. */
const LATENCIES_NS = Array.from({ length: STEPS }, (_, i) => Math.floor(1000 * 2 ** (i / 50)));

const sparse = (() => {
  const histogram = createHistogram();
  for (const latencyNs of LATENCIES_NS) record(histogram, latencyNs);
  return encodeHistogram(histogram);
})();

function times(step: () => unknown): () => void {
  return () => {
    for (let i = 0; i < STEPS; i++) step();
  };
}

function addHistograms(bench: Bench): void {
  const histogram = createHistogram();
  const filled = decodeHistogram(sparse);
  let sum = 0;
  const addTask = (name: string, task: () => unknown) => bench.add(name, task, { async: false });
  addTask(`histogram: bin × ${STEPS}`, () => {
    for (const latencyNs of LATENCIES_NS) sum += binOf(latencyNs);
    return sum;
  });
  addTask(`histogram: record × ${STEPS}`, () => {
    for (const latencyNs of LATENCIES_NS) record(histogram, latencyNs);
  });
  addTask('histogram: merge', () => mergeInto(histogram, filled));
  addTask('histogram: quantile', () => quantileNs(filled, 0.999));
  addTask('histogram: encode', () => encodeHistogram(filled));
  addTask('histogram: decode', () => decodeHistogram(sparse));
}

function addPatterns(bench: Bench): void {
  const extents = [{ file: 0, startBytes: 0, lengthBytes: 256 * MIB }];
  for (const rw of ['read', 'randread'] as const) {
    const pattern = createPattern(ioJob({ rw }), extents, 1, 0);
    const batch = new Batch();
    bench.add(`pattern: fill a batch (${rw})`, () => pattern.fill(batch), { async: false });
  }
}

function addContent(bench: Bench): void {
  const file = { path: 'a', bytes: MIB, contentSeed: 1 };
  for (const [label, maxBlockBytes] of [
    ['4 KiB', BLOCK_BYTES],
    ['1 MiB', MIB],
  ] as const) {
    const content = new Content([file], { maxBlockBytes, wholeSectors: true, places: 1, checks: false });
    bench.add(`content: fill ${label}`, () => content.fill(0, 0, maxBlockBytes, 0), { async: false });
  }
}

function addRecords(bench: Bench): void {
  const arm = makeArm('read');
  const trial = makeTrial(arm, 1, 100, { latency: { read: sparse } });
  const line = encodeTrial(trial);
  const run = makeRun([arm], 1);
  bench.add('codec: encode a trial', () => encodeTrial(trial), { async: false });
  bench.add('codec: decode a trial', () => decodeTrial(line, 'line 1'), { async: false });
  bench.add('codec: lines of the HdrHistogram log', () => hdrLogLines(run, trial), { async: false });
}

const bench = new Bench({ time: SAMPLED_MS, warmupTime: WARMUP_MS, throws: true });
const prng = createPrng(1);
bench.add(`clock: read × ${STEPS}`, times(monotonicNs), { async: false });
bench.add(
  `prng: draw × ${STEPS}`,
  times(() => prng.nextFloat()),
  { async: false },
);
addHistograms(bench);
addPatterns(bench);
addContent(bench);
addRecords(bench);

const wanted = process.argv.slice(2);
for (const { name } of bench.tasks) {
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) bench.remove(name);
}
bench.runSync();
console.table(bench.table());
