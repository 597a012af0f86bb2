import { binOf } from '../../histogram/histogram.js';
import { type Batch, READ } from '../../plan/batch.js';
import type { Content } from '../content/buffers.js';
import type { Backend } from '../core/backend.js';
import type { TransferCalls } from '../core/calls.js';
import { type MonotonicClock, monotonicNs } from '../core/clock.js';
import { HISTOGRAM_BASE } from '../core/counters.js';
import { type Meter, TALLY } from '../core/meter.js';
import { CallDrain } from './call-drain.js';
import type { Drain } from './drain.js';
import { PLAIN_DRAIN } from './drain.js';

/** A backend whose system calls the loop can make directly. */
export interface BlockingBackend extends Backend {
  readonly clock: MonotonicClock;
  /** By slot: the file's handle in `calls`. */
  readonly handles: readonly number[];
  readonly calls: Pick<TransferCalls, 'read' | 'write'>;
  /**
   * Completes a transfer whose first call moved only `first` bytes or failed with a negative errno. Throws `IoFault`.
   */
  complete(
    kind: number,
    slot: number,
    offsetBytes: number,
    lengthBytes: number,
    bufferOffset: number,
    first: number,
  ): void;
}

/**
 * The plain loop of `CallDrain` for backends with blocking calls. It calls the system call and the clock directly.
 * Indirection would cost a tenth of a cached 4 KiB read, and V8 allocates numbers that pass through a call it does not
 * inline. The end of an operation is the start of the next: a latency includes the loop's few ns, which saves a second
 * reading of the clock (25 ns). After anything outside the loop, the clock is read again.
 */
export class BlockingDrain implements Drain {
  readonly #backend: BlockingBackend;
  readonly #meter: Meter;
  readonly #bufferAt: number;
  readonly #slow: CallDrain;

  constructor(backend: BlockingBackend, meter: Meter, content: Content) {
    this.#backend = backend;
    this.#meter = meter;
    this.#bufferAt = content.dataAt;
    this.#slow = new CallDrain(backend, meter, content, PLAIN_DRAIN);
  }

  run(batch: Batch): boolean {
    const { file, offsetBytes, lengthBytes, kind, count } = batch;
    const backend = this.#backend;
    const { handles } = backend;
    const { read, write } = backend.calls;
    const meter = this.#meter;
    const { histograms, tally } = meter;
    const bufferAt = this.#bufferAt;
    const { originNs } = backend.clock;
    const writeBase = HISTOGRAM_BASE.write;
    let startNs = monotonicNs();
    for (let i = 0; i < count; i++) {
      const slot = file[i] as number;
      const bytes = lengthBytes[i] as number;
      const handle = handles[slot] as number;
      const isRead = kind[i] === READ;
      const moved = isRead
        ? read(handle, bufferAt, bytes, offsetBytes[i] as number)
        : write(handle, bufferAt, bytes, offsetBytes[i] as number);
      if (moved !== bytes) backend.complete(kind[i] as number, slot, offsetBytes[i] as number, bytes, bufferAt, moved);
      const endNs = monotonicNs();
      const cell = (isRead ? 0 : writeBase) + binOf(endNs - startNs);
      histograms[cell] = (histograms[cell] as number) + 1;
      if (isRead) {
        tally[TALLY.readOps] = (tally[TALLY.readOps] as number) + 1;
        tally[TALLY.readBytes] = (tally[TALLY.readBytes] as number) + bytes;
      } else {
        tally[TALLY.writeOps] = (tally[TALLY.writeOps] as number) + 1;
        tally[TALLY.writeBytes] = (tally[TALLY.writeBytes] as number) + bytes;
      }
      startNs = endNs;
      if (endNs - originNs >= (tally[TALLY.nextTickNs] as number)) {
        if (!meter.tick(endNs - originNs)) return false;
        // V8 does not inline such a rare call. Without `+` it could not be sure of a number here, and would allocate
        // `startNs` as an object for every operation.
        startNs = +monotonicNs();
      }
    }
    return true;
  }

  finish(): void {
    this.#slow.finish();
  }
}
