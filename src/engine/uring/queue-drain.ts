import { binOf } from '../../histogram/histogram.js';
import { type Batch, READ, WRITE } from '../../plan/batch.js';
import { IoFault } from '../backend.js';
import type { Content } from '../buffers.js';
import type { MonotonicClock } from '../clock.js';
import { HISTOGRAM_BASE } from '../counters.js';
import type { Drain, DrainOptions } from '../drain.js';
import type { Meter } from '../meter.js';
import type { UringBackend } from './backend.js';
import { Operations } from './operations.js';
import { FIXED_FILE, isPassing, OPCODE, type Ring, SQE, SQE_WORDS } from './ring.js';

/** A worker that waits for a due time looks at the stop flag this often. */
const WAIT_SLICE_NS = 50_000_000;
/** The kernel's timers are late by up to this: the last stretch before a due time is spun. */
const SPIN_NS = 200_000;

/**
 * Keeps `iodepth` operations in flight. Place p of the queue owns submission entry p and buffer p of
 * the content, so that an operation writes only what is its own into an entry that is prepared.
 *
 * An operation is *created* when its place is filled (with a rate: when it was due), *submitted* when
 * the call that hands it over begins, and *completed* when its completion is seen: `slat` is the time
 * between the first two, `clat` between the last two, `lat` all of it. The clock is read twice a call,
 * whatever the number of operations in it.
 */
export class QueueDrain implements Drain {
  readonly #backend: UringBackend;
  readonly #ring: Ring;
  readonly #clock: MonotonicClock;
  readonly #meter: Meter;
  readonly #content: Content;
  readonly #options: DrainOptions;
  /** A queue of one submits what it creates at once. */
  readonly #single: boolean;
  /** Entries that one call hands over at most. */
  readonly #callLimit: number;
  readonly #opcodes: Int32Array;
  readonly #files: Int32Array;

  readonly #operations: Operations;

  #nowNs = 0;
  /** The first operation that failed; the others in flight are waited for before it is thrown. */
  #fault: IoFault | null = null;
  #operationsUntilThink: number;
  #writesSinceSync = 0;

  /** The files of all slots must be open: they are registered here. `callLimit`: see `#callLimit`. */
  constructor(
    backend: UringBackend,
    meter: Meter,
    content: Content,
    options: DrainOptions,
    setting: { readonly files: number; readonly registerBuffers: boolean; readonly callLimit: number },
  ) {
    const { ring, clock, iodepth } = backend;
    this.#backend = backend;
    this.#ring = ring;
    this.#clock = clock;
    this.#meter = meter;
    this.#content = content;
    this.#options = options;
    this.#single = iodepth === 1;
    this.#callLimit = setting.callLimit;
    this.#operationsUntilThink = options.thinktimeBlocks;
    this.#operations = new Operations(iodepth);
    backend.register(content, setting.files, setting.registerBuffers);
    const fixed = ring.registeredFiles ? FIXED_FILE : 0;
    const fixedBuffers = ring.registeredBuffers;
    this.#opcodes = new Int32Array(2);
    this.#opcodes[READ] = (fixedBuffers ? OPCODE.readFixed : OPCODE.read) | fixed;
    this.#opcodes[WRITE] = (fixedBuffers ? OPCODE.writeFixed : OPCODE.write) | fixed;
    this.#files = Int32Array.from({ length: setting.files }, (_, slot) => (fixed === 0 ? backend.fdOf(slot) : slot));
    for (let place = 0; place < iodepth; place++) this.#prepare(place);
  }

  #prepare(place: number): void {
    const at = this.#content.placeAt(place);
    this.#backend.beginEntry(place, OPCODE.nop, 0);
    this.#backend.pointTo(place, at);
    if (this.#ring.registeredBuffers) this.#ring.sqes[place * SQE_WORDS + SQE.buffer] = place;
    this.#operations.bufferAt[place] = at;
  }

