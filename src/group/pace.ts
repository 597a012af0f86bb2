/** How often a rank looks at the others' files, and writes its own. */
import type { GroupPatience } from './loss.js';

const SECOND_NS = 1e9;
/** A time without turns counts at most this much longer than planned: this process was stopped, or its server was. */
const LATE_NS = SECOND_NS / 2;

/**
 * Two limits meet: ranks leave a meeting within one look of each other, and the looks of a thousand ranks together must not
 * be a load for the server. So waits grow, and are short again while ranks leave. The clock stands while this process is
 * stopped or the server is silent, so that nobody else is held responsible for it.
 */
export class Pace {
  readonly #leavingNs: number;
  readonly #waitingNs: number;
  readonly #restingNs: number;
  #nowNs = 0;
  #realNs: number | null = null;
  #plannedNs = 0;
  #waitNs: number;
  #lookedNs = Number.NEGATIVE_INFINITY;
  #beatNs = Number.NEGATIVE_INFINITY;

  constructor(size: number, { silentNs }: GroupPatience) {
    // At most 20,000 looks a second while 1,000 ranks leave, 5,000 while they wait, and 1,000 while they work.
    this.#leavingNs = Math.max(1e6, size * 5e4);
    this.#waitingNs = Math.max(2e7, size * 2e5);
    this.#restingNs = Math.min(Math.max(SECOND_NS, size * 1e6), silentNs / 6);
    this.#waitNs = this.#leavingNs;
  }

  /** Begins a turn and returns its time, by a clock that stands while there are no turns. */
  begin(realNs: number): number {
    const elapsedNs = realNs - (this.#realNs ?? realNs);
    this.#realNs = realNs;
    this.#nowNs += Math.min(elapsedNs, this.#plannedNs + LATE_NS);
    return this.#nowNs;
  }

  /** Whether it is time to look at everyone, and not only at those who are awaited. */
  fullLookDue(): boolean {
    return this.#isDue(this.#lookedNs, (ns) => {
      this.#lookedNs = ns;
    });
  }

  /** Whether it is time for the next sign of life: at most once a second. */
  beatDue(): boolean {
    return this.#isDue(this.#beatNs, (ns) => {
      this.#beatNs = ns;
    });
  }

  /** Returns how long to sleep until the next turn, ms. */
  sleepMs(state: 'leaving' | 'waiting' | 'working'): number {
    this.#waitNs = state === 'waiting' ? Math.min(this.#waitNs * 1.25, this.#waitingNs) : this.#leavingNs;
    this.#plannedNs = Math.min(state === 'working' ? this.#restingNs : this.#waitNs, this.#restingNs);
    return Math.max(1, this.#plannedNs / 1e6);
  }

  #isDue(lastNs: number, done: (ns: number) => void): boolean {
    const isDue = this.#nowNs - lastNs >= this.#restingNs * 0.9;
    if (isDue) done(this.#nowNs);
    return isDue;
  }
}
