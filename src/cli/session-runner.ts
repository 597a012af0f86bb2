import { type ChildProcess, fork } from 'node:child_process';
import { FeedrateError } from '../base/errors.js';
import type { SessionEvent } from '../trial/events.js';
import type { SessionOptions } from '../trial/session.js';
import type { FromSession, ToSession } from './session-messages.js';

/** The sessions of one run, one process after the other, and the way to stop them. */
export class SessionRunner {
  #child: ChildProcess | null = null;
  #stopping = false;
  #killed = false;

  get stopping(): boolean {
    return this.#stopping;
  }

  /** The session process was killed, so its scratch files may still be there. */
  get killed(): boolean {
    return this.#killed;
  }

  /** Ends the session after the operation under way; what was measured is kept. */
  stop(): void {
    this.#stopping = true;
    this.#send({ type: 'stop' });
  }

  /** Ends the session at once, whatever it waits for. */
  kill(): void {
    this.#stopping = true;
    this.#killed = true;
    this.#child?.kill('SIGKILL');
  }

  #send(message: ToSession): void {
    if (this.#child?.connected) this.#child.send(message);
  }

  /** Runs one session to its end. Throws `FeedrateError('measurement')` when it failed as a whole. */
  async run(options: SessionOptions, runDirectory: string, onEvent: (event: SessionEvent) => void): Promise<void> {
    const child = fork(new URL('./session-process.js', import.meta.url), { serialization: 'advanced' });
    this.#child = child;
    let failure: Extract<FromSession, { type: 'failed' }> | null = null;
    child.on('message', (message: FromSession) => {
      if (message.type === 'event') onEvent(message.event);
      else failure = message;
    });
    this.#send({ type: 'start', options, runDirectory });
    const signal = await new Promise<NodeJS.Signals | null>((resolve, reject) => {
      child.on('exit', (_code, exitSignal) => resolve(exitSignal));
      child.on('error', reject);
    });
    this.#child = null;
    throwFailure(failure, this.#killed ? null : signal, () => {
      this.#killed = true;
    });
  }
}

function throwFailure(
  failure: Extract<FromSession, { type: 'failed' }> | null,
  signal: NodeJS.Signals | null,
  onDeath: () => void,
): void {
  if (signal !== null) {
    onDeath();
    throw new FeedrateError(
      'measurement',
      `the measuring process was ended by ${signal}; what it measured before is kept`,
    );
  }
  if (failure?.defect) throw new Error(failure.message);
  if (failure !== null) throw new FeedrateError('measurement', failure.message);
}
