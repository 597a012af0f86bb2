import { type LiveView, SILENCE_NS } from './live.js';

/** After a stop, what waits for a silent target may still end in this time. */
const ABANDON_AFTER_NS = 2e9;

/** Decides that workers wait in vain: the run is stopped, and their target stays silent. */
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
