import { binOf } from '../histogram/histogram.js';
import { Batch } from '../plan/batch.js';
import type { OwnCost } from '../record/run-record.js';
import { Content } from './buffers.js';
import { CallDrain } from './call-drain.js';
import { MonotonicClock, monotonicNs } from './clock.js';
import { Counters } from './counters.js';
import { PLAIN_DRAIN } from './drain.js';
import { Meter } from './meter.js';
import { NullBackend } from './null.js';

/** Of each measurement. A clock that takes a system call (some virtual machines) must not hold up the start. */
const LEAST_NS = 25_000_000;
const FIRST_REPETITIONS = 1000;
const NULL_DURATION_NS = 15_000_000;
const BLOCK_BYTES = 4096;

/** The best of ever more repetitions: the first let V8 compile the loop, and others may be interrupted. */
function nsEach(run: (repetitions: number) => void): number {
  let best = Number.POSITIVE_INFINITY;
  let spentNs = 0;
  for (let repetitions = FIRST_REPETITIONS; spentNs < LEAST_NS; repetitions *= 4) {
    const startNs = monotonicNs();
    run(repetitions);
    const elapsedNs = monotonicNs() - startNs;
    best = Math.min(best, elapsedNs / repetitions);
    spentNs += elapsedNs;
  }
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
  run();
  return run();
}

/** What measuring costs on this machine, ns; takes about 80 ms. A ceiling: 1e9 / `nullNsPerOperation` a worker. */
export function measureOwnCost(): OwnCost {
  return {
    clockNs: nsEach(readClock),
    histogramNs: nsEach(countLatencies),
    nullNsPerOperation: nullLoop(),
  };
}
