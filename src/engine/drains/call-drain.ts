import { binOf } from '../../histogram/histogram.js';
import { type Batch, READ, WRITE } from '../../plan/batch.js';
import type { Content } from '../content/buffers.js';
import type { Backend } from '../core/backend.js';
import { HISTOGRAM_BASE } from '../core/counters.js';
import { type Meter, TALLY } from '../core/meter.js';
import { type Drain, type DrainOptions, isPlain } from './drain.js';
import { DueTimes } from './due-times.js';

/** Interval at which a waiting worker checks the stop flag. */
const WAIT_SLICE_NS = 50_000_000;

/**
 * Does one operation at a time, each as a blocking call. Latency starts just before the system call, so each operation
 * takes two clock readings, as in fio. With a rate, `slat` and `clat` split the latency at the time of submission.
 */
export class CallDrain implements Drain {
  readonly #backend: Backend;
  readonly #meter: Meter;
  readonly #content: Content;
  readonly #options: DrainOptions;
  readonly #plain: boolean;
  readonly #dues: DueTimes;
  #operationsUntilThink: number;
  #writesSinceSync = 0;

  constructor(backend: Backend, meter: Meter, content: Content, options: DrainOptions) {
    this.#backend = backend;
    this.#meter = meter;
    this.#content = content;
    this.#options = options;
    this.#plain = isPlain(options);
    this.#dues = new DueTimes(options.ignoresPauses);
    this.#operationsUntilThink = options.thinktimeBlocks;
  }

  /** Executes the batch. Returns false when the worker must end: time is up or a stop was requested. */
  run(batch: Batch, generation: number): boolean {
    return this.#plain ? this.#runPlain(batch) : this.#runAttentive(batch, generation);
  }

  /** Does nothing: no operation is in flight between calls. */
  finish(): void {}

  #runPlain(batch: Batch): boolean {
    const { file, offsetBytes, lengthBytes, kind, count } = batch;
    const backend = this.#backend;
    const meter = this.#meter;
    const { histograms, tally } = meter;
    const clock = backend.clock;
    const bufferAt = this.#content.dataAt;
    const writeBase = HISTOGRAM_BASE.write;
    for (let i = 0; i < count; i++) {
      const operation = kind[i] as number;
      const bytes = lengthBytes[i] as number;
      const startNs = clock.now();
      backend.transfer(operation, file[i] as number, offsetBytes[i] as number, bytes, bufferAt);
      const endNs = clock.now();
      const cell = (operation === READ ? 0 : writeBase) + binOf(endNs - startNs);
      histograms[cell] = (histograms[cell] as number) + 1;
      if (operation === READ) {
        tally[TALLY.readOps] = (tally[TALLY.readOps] as number) + 1;
        tally[TALLY.readBytes] = (tally[TALLY.readBytes] as number) + bytes;
      } else {
        tally[TALLY.writeOps] = (tally[TALLY.writeOps] as number) + 1;
        tally[TALLY.writeBytes] = (tally[TALLY.writeBytes] as number) + bytes;
      }
      if (endNs >= (tally[TALLY.nextTickNs] as number) && !meter.tick(endNs)) return false;
    }
    return true;
  }

  #runAttentive(batch: Batch, generation: number): boolean {
    const clock = this.#backend.clock;
    const { refill, verify, paced } = this.#options;
    for (let i = 0; i < batch.count; i++) {
      const operation = batch.kind[i] as number;
      const slot = batch.file[i] as number;
      const offsetBytes = batch.offsetBytes[i] as number;
      const bytes = batch.lengthBytes[i] as number;
      let bufferAt = this.#content.dataAt;
      if (operation === WRITE && refill) bufferAt = this.#content.fill(slot, offsetBytes, bytes, generation);
      if (paced && !this.#waitUntil(this.#dues.startOf(batch.dueNs[i] as number))) return false;
      const submitNs = clock.now();
      const dueNs = paced ? this.#dues.countedFrom(batch.dueNs[i] as number, submitNs) : null;
      this.#backend.transfer(operation, slot, offsetBytes, bytes, bufferAt);
      const endNs = clock.now();
      this.#count(operation, bytes, dueNs, submitNs, endNs);
      if (operation === READ && verify) this.#content.check(slot, offsetBytes, bytes, generation);
      if (operation === WRITE) this.#syncWhenDue(slot);
      if (!this.#think()) return false;
      if (this.#meter.isDue(endNs) && !this.#meter.tick(clock.now())) return false;
    }
    return true;
  }

  #count(operation: number, bytes: number, dueNs: number | null, submitNs: number, endNs: number): void {
    const meter = this.#meter;
    meter.record(operation === READ ? 'read' : 'write', endNs - (dueNs ?? submitNs));
    if (dueNs !== null) {
      meter.record('slat', submitNs - dueNs);
      meter.record('clat', endNs - submitNs);
    }
    if (operation === READ) {
      meter.countRead(bytes);
    } else {
      meter.countWrite(bytes);
    }
  }

  #syncWhenDue(slot: number): void {
    const { fsync, fdatasync } = this.#options;
    const every = fsync > 0 ? fsync : fdatasync;
    if (every === 0 || ++this.#writesSinceSync < every) return;
    this.#writesSinceSync = 0;
    const startNs = this.#backend.clock.now();
    this.#backend.sync(slot, fsync === 0);
    this.#meter.record('fsync', this.#backend.clock.now() - startNs);
  }

  #think(): boolean {
    if (this.#options.thinktimeNs === 0 || --this.#operationsUntilThink > 0) return true;
    this.#operationsUntilThink = this.#options.thinktimeBlocks;
    const startNs = this.#backend.clock.now();
    const live = this.#waitUntil(startNs + this.#options.thinktimeNs);
    this.#dues.pausedFor(this.#backend.clock.now() - startNs);
    return live;
  }

  /** Waits until `dueNs` and ticks meanwhile. Returns false when the worker must end before that. */
  #waitUntil(dueNs: number): boolean {
    const clock = this.#backend.clock;
    for (let nowNs = clock.now(); nowNs < dueNs; nowNs = clock.now()) {
      if (this.#meter.isDue(nowNs) && !this.#meter.tick(nowNs)) return false;
      clock.waitUntil(Math.min(dueNs, nowNs + WAIT_SLICE_NS, this.#meter.deadlineNs));
    }
    return true;
  }
}
