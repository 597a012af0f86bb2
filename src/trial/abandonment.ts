import type { LiveView } from './live.js';
import { SILENCE_NS } from './silence-limit.js';

/** Time after a stop in which operations on an unresponsive target may still complete, ns. */
const ABANDON_AFTER_NS = 2e9;

/** Decides when to give up on workers: the run was stopped and their target still does not respond. */
export class Abandonment {
  readonly #stopped: () => boolean;
  readonly decided: Promise<void>;
  #decide: () => void = () => {};
  #stoppedAtNs: number | null = null;
  abandoned = false;

  constructor(stopped: () => boolean) {
    this.#stopped = stopped;
    this.decided = new Promise((resolve) => {
      this.#decide = resolve;
    });
  }

  look({ elapsedNs, quietNs }: LiveView): void {
    if (!this.#stopped()) return;
    this.#stoppedAtNs ??= elapsedNs;
    if (quietNs < SILENCE_NS || elapsedNs - this.#stoppedAtNs < ABANDON_AFTER_NS) return;
    this.abandoned = true;
    this.#decide();
  }
}
