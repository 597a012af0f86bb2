import type { ChildProcess } from 'node:child_process';
import { FeedrateError } from '../base/errors.js';
import type { TrialRecord } from '../record/trial-record.js';
import type { SessionEvent } from '../trial/events.js';
import type { SessionOptions } from '../trial/session.js';
import { forkSession, type HeadStart } from './head-start.js';
import type { FromSession, ToSession } from './session-messages.js';

/** The signals that a user sends to end a run. */
export const INTERRUPTIONS: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP']);

/** A killed process ends within this time unless it is blocked in the kernel. */
const LEAVE_AFTER_MS = 3000;

/** The session ended because its run directory can no longer be used. */
export class ResultsLost extends FeedrateError {
  /** A trial that could not be saved, or null. */
  readonly unsaved: TrialRecord | null;

  constructor(message: string, unsaved: TrialRecord | null) {
    super('measurement', message);
    this.unsaved = unsaved;
  }
}

type SessionOutput = (bytes: Uint8Array, stream: 'stdout' | 'stderr') => void;

/** Runs and stops the sessions of one run, one process after the other. */
export class SessionRunner {
  #child: ChildProcess | null = null;
  #stopping = false;
  #killed = false;
  #leave: () => void = () => {};
  readonly #onOutput: SessionOutput;
  readonly #headStart: HeadStart | undefined;

  /**
   * @param onOutput called with what a session process writes on its stdout and stderr
   * @param headStart holds the first session's process. Default: every process is started when its session begins
   */
  constructor(onOutput: SessionOutput, headStart?: HeadStart) {
    this.#onOutput = onOutput;
    this.#headStart = headStart;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** Whether a session process was killed, so that its scratch files may still exist. */
  get killed(): boolean {
    return this.#killed;
  }

  /** Ends the session after the current operation. Results so far are kept. */
  stop(): void {
    this.#stopping = true;
    this.#send({ type: 'stop' });
  }

  /** Kills the session at once. Abandons a process that is blocked in the kernel. */
  kill(): void {
    this.#stopping = true;
    this.#killed = true;
    this.#child?.kill('SIGKILL');
    setTimeout(() => this.#leave(), LEAVE_AFTER_MS).unref();
  }

  #send(message: ToSession): void {
    // A disconnected process is ending, and its exit status will give the reason.
    if (this.#child?.connected) this.#child.send(message, () => {});
  }

  /**
   * Runs one session to its end. Throws `FeedrateError('measurement')` when it failed as a whole.
   * @param remount remounts a target and returns a message when it failed; null: cold trials are not preceded by a remount
   */
  async run(
    options: SessionOptions,
    runDirectory: string,
    onEvent: (event: SessionEvent) => void,
    remount: ((target: string) => Promise<string | null>) | null,
  ): Promise<void> {
    const child = this.#headStart?.takeSession() ?? forkSession();
    for (const name of ['stdout', 'stderr'] as const)
      child[name]?.on('data', (bytes: Uint8Array) => this.#onOutput(bytes, name));
    this.#child = child;
    let failure: Extract<FromSession, { type: 'failed' }> | null = null;
    child.on('message', (message: FromSession) => {
      if (message.type === 'event') onEvent(message.event);
      else if (message.type === 'remount')
        void remount?.(message.target).then((problem) => this.#send({ type: 'remounted', problem }));
      else failure = message;
    });
    this.#send({ type: 'start', options, runDirectory, remounts: remount !== null });
    const end = await new Promise<ProcessEnd>((resolve, reject) => {
      child.on('exit', (status, signal) => resolve({ status, signal }));
      child.on('error', reject);
      this.#leave = () => {
        for (const handle of [child, child.channel, child.stdout, child.stderr])
          (handle as { unref?(): void })?.unref?.();
        resolve({ status: null, signal: 'SIGKILL' });
      };
    });
    this.#child = null;
    if (end.signal !== null) this.#killed = true;
    // Ctrl-C goes to all processes of a terminal and also ends a session that has only just started.
    if (end.signal !== null && INTERRUPTIONS.has(end.signal)) this.#stopping = true;
    if (!(this.#stopping && end.signal !== null)) throwFailure(failure, end);
  }
}

interface ProcessEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

function throwFailure(failure: Extract<FromSession, { type: 'failed' }> | null, { status, signal }: ProcessEnd): void {
  if (failure?.defect) throw new Error(failure.message);
  if (failure?.lostResults) throw new ResultsLost(failure.message, failure.unsaved);
  if (failure !== null) throw new FeedrateError('measurement', failure.message);
  if (status === 0) return;
  const how = signal === null ? `ended with status ${status}` : `was ended by ${signal}${causeOf(signal)}`;
  throw new FeedrateError('measurement', `the measuring process ${how}; earlier trials are saved`);
}

/** Returns the likely cause of a signal. SIGBUS is how the kernel reports that bytes of a mapped file cannot be read. */
function causeOf(signal: NodeJS.Signals): string {
  if (signal !== 'SIGBUS') return '';
  return ': a file under ioengine: mmap was truncated while it was mapped, or its storage failed; use psync to find the location';
}
