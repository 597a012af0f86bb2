import { binOf } from '../../histogram/histogram.js';
import { type Batch, READ } from '../../plan/batch.js';
import type { Content } from '../content/buffers.js';
import type { Backend } from '../core/backend.js';
import type { TransferCalls } from '../core/calls.js';
import { type MonotonicClock, monotonicNs } from '../core/clock.js';
import { HISTOGRAM_BASE } from '../core/counters.js';
import type { Meter } from '../core/meter.js';
import { CallDrain } from './call-drain.js';
import type { Drain } from './drain.js';
import { PLAIN_DRAIN } from './drain.js';

/** A backend whose calls the loop can make by itself. */
export interface BlockingBackend extends Backend {
  readonly clock: MonotonicClock;
  /** By slot: what the calls know a file by. */
  readonly handles: readonly number[];
  readonly calls: Pick<TransferCalls, 'read' | 'write'>;
  /** The rest of a transfer of which the call moved only `first` bytes, or that it refused (negative errno). */
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
 * The plain loop of `CallDrain` for blocking calls alone: the system call and the clock are called
 * from the loop itself. What stands between them costs a tenth of a cached 4 KiB read, and a number
 * that passes through a call which V8 does not inline is allocated. The end of an operation is the
 * start of the next, but after whatever is not the loop: its own few ns count, a second reading of the
 * clock (25 ns) does not.
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
    const { histograms } = meter;
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
        meter.readOps++;
        meter.readBytes += bytes;
      } else {
        meter.writeOps++;
        meter.writeBytes += bytes;
      }
      startNs = endNs;
      if (endNs - originNs >= meter.nextTickNs) {
        if (!meter.tick(endNs - originNs)) return false;
        // `+`: V8 does not inline so rare a call. Were it not sure of a number here, it would keep `startNs` as an object,
        // allocated anew for every operation.
        startNs = +monotonicNs();
      }
    }
    return true;
  }

  finish(): void {
    this.#slow.finish();
  }
}
