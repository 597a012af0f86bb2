import { binOf } from '../../histogram/histogram.js';
import { type Batch, READ, WRITE } from '../../plan/batch.js';
import type { Content } from '../content/buffers.js';
import { IoFault } from '../core/backend.js';
import type { MonotonicClock } from '../core/clock.js';
import { HISTOGRAM_BASE } from '../core/counters.js';
import { type Meter, TALLY } from '../core/meter.js';
import type { Drain, DrainOptions } from '../drains/drain.js';
import { DueTimes } from '../drains/due-times.js';
import { Operations } from './operations.js';
import { isPassing, type Ring } from './ring.js';
import type { UringBackend } from './uring-backend.js';

/** Interval at which a worker that waits for a due time checks the stop flag. */
const WAIT_SLICE_NS = 50_000_000;
/** The kernel's timers may be this late, so the last part before a due time is a busy wait. */
const SPIN_NS = 200_000;

/**
 * Keeps `iodepth` operations in flight.
 *
 * An operation is *created* when its place is filled (with a rate: when it is due), *submitted* when the call that
 * submits it begins, and *completed* when its completion is seen. `slat` is the time from creation to submission,
 * `clat` from submission to completion, and `lat` the sum. The clock is read twice per call, regardless of the number
 * of operations in it.
 */
export class QueueDrain implements Drain {
  readonly #backend: UringBackend;
  readonly #ring: Ring;
  readonly #clock: MonotonicClock;
  readonly #meter: Meter;
  readonly #options: DrainOptions;
  /** A queue of one submits each operation when it is created: the end of one is the start of the next. */
  readonly #lone: boolean;
  /** Most entries that one call submits. */
  readonly #callLimit: number;
  /** Number of completions for which a full queue waits. */
  readonly #waitFor: number;
  readonly #operations: Operations;
  readonly #dues: DueTimes;

  #nowNs = 0;
  /** The first fault. It is thrown after all other operations in flight have completed. */
  #fault: IoFault | null = null;
  #operationsUntilThink: number;
  #writesSinceSync = 0;

  /** Registers the files of all slots, which must be open. `callLimit`, `waitFor`: see `#callLimit` and `#waitFor`. */
  constructor(
    backend: UringBackend,
    meter: Meter,
    content: Content,
    options: DrainOptions,
    setting: {
      readonly files: number;
      readonly registerBuffers: boolean;
      readonly callLimit: number;
      readonly waitFor: number;
    },
  ) {
    const { ring, clock, iodepth } = backend;
    this.#backend = backend;
    this.#ring = ring;
    this.#clock = clock;
    this.#meter = meter;
    this.#options = options;
    this.#lone = iodepth === 1 && !options.paced;
    this.#callLimit = setting.callLimit;
    this.#waitFor = setting.waitFor;
    this.#operationsUntilThink = options.thinktimeBlocks;
    this.#dues = new DueTimes(options.ignoresPauses);
    this.#operations = new Operations(backend, content, setting.files, setting.registerBuffers);
  }

