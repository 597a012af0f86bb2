import { FeedrateError } from '../base/errors.js';

/**
 * Ends a run from outside. The first request stops after the current operation and keeps the results; the second kills
 * the session at once. A handle may serve several runs. After a request it also ends those that begin later.
 */
export class StopHandle {
  #isAsked = false;
  #isPlanned = false;
  #heed: () => void = () => {};
  #tell: () => void = () => {};
  readonly #asked = new Promise<void>((resolve) => {
    this.#tell = resolve;
  });

  /** Whether a stop was requested. */
  get isAsked(): boolean {
    return this.#isAsked;
  }

  /** Whether a stop was requested only because the time that the run was given is up. Such a run is complete. */
  get isPlanned(): boolean {
    return this.#isPlanned;
  }

  /** Requests a stop. May be called at any time, also from a signal handler. */
  stop(): void {
    this.#isPlanned = false;
    this.#ask();
  }

  /** Requests a stop because the time is up. */
  endAsPlanned(): void {
    this.#isPlanned ||= !this.#isAsked;
    this.#ask();
  }

  #ask(): void {
    this.#isAsked = true;
    this.#tell();
    this.#heed();
  }

  /** Calls `heed` at each request from now on, until the returned function is called. */
  heedWith(heed: () => void): () => void {
    this.#heed = heed;
    return () => {
      this.#heed = () => {};
    };
  }

  /**
   * Returns the result of `work`, which is abandoned at a stop request.
   * @throws FeedrateError `interrupted` after a request, and what `work` throws
   */
  async unlessAsked<T>(work: T | Promise<T>): Promise<T> {
    return Promise.race([this.#asked.then(() => Promise.reject(stoppedEarly())), work]);
  }

  /**
   * Hears requests that came while this process was busy: a signal's handler runs only between two turns of the event loop.
   * @throws FeedrateError `interrupted` after a request
   */
  async listen(): Promise<void> {
    // Signals come from the poll phase, which two immediates enclose.
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    if (this.#isAsked) throw stoppedEarly();
  }
}

/** Returns the error of a command that was stopped before it had a result. */
export function stoppedEarly(): FeedrateError {
  return new FeedrateError('interrupted', 'stopped before anything was measured');
}