  /** Issues the batch; what is in flight at its end is waited for by the next batch, or by `finish`. */
  run(batch: Batch, generation: number): boolean {
    const operations = this.#operations;
    const { paced, refill, fsync, fdatasync, thinktimeNs } = this.#options;
    const paused = fsync > 0 || fdatasync > 0 || thinktimeNs > 0;
    const { count } = batch;
    this.#nowNs = this.#clock.now();
    for (let i = 0; i < count; i++) {
      while (operations.freeCount === 0 || this.#ring.queued >= this.#callLimit) {
        if (!this.#turn(operations.freeCount === 0 ? 1 : 0)) return false;
      }
      if (paced && !this.#awaitDue(batch.dueNs[i] as number)) return false;
      const place = operations.free[--operations.freeCount] as number;
      const kind = batch.kind[i] as number;
      const slot = batch.file[i] as number;
      const offsetBytes = batch.offsetBytes[i] as number;
      const bytes = batch.lengthBytes[i] as number;
      operations.kind[place] = kind;
      operations.file[place] = slot;
      operations.offsetBytes[place] = offsetBytes;
      operations.lengthBytes[place] = bytes;
      operations.doneBytes[place] = 0;
      operations.generation[place] = generation;
      operations.submittedNs[place] = -1;
      if (refill && kind === WRITE) this.#refill(place, generation);
      operations.createdNs[place] = paced ? (batch.dueNs[i] as number) : this.#nowNs;
      const entry = place * SQE_WORDS;
      this.#ring.sqes[entry] = this.#opcodes[kind] as number;
      this.#ring.sqes[entry + SQE.file] = this.#files[slot] as number;
      this.#backend.aim(place, offsetBytes, bytes);
      this.#ring.push(place);
      if (paused && !this.#pauseAfter(kind, slot)) return false;
    }
    return true;
  }

  /** Waits until nothing is in flight. Throws the fault of an operation that failed. */
  finish(): void {
    while (this.#ring.inFlight > 0) this.#step(1);
    if (this.#fault !== null) throw this.#fault;
  }

  /** Puts the operation's content into its buffer; its creation begins after that, as fio counts it. */
  #refill(place: number, generation: number): void {
    const operations = this.#operations;
    const offsetBytes = operations.offsetBytes[place] as number;
    const lengthBytes = operations.lengthBytes[place] as number;
    const at = this.#content.fill(operations.file[place] as number, offsetBytes, lengthBytes, generation, place);
    operations.bufferAt[place] = at;
    this.#backend.pointTo(place, at);
    this.#nowNs = this.#clock.now();
  }

  /** A step of a worker that goes on issuing, unless an operation has failed. */
  #turn(wait: number): boolean {
    const live = this.#step(wait);
    if (this.#fault !== null) this.finish();
    return live;
  }

  /**
   * One call: hands over what is queued, waits for `wait` completions, and takes all there are.
   * False when the worker must end.
   */
  #step(wait: number): boolean {
    this.#markSubmitted();
    this.#ring.enter(wait);
    return this.#takeCompletions();
  }

  /** Takes the time itself: a number that is not a small integer is allocated when it is handed over. */
  #markSubmitted(): void {
    const operations = this.#operations;
    const submitNs = this.#clock.now();
    const { histograms } = this.#meter;
    const slatBase = HISTOGRAM_BASE.slat;
    const { queued } = this.#ring;
    const created = this.#single && !this.#options.paced;
    for (let i = 0; i < queued; i++) {
      const place = this.#ring.queuedEntry(i);
      // What is left of an operation that was ended early has been submitted before.
      if ((operations.submittedNs[place] as number) >= 0) continue;
      if (created) operations.createdNs[place] = submitNs;
      operations.submittedNs[place] = submitNs;
      const cell = slatBase + binOf(submitNs - (operations.createdNs[place] as number));
      histograms[cell] = (histograms[cell] as number) + 1;
    }
  }

  #takeCompletions(): boolean {
    const operations = this.#operations;
    const ring = this.#ring;
    const meter = this.#meter;
    const { histograms } = meter;
    const writeBase = HISTOGRAM_BASE.write;
    const clatBase = HISTOGRAM_BASE.clat;
    const { verify } = this.#options;
    const endNs = this.#clock.now();
    const count = ring.completions();
    for (let i = 0; i < count; i++) {
      const place = ring.userDataAt(i);
      const bytes = operations.lengthBytes[place] as number;
      if (ring.resultAt(i) !== bytes - (operations.doneBytes[place] as number)) {
        this.#setBack(place, ring.resultAt(i));
        continue;
      }
      const isRead = operations.kind[place] === READ;
      const lat = (isRead ? 0 : writeBase) + binOf(endNs - (operations.createdNs[place] as number));
      histograms[lat] = (histograms[lat] as number) + 1;
      const clat = clatBase + binOf(endNs - (operations.submittedNs[place] as number));
      histograms[clat] = (histograms[clat] as number) + 1;
      if (isRead) {
        meter.readOps++;
        meter.readBytes += bytes;
        if (verify) this.#check(place);
      } else {
        meter.writeOps++;
        meter.writeBytes += bytes;
      }
      operations.free[operations.freeCount++] = place;
    }
    ring.take(count);
    // Checking content takes time that is not the next operations'.
    this.#nowNs = verify ? this.#clock.now() : endNs;
    return endNs < meter.nextTickNs || meter.tick(endNs);
  }

  /** An operation that did not move all: the rest is asked for, or the fault is kept. */
  #setBack(place: number, result: number): void {
    const operations = this.#operations;
    const kind = operations.kind[place] as number;
    const slot = operations.file[place] as number;
    const done = (operations.doneBytes[place] as number) + Math.max(0, result);
    const offsetBytes = (operations.offsetBytes[place] as number) + done;
    if (result > 0 || (result < 0 && isPassing(-result))) {
      this.#backend.shortTransfers++;
      operations.doneBytes[place] = done;
      this.#backend.aim(place, offsetBytes, (operations.lengthBytes[place] as number) - done);
      this.#backend.pointTo(place, (operations.bufferAt[place] as number) + done);
      this.#ring.push(place);
      return;
    }
    this.#fault ??= this.#backend.transferFault(kind, slot, offsetBytes, result);
    operations.free[operations.freeCount++] = place;
  }

