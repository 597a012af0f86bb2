import { readCall, StraceClock } from './strace-line.js';
import type { Overhead } from './tracer-time.js';

/** Fewer calls or gaps than this tell nothing. */
const LEAST = 30;

/**
 * Finds what strace adds to each call in its own output: calls that only ask the kernel for a number, and the gaps between
 * two of them, take no time without it. Means, and not medians: what a busy machine adds to some stops is part of the sum.
 */
export class TracerCost {
  readonly #clock = new StraceClock();
  /** When the last call of a thread ended, ns, if it was a quick one. */
  readonly #ends = new Map<number, number>();
  #calls = 0;
  #inCallsNs = 0;
  #gaps = 0;
  #inGapsNs = 0;

  /** @param pid the process, if the line does not name it */
  add(text: string, pid = 0): void {
    const { body, atNs, pid: named } = this.#clock.read(text);
    const call = atNs === null ? null : readCall(body);
    const thread = named ?? pid;
    const isQuick =
      call !== null &&
      ((call.name === 'lseek' && /^SEEK_(?:SET|CUR)$/.test(call.args[2] ?? '')) ||
        (call.name === 'ioctl' && call.args[1] === 'TCGETS'));
    if (!isQuick || call.tookNs === null || atNs === null) {
      this.#ends.delete(thread);
      return;
    }
    this.#calls++;
    this.#inCallsNs += call.tookNs;
    const beforeNs = this.#ends.get(thread);
    if (beforeNs !== undefined) {
      this.#gaps++;
      this.#inGapsNs += Math.max(0, atNs - beforeNs);
    }
    this.#ends.set(thread, atNs + call.tookNs);
  }

  /**
   * Returns what a call costs; null when the output does not show it.
   * @param probe what strace added to calls of a short program here, for what the output lacks; null: it is unknown
   */
  overhead(probe: Overhead | null): Overhead | null {
    if (this.#calls < LEAST) return probe;
    const inCallNs = this.#inCallsNs / this.#calls;
    if (this.#gaps >= LEAST) return { inCallNs, inGapNs: this.#inGapsNs / this.#gaps };
    // The busier a machine, the more both parts cost.
    return {
      inCallNs,
      inGapNs: probe === null || probe.inCallNs === 0 ? inCallNs : (inCallNs * probe.inGapNs) / probe.inCallNs,
    };
  }
}
