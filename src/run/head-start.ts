/** Starts the first processes of a run while the caller still loads modules and makes the plan. */
import type { ForkOptions } from 'node:child_process';
import { type Touchable, touchArguments, touchVariables, untilTouched } from './first-touch.js';
import type { ToSession } from './session-messages.js';
import { StartedProcess } from './started-process.js';
import type { StopHandle } from './stop-handle.js';

/** A session's process that touches every target and then loads its modules. */
export class HeadStart {
  /** Resolves when every target has responded. Rejects as `untilTouched` does. */
  readonly answered: Promise<void>;
  #session: StartedProcess | null;

  /** @param note called for each target that does not respond */
  constructor(places: readonly Touchable[], note: (text: string) => void, stop?: StopHandle) {
    this.#session = startSession(places);
    this.answered = untilTouched(places, note, stop, this.#session);
    // A caller that fails before it waits for the targets reports its own error.
    this.answered.catch(() => undefined);
  }

  /** Returns the session's process, once; null afterwards. */
  takeSession(): StartedProcess | null {
    const session = this.#session;
    this.#session = null;
    return session;
  }

  /** Starts the worker threads of the session while its parent still records the run. */
  startThreads(threads: number): void {
    this.#session?.send({ type: 'threads', threads } satisfies ToSession);
  }

  /** Ends the session's process if nobody took it. */
  discard(): void {
    const session = this.takeSession();
    session?.kill();
    session?.leave();
  }
}

/** Starts the process of a session. It touches the places, if there are any, and waits for its `start` message. */
export function startSession(places: readonly Touchable[] = []): StartedProcess {
  // Node's event loops have rings of their own, for calls that a measuring thread does not make. They use 28 KiB per
  // thread of the memory that an ordinary user may lock.
  const env = { UV_USE_IO_URING: '0', ...process.env, ...(places.length > 0 && touchVariables(places)) };
  // It needs no relative paths, and the current directory may be removed during a run.
  const options: ForkOptions = { serialization: 'advanced', env, cwd: '/' };
  return new StartedProcess(new URL('./session-process.js', import.meta.url), touchArguments(places), options);
}
