import { Bench } from 'tinybench';
import { binOf } from '../histogram/histogram.js';
import { BATCH_CAPACITY, Batch } from '../plan/batch.js';
import type { OwnCost } from '../record/run-record.js';
import { NullBackend } from './backends/null.js';
import { Content } from './content/buffers.js';
import { MonotonicClock, monotonicNs } from './core/clock.js';
import { Counters } from './core/counters.js';
import { Meter } from './core/meter.js';
import { CallDrain } from './drains/call-drain.js';
import { PLAIN_DRAIN } from './drains/drain.js';

/** Steps in one sample: a sample takes microseconds, so that reading tinybench's clock around it does not count. */
const STEPS = BATCH_CAPACITY;
const RUN_MS = 6;
/** Where each clock reading is a system call (some virtual machines), these end a run and not its time. */
const LEAST_SAMPLES = 4;
/** By then V8 has compiled any loop, on a busy machine too. */
const MOST_RUNS = 12;
/** A run that is faster than all before it by more than this share has seen V8 compile the loop. */
const GAIN = 0.1;
/** An operation that V8 has compiled costs less than this many times its parts; one that it interprets costs more. */
const COMPILED_WITHIN = 2;
const BLOCK_BYTES = 4096;

function readClock(): number {
  let latestNs = 0;
  for (let i = 0; i < STEPS; i++) latestNs = Math.max(latestNs, monotonicNs());
  return latestNs;
}

const bins = new Float64Array(8192);

function countLatencies(): void {
  for (let i = 0; i < STEPS; i++) {
    const bin = binOf(500 + ((i * STEPS) & 65_535));
    bins[bin] = (bins[bin] as number) + 1;
  }
}

/** The whole loop of an operation, clock and histogram included, with a backend that does nothing: a batch of `STEPS`. */
function nullBatch(): () => boolean {
  const needs = { maxBlockBytes: BLOCK_BYTES, wholeSectors: true, places: 1, checks: false };
  const clock = new MonotonicClock();
  const batch = new Batch();
  batch.count = STEPS;
  batch.lengthBytes.fill(BLOCK_BYTES);
  const meter = new Meter(Counters.allocate(1), 0, 0, Number.POSITIVE_INFINITY, false);
  const drain = new CallDrain(new NullBackend(clock), meter, new Content([], needs), PLAIN_DRAIN);
  clock.startAt(monotonicNs());
  return () => drain.run(batch, 0);
}

/**
 * The fastest of many short samples, ns a step: other processes only make them slower, and so does V8 before it has
 * compiled the loop. Run after run, until `isCompiled` of the fastest so far and of that before the run.
 */
function fastestNs(name: string, loop: () => unknown, isCompiled: (ns: number, beforeNs: number) => boolean): number {
  let fastest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < MOST_RUNS; run++) {
    const before = fastest;
    const bench = new Bench({ time: RUN_MS, iterations: LEAST_SAMPLES, warmup: false, throws: true });
    const [task] = bench.add(name, loop, { async: false }).runSync();
    if (task?.result.state !== 'completed') throw new Error(`cannot measure the harness's own cost: ${name}`);
    fastest = Math.min(fastest, (task.result.latency.min * 1e6) / STEPS);
    if (isCompiled(fastest, before)) break;
  }
  return fastest;
}

const hasSettled = (ns: number, beforeNs: number): boolean => ns > (1 - GAIN) * beforeNs;

/**
 * Returns what measuring costs on this machine, in ns; takes about 80 ms. 1e9 / `nullNsPerOperation` is the most that a
 * worker can do in a second.
 */
export function measureOwnCost(): OwnCost {
  const clockNs = fastestNs('clock', readClock, hasSettled);
  const histogramNs = fastestNs('histogram', countLatencies, hasSettled);
  const compiledNs = COMPILED_WITHIN * (2 * clockNs + histogramNs);
  const nullNsPerOperation = fastestNs('null operation', nullBatch(), (ns) => ns <= compiledNs);
  return { clockNs, histogramNs, nullNsPerOperation };
}
