import { binOf } from '../histogram/histogram.js';
import { Batch } from '../plan/batch.js';
import type { OwnCost } from '../record/run-record.js';
import { NullBackend } from './backends/null.js';
import { Content } from './content/buffers.js';
import { MonotonicClock, monotonicNs } from './core/clock.js';
import { Counters } from './core/counters.js';
import { Meter } from './core/meter.js';
import { CallDrain } from './drains/call-drain.js';
import { PLAIN_DRAIN } from './drains/drain.js';

/** Of the longest measurement. A clock that takes a system call (some virtual machines) must not hold up the start. */
const LONGEST_NS = 60_000_000;
const FIRST_REPETITIONS = 1000;
/** By then the loop is compiled. */
const MOST_REPETITIONS = 300_000;
const NULL_DURATION_NS = 15_000_000;
const NULL_RUNS = 4;
const BLOCK_BYTES = 4096;

/**
 * The best of ever more repetitions: the first let V8 compile the loop, and others may be interrupted, which must not end
 * it early: the best one says how long the next ones would take.
 */
function nsEach(run: (repetitions: number) => void): number {
  let best = Number.POSITIVE_INFINITY;
  let repetitions = FIRST_REPETITIONS;
  do {
    const startNs = monotonicNs();
    run(repetitions);
    best = Math.min(best, (monotonicNs() - startNs) / repetitions);
    repetitions *= 4;
  } while (repetitions <= MOST_REPETITIONS && repetitions * best < LONGEST_NS);
  return best;
}

function readClock(repetitions: number): void {
  let latestNs = 0;
  for (let i = 0; i < repetitions; i++) latestNs = Math.max(latestNs, monotonicNs());
}

const bins = new Float64Array(8192);

function countLatencies(repetitions: number): void {
  for (let i = 0; i < repetitions; i++) {
    const bin = binOf(500 + (i & 65_535));
    bins[bin] = (bins[bin] as number) + 1;
  }
}

/** The whole loop of an operation, clock and histogram included, with a backend that does nothing. */
function nullLoop(): number {
  const needs = { maxBlockBytes: BLOCK_BYTES, wholeSectors: true, places: 1, checks: false };
  const clock = new MonotonicClock();
  const batch = new Batch();
  batch.count = batch.kind.length;
  batch.lengthBytes.fill(BLOCK_BYTES);
  const content = new Content([], needs);
  const counters = Counters.allocate(1);
  const run = () => {
    const meter = new Meter(counters, 0, 0, NULL_DURATION_NS, false);
    const drain = new CallDrain(new NullBackend(clock), meter, content, PLAIN_DRAIN);
    clock.startAt(monotonicNs());
    while (drain.run(batch, 0));
    return clock.now() / meter.readOps;
  };
  return Math.min(...Array.from({ length: NULL_RUNS }, run));
}

/** What measuring costs on this machine, ns; takes about 100 ms. A ceiling: 1e9 / `nullNsPerOperation` a worker. */
export function measureOwnCost(): OwnCost {
  return {
    clockNs: nsEach(readClock),
    histogramNs: nsEach(countLatencies),
    nullNsPerOperation: nullLoop(),
  };
}
