import { type NfsReading, readNfsAgain, trafficBetween } from '../host/nfs/read-nfs.js';
import { sumOfCalls } from '../record/nfs-traffic.js';

/** Least time between two readings of mountstats, ns. A little less than a second, because timers may fire early. */
const PERIOD_NS = 0.9e9;

/** NFS calls of all kinds that ended in the last second, with their mean times. */
export interface LiveNfs {
  readonly callsPerSecond: number;
  readonly queueNs: number;
  readonly roundTripNs: number;
}

/** Reads the NFS client's counters while a trial runs. */
export class NfsWatch {
  #last: NfsReading | null;
  #view: LiveNfs | null = null;

  /** @param before the mount's counters before the trial; null on other file systems */
  constructor(before: NfsReading | null) {
    this.#last = before;
  }

  /** Returns the latest view at a `monotonicNs()` time; null on other file systems, and when no call has ended. */
  look(nowNs: number): LiveNfs | null {
    if (this.#last === null || nowNs - this.#last.atNs < PERIOD_NS) return this.#view;
    const now = readNfsAgain(this.#last);
    const traffic = trafficBetween(this.#last, now);
    const calls = typeof traffic === 'string' ? 0 : sumOfCalls(traffic, 'calls');
    this.#view =
      typeof traffic === 'string' || calls <= 0
        ? null
        : {
            callsPerSecond: calls / ((now.atNs - this.#last.atNs) / 1e9),
            queueNs: sumOfCalls(traffic, 'queueNs') / calls,
            roundTripNs: sumOfCalls(traffic, 'roundTripNs') / calls,
          };
    this.#last = now;
    return this.#view;
  }
}