  #check(place: number): void {
    const operations = this.#operations;
    const slot = operations.file[place] as number;
    const offsetBytes = operations.offsetBytes[place] as number;
    try {
      const lengthBytes = operations.lengthBytes[place] as number;
      this.#content.check(slot, offsetBytes, lengthBytes, operations.generation[place] as number, place);
    } catch (thrown) {
      if (!(thrown instanceof IoFault)) throw thrown;
      this.#fault ??= thrown;
    }
  }

  /** Waits for a due time, taking completions meanwhile. False when the worker must end before. */
  #awaitDue(dueNs: number): boolean {
    const ring = this.#ring;
    const meter = this.#meter;
    for (let nowNs = this.#clock.now(); nowNs < dueNs; nowNs = this.#clock.now()) {
      if (nowNs >= meter.nextTickNs && !meter.tick(nowNs)) return false;
      const untilNs = Math.min(dueNs, nowNs + WAIT_SLICE_NS, meter.deadlineNs);
      if (ring.inFlight === 0) {
        this.#clock.waitUntil(untilNs);
        continue;
      }
      if (ring.queued > 0) this.#markSubmitted();
      const leftNs = untilNs - nowNs - SPIN_NS;
      if (leftNs > 0) ring.enterFor(leftNs);
      else ring.enter(0);
      const live = this.#takeCompletions();
      if (this.#fault !== null) this.finish();
      if (!live) return false;
    }
    return true;
  }

  /** What belongs after an operation: a sync of what was written, or the worker's think time; both on an empty queue. */
  #pauseAfter(kind: number, slot: number): boolean {
    const { fsync, fdatasync, thinktimeNs, thinktimeBlocks } = this.#options;
    const syncEvery = fsync > 0 ? fsync : fdatasync;
    if (kind === WRITE && syncEvery > 0 && ++this.#writesSinceSync === syncEvery) {
      this.#writesSinceSync = 0;
      this.finish();
      const startNs = this.#clock.now();
      this.#backend.sync(slot, fsync === 0);
      this.#meter.record('fsync', this.#clock.now() - startNs);
      // The single operations of the backend have used the first place's entry.
      this.#prepare(0);
      this.#nowNs = this.#clock.now();
    }
    if (thinktimeNs === 0 || --this.#operationsUntilThink > 0) return true;
    this.#operationsUntilThink = thinktimeBlocks;
    this.finish();
    const live = this.#awaitDue(this.#clock.now() + thinktimeNs);
    this.#nowNs = this.#clock.now();
    return live;
  }
}
