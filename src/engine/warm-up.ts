import { Batch, READ, WRITE } from '../plan/batch.js';
import { type Backend, IoFault } from './backend.js';
import { Content } from './buffers.js';
import { Counters } from './counters.js';
import { PLAIN_DRAIN } from './drain.js';
import { createDrain } from './drains.js';
import { Meter } from './meter.js';

/** Reads as zeros and takes every write: system calls, but no storage. */
const FILE = { path: '/dev/zero', bytes: 2 ** 20, contentSeed: 0 };
const BLOCK_BYTES = 4096;
/** Of each of the two loops. After 20 ms the first trial's p99.9 is that of later ones (measured with 4 KiB reads). */
const DURATION_NS = 25_000_000;

const ways = new Set<string>();

/**
 * Drives the operation loops until V8 has compiled them, once per thread and way of doing I/O: a
 * cold loop takes several times as long for its first thousands of operations, which would be the
 * p99.9 of the first trial. It touches no file of the trial, so no cache state is disturbed.
 * `createBackend` makes one for a queue of `iodepth`, the warm-up's own: it is disposed of.
 */
export function warmUp(way: string, iodepth: number, createBackend: (content: Content) => Backend): void {
  const key = `${way} ${iodepth > 1}`;
  if (ways.has(key)) return;
  ways.add(key);
  const needs = { maxBlockBytes: BLOCK_BYTES, wholeSectors: true, places: iodepth, checks: false };
  const content = new Content([FILE], needs);
  const backend = createBackend(content);
  try {
    backend.open(0, FILE.path, { write: true, create: false, direct: false });
    for (const refill of [false, true]) drive(backend, content, refill);
  } catch (thrown) {
    // Without the device the first trial is measured cold, which is no reason not to measure it.
    if (!(thrown instanceof IoFault)) throw thrown;
  } finally {
    backend.dispose();
  }
}

function drive(backend: Backend, content: Content, refill: boolean): void {
  const { clock } = backend;
  const batch = batchOfBoth();
  const meter = new Meter(Counters.allocate(1), 0, 0, clock.now() + DURATION_NS, false);
  const shape = { files: 1, maxBlockBytes: BLOCK_BYTES, direct: false };
  const drain = createDrain(backend, meter, content, { ...PLAIN_DRAIN, refill }, shape);
  while (drain.run(batch, 0));
  drain.finish();
}

/** Reads and writes mixed, so that neither comes as a surprise to the compiled code. */
function batchOfBoth(): Batch {
  const batch = new Batch();
  batch.count = batch.kind.length;
  batch.lengthBytes.fill(BLOCK_BYTES);
  for (let i = 0; i < batch.count; i++) batch.kind[i] = i % 3 === 0 ? WRITE : READ;
  return batch;
}
