/**
 * Ends a run from outside. The first request stops after the current operation and keeps the results; the second kills
 * the session at once. A handle may serve several runs. After a request it also ends those that begin later.
 */
export class StopHandle {
  #isAsked = false;
  #heed: () => void = () => {};

  /** Whether a stop was requested. */
  get isAsked(): boolean {
    return this.#isAsked;
  }

  /** Requests a stop. May be called at any time, also from a signal handler. */
  stop(): void {
    this.#isAsked = true;
    this.#heed();
  }

  /** Calls `heed` at each request from now on, until the returned function is called. */
  heedWith(heed: () => void): () => void {
    this.#heed = heed;
    return () => {
      this.#heed = () => {};
    };
  }
}
