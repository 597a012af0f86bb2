/** What a tracer adds to each call that it stops, ns: to the call itself, and to the gap before it. */
export interface Overhead {
  readonly inCallNs: number;
  readonly inGapNs: number;
}

/** How much of what was taken off a recording may be wrong, either way: see "The recorded time has an interval" in DECISIONS.md. */
const UNCERTAIN_SHARE = 1 / 3;

/**
 * Returns how far the time without the tracer may be from the one that was computed, ns; null: nothing is known of the tracer.
 * @param head times with the tracer and without it, and what it added to all threads, ns
 */
export function recordedWithinNs(head: {
  readonly tracedNs?: number;
  readonly recordedNs: number;
  readonly overheadNs: number | null;
}): number | null {
  const { tracedNs, recordedNs, overheadNs } = head;
  if (tracedNs === undefined || overheadNs === null) return null;
  return Math.round(Math.max(0, tracedNs - recordedNs) * UNCERTAIN_SHARE);
}

/**
 * Takes what a tracer added off the times of one thread. A stop costs more or less than the mean, and often more than the gap
 * in which it is. What could not be taken there is taken from the next gap or call, so sums are right.
 */
export class TracerTime {
  readonly #inCallNs: number;
  readonly #inGapNs: number;
  #owedByGapsNs = 0;
  #owedByCallsNs = 0;
  #isStopCounted = false;
  #takenNs = 0;

  /** @param overhead null: unknown, and nothing is taken */
  constructor(overhead: Overhead | null) {
    this.#inCallNs = overhead?.inCallNs ?? 0;
    this.#inGapNs = overhead?.inGapNs ?? 0;
  }

  /** What was taken so far, ns. */
  get takenNs(): number {
    return this.#takenNs;
  }

  /** The tracer has stopped the thread for a call with times of its own. One that becomes two calls counts once. */
  stop(): void {
    if (this.#isStopCounted) return;
    this.#isStopCounted = true;
    this.#owedByGapsNs += this.#inGapNs;
    this.#owedByCallsNs += this.#inCallNs;
  }

  /** The tracer has stopped the thread for a call without times of its own, such as a timeout. */
  begin(): void {
    this.#isStopCounted = true;
    this.#owedByGapsNs += this.#inGapNs;
  }

  /** The gap before such a call is over, and its time is in the next one. */
  begun(): void {
    this.#owedByGapsNs += this.#inCallNs;
  }

  /** A call has ended. If it has no times of its own, its stop is in the next gap. */
  ended(): void {
    if (!this.#isStopCounted) this.#owedByGapsNs += this.#inGapNs + this.#inCallNs;
    this.#isStopCounted = false;
  }

  /** What the tracer did until now is not in the trace, which begins here. */
  forgive(): void {
    this.#owedByGapsNs = 0;
  }

  /** Returns a gap without the tracer, ns. */
  gap(ns: number): number {
    const taken = Math.min(Math.max(0, ns), this.#owedByGapsNs);
    this.#owedByGapsNs -= taken;
    return this.#without(ns, taken);
  }

  /** Returns the duration of a call without the tracer, ns. */
  call(ns: number): number {
    const taken = Math.min(Math.max(0, ns), this.#owedByCallsNs);
    this.#owedByCallsNs -= taken;
    return this.#without(ns, taken);
  }

  /** The thread waited for another one. Without the tracer, it would have come earlier and waited longer. */
  wait(ns: number): void {
    this.#owedByGapsNs = Math.max(0, this.#owedByGapsNs - ns);
    this.#owedByCallsNs = Math.max(0, this.#owedByCallsNs - this.#inCallNs);
  }

  #without(ns: number, takenNs: number): number {
    this.#takenNs += takenNs;
    return Math.max(0, Math.round(ns - takenNs));
  }
}
