/** Starts the first processes of a run while the caller still loads modules and makes the plan. */
import { type ChildProcess, fork } from 'node:child_process';
import { untilTargetsAnswer } from './first-touch.js';
import type { NamedPath } from './request.js';

/** A session's process that loads its modules, and at the same time a touch of every target. */
export class HeadStart {
  /** Resolves when every target has responded. */
  readonly answered: Promise<void>;
  #session: ChildProcess | null;

  /** @param note called for each target that does not respond */
  constructor(targets: readonly NamedPath[], note: (text: string) => void) {
    this.#session = forkSession();
    // If the process could not be started, the runner that takes it notices that it has ended.
    this.#session.on('error', () => undefined);
    this.answered = untilTargetsAnswer(targets, note);
    // A caller that fails before it waits for the targets reports its own error.
    this.answered.catch(() => undefined);
  }

  /** Returns the session's process, once; null afterwards. */
  takeSession(): ChildProcess | null {
    const session = this.#session;
    this.#session = null;
    return session;
  }

  /** Ends the session's process if nobody took it. */
  discard(): void {
    this.takeSession()?.kill('SIGKILL');
  }
}

/** Starts the process of a session. It waits for its `start` message. */
export function forkSession(): ChildProcess {
  // Node's event loops have rings of their own, for calls that a measuring thread does not make. They use 28 KiB per
  // thread of the memory that an ordinary user may lock.
  const env = { UV_USE_IO_URING: '0', ...process.env };
  return fork(new URL('./session-process.js', import.meta.url), {
    serialization: 'advanced',
    env,
    // It needs no relative paths, and the current directory may be removed during a run.
    cwd: '/',
    // A session that is left behind must not hold the terminal's or a pipe's end open.
    silent: true,
  });
}
