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

/**
 * Steps per sample. A sample takes microseconds, so the cost of reading tinybench's clock around it does not matter.
 */
const STEPS = BATCH_CAPACITY;
const RUN_MS = 6;
/** Samples after which a run may end. Where each clock reading is a system call, they take longer than `RUN_MS`. */
const LEAST_SAMPLES = 4;
/** V8 has compiled any loop after so many runs, even on a busy machine. */
const MOST_RUNS = 12;
/** If a run is faster than all before it by more than this share, V8 has only just compiled the loop. */
const GAIN = 0.1;
/** A compiled operation costs at most this many times the sum of its parts; an interpreted one costs more. */
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

/** Returns a function that runs a batch of `STEPS` null operations, including clock and histogram. */
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
 * Returns the time of the fastest of many short samples, ns per step. Other processes, and V8 before it has compiled
 * the loop, only make samples slower. Repeats runs until `isCompiled(fastest so far, fastest before this run)`.
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
 * Returns feedrate's own cost per operation on this machine, in ns. Takes about 80 ms. A worker can do at most
 * 1e9 / `nullNsPerOperation` operations per second.
 */
export function measureOwnCost(): OwnCost {
  const clockNs = fastestNs('clock', readClock, hasSettled);
  const histogramNs = fastestNs('histogram', countLatencies, hasSettled);
  const compiledNs = COMPILED_WITHIN * (2 * clockNs + histogramNs);
  const nullNsPerOperation = fastestNs('null operation', nullBatch(), (ns) => ns <= compiledNs);
  return { clockNs, histogramNs, nullNsPerOperation };
}
