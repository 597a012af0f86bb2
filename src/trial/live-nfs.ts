import { type NfsReading, readNfsAgain, trafficBetween } from '../host/nfs/read-nfs.js';
import { sumOfCalls } from '../record/nfs-traffic.js';

/** The least time between two readings of mountstats, ns: a second, but for timers that come early. */
const PERIOD_NS = 0.9e9;

/** The calls of all kinds that ended in the last second; means of one. */
export interface LiveNfs {
  readonly callsPerSecond: number;
  readonly queueNs: number;
  readonly roundTripNs: number;
}

/** What the NFS client counts while a trial runs. */
export class NfsWatch {
  #last: NfsReading | null;
  #view: LiveNfs | null = null;

  /** `before`: the mount's counters before the trial; null on other file systems. */
  constructor(before: NfsReading | null) {
    this.#last = before;
  }

  /** The latest view at a `monotonicNs()`; null on other file systems, and while no call ended. */
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