  /** Issues the batch. The next batch or `finish` waits for operations that are still in flight at its end. */
  run(batch: Batch, generation: number): boolean {
    const operations = this.#operations;
    const ring = this.#ring;
    const { paced, refill, fsync, fdatasync, thinktimeNs } = this.#options;
    const paused = fsync > 0 || fdatasync > 0 || thinktimeNs > 0;
    const { count } = batch;
    this.#nowNs = this.#clock.now();
    for (let i = 0; i < count; i++) {
      if (paced && !this.#awaitDue(this.#dues.startOf(batch.dueNs[i] as number))) return false;
      const kind = batch.kind[i] as number;
      const slot = batch.file[i] as number;
      const offsetBytes = batch.offsetBytes[i] as number;
      const place = operations.begin(kind, slot, offsetBytes, batch.lengthBytes[i] as number, generation);
      if (refill && kind === WRITE) {
        operations.fill(place);
        // As in fio, the operation is created only after that.
        this.#nowNs = this.#clock.now();
      }
      operations.createdNs[place] = paced ? this.#countedFrom(batch.dueNs[i] as number) : this.#nowNs;
      ring.push(place);
      // Here rather than before the next operation, so that planning the next batch does not delay these.
      while (operations.freeCount === 0 || ring.queued >= this.#callLimit) {
        if (!this.#turn(operations.freeCount === 0 ? this.#waitFor : 0)) return false;
      }
      if (paused && !this.#pauseAfter(kind, slot)) return false;
    }
    return true;
  }

  /** Waits until nothing is in flight. Throws the first fault of a failed operation. */
  finish(): void {
    while (this.#ring.inFlight > 0) this.#step(1);
    const fault = this.#fault;
    this.#fault = null;
    if (fault !== null) throw fault;
  }

  /** Returns the time from which the latency of a paced operation counts. Without pauses, it is the due time. */
  #countedFrom(dueNs: number): number {
    return this.#options.thinktimeNs === 0 ? dueNs : this.#dues.countedFrom(dueNs, this.#clock.now());
  }

  /**
   * Does a step; if an operation has failed, waits for the others and throws. Returns false when the worker must end.
   */
  #turn(wait: number): boolean {
    const live = this.#step(wait);
    if (this.#fault !== null) this.finish();
    return live;
  }

  /**
   * Makes one call, which submits all queued entries and waits for `wait` completions, then takes all completions.
   * Returns false when the worker must end.
   */
  #step(wait: number): boolean {
    this.#markSubmitted();
    this.#ring.enter(wait);
    return this.#takeCompletions();
  }

  /**
   * Sets the submission time of queued operations. It reads the clock itself, because passing a number that is not a
   * small integer would allocate it. Operations of one call mostly have equal times, so bins are looked up only when
   * the times change.
   */
  #markSubmitted(): void {
    const { createdNs, submittedNs } = this.#operations;
    const submitNs = this.#lone ? this.#nowNs : this.#clock.now();
    const { histograms } = this.#meter;
    const { queued } = this.#ring;
    let sharedNs = -1;
    let cell = 0;
    for (let i = 0; i < queued; i++) {
      const place = this.#ring.queuedEntry(i);
      // The rest of an operation that ended early: it was submitted before.
      if ((submittedNs[place] as number) >= 0) continue;
      submittedNs[place] = submitNs;
      if (createdNs[place] !== sharedNs) {
        sharedNs = createdNs[place] as number;
        cell = HISTOGRAM_BASE.slat + binOf(submitNs - sharedNs);
      }
      histograms[cell] = (histograms[cell] as number) + 1;
    }
  }

  #takeCompletions(): boolean {
    const operations = this.#operations;
    const { createdNs, submittedNs, doneBytes } = operations;
    const ring = this.#ring;
    const meter = this.#meter;
    const { histograms, tally } = meter;
    const { verify } = this.#options;
    const endNs = this.#clock.now();
    const count = ring.completions();
    let sharedCreatedNs = -1;
    let sharedSubmittedNs = -1;
    let latBin = 0;
    let clatCell = 0;
    for (let i = 0; i < count; i++) {
      const place = ring.userDataAt(i);
      const asked = operations.askedBytes(place);
      if (ring.resultAt(i) !== asked) {
        this.#setBack(place, ring.resultAt(i));
        continue;
      }
      if (createdNs[place] !== sharedCreatedNs) {
        sharedCreatedNs = createdNs[place] as number;
        latBin = binOf(endNs - sharedCreatedNs);
      }
      if (submittedNs[place] !== sharedSubmittedNs) {
        sharedSubmittedNs = submittedNs[place] as number;
        clatCell = HISTOGRAM_BASE.clat + binOf(endNs - sharedSubmittedNs);
      }
      const isRead = operations.isRead(place);
      const latCell = (isRead ? HISTOGRAM_BASE.read : HISTOGRAM_BASE.write) + latBin;
      histograms[latCell] = (histograms[latCell] as number) + 1;
      histograms[clatCell] = (histograms[clatCell] as number) + 1;
      const bytes = asked + (doneBytes[place] as number);
      if (isRead) {
        tally[TALLY.readOps] = (tally[TALLY.readOps] as number) + 1;
        tally[TALLY.readBytes] = (tally[TALLY.readBytes] as number) + bytes;
        if (verify) this.#check(place);
      } else {
        tally[TALLY.writeOps] = (tally[TALLY.writeOps] as number) + 1;
        tally[TALLY.writeBytes] = (tally[TALLY.writeBytes] as number) + bytes;
      }
      operations.release(place);
    }
    ring.take(count);
    this.#nowNs = endNs;
    const ticks = endNs >= (tally[TALLY.nextTickNs] as number);
    const live = !ticks || meter.tick(endNs);
    // Checks and ticks must not count as time of the next operations.
    if (verify || ticks) this.#nowNs = this.#clock.now();
    return live;
  }

  /** Handles an operation that did not move all its bytes: requests the rest, or keeps the fault. */
  #setBack(place: number, result: number): void {
    const operations = this.#operations;
    if (result > 0 || (result < 0 && isPassing(-result))) {
      this.#backend.shortTransfers++;
      operations.askForRest(place, Math.max(0, result));
      this.#ring.push(place);
      return;
    }
    const kind = operations.isRead(place) ? READ : WRITE;
    const slot = operations.file[place] as number;
    this.#fault ??= this.#backend.transferFault(kind, slot, operations.askedFromBytes(place), result);
    operations.release(place);
  }

  #check(place: number): void {
    try {
      this.#operations.check(place);
    } catch (thrown) {
      if (!(thrown instanceof IoFault)) throw thrown;
      this.#fault ??= thrown;
    }
  }

  /** Waits for a due time and takes completions meanwhile. Returns false when the worker must end before that. */
  #awaitDue(dueNs: number): boolean {
    const ring = this.#ring;
    const meter = this.#meter;
    for (let nowNs = this.#clock.now(); nowNs < dueNs; nowNs = this.#clock.now()) {
      if (meter.isDue(nowNs) && !meter.tick(nowNs)) return false;
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

  /**
   * Does what follows an operation: a sync or think time, each with an empty queue. Returns false when the worker must
   * end.
   */
  #pauseAfter(kind: number, slot: number): boolean {
    const { fsync, fdatasync, thinktimeNs, thinktimeBlocks } = this.#options;
    const syncEvery = fsync > 0 ? fsync : fdatasync;
    if (kind === WRITE && syncEvery > 0 && ++this.#writesSinceSync === syncEvery) {
      this.#writesSinceSync = 0;
      this.finish();
      const startNs = this.#clock.now();
      this.#backend.sync(slot, fsync === 0);
      this.#meter.record('fsync', this.#clock.now() - startNs);
      // The backend's single operations use the entry of the first place.
      this.#operations.prepare(0);
      this.#nowNs = this.#clock.now();
    }
    if (thinktimeNs === 0 || --this.#operationsUntilThink > 0) return true;
    this.#operationsUntilThink = thinktimeBlocks;
    this.finish();
    const startNs = this.#clock.now();
    const live = this.#awaitDue(startNs + thinktimeNs);
    this.#nowNs = this.#clock.now();
    this.#dues.pausedFor(this.#nowNs - startNs);
    return live;
  }
}
