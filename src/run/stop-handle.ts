/**
 * Ends a run from outside. The first request ends the operation under way and keeps what was measured; the second
 * kills the session at once. A handle may serve several runs: once asked, it also ends those that begin later.
 */
export class StopHandle {
  #isAsked = false;
  #heed: () => void = () => {};

  /** Whether a stop was requested. */
  get isAsked(): boolean {
    return this.#isAsked;
  }

  /** May be called at any time, also from a signal handler. */
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
