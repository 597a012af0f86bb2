/**
 * When the operations of a paced job start, and from when their latency counts. Pauses that the job asks for are no
 * latency of the storage.
 *
 * If the job ignores think time, each pause moves all later due times. Otherwise it catches up: operations that became
 * due during a pause start right after it, one after another, until the rate is kept again. An operation's latency then
 * counts from its due time plus the part of its delay that pauses have caused. A stall of the storage is in the latency
 * of every operation that it delays, in both cases.
 */
export class DueTimes {
  readonly #ignoresPauses: boolean;
  /** By how much pauses have moved the due times, ns. */
  #movedNs = 0;
  /** How much of the present delay pauses have caused, ns. */
  #excusedNs = 0;

  constructor(ignoresPauses: boolean) {
    this.#ignoresPauses = ignoresPauses;
  }

  /** Takes account of a pause. */
  pausedFor(ns: number): void {
    if (this.#ignoresPauses) this.#movedNs += ns;
    else this.#excusedNs += ns;
  }

  /** Returns when an operation must start. */
  startOf(dueNs: number): number {
    return dueNs + this.#movedNs;
  }

  /** Returns the time from which the latency of an operation counts. It starts now, and operations start in order. */
  countedFrom(dueNs: number, nowNs: number): number {
    const startNs = dueNs + this.#movedNs;
    this.#excusedNs = Math.min(this.#excusedNs, Math.max(0, nowNs - startNs));
    return startNs + this.#excusedNs;
  }
}
