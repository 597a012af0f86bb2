/** Reports targets that stop responding, and makes sure that a stop request still ends the run. */
import type { Plan } from '../plan/plan.js';
import type { TargetEnvironment } from '../record/run-record.js';
import type { TrialRecord } from '../record/trial-record.js';
import type { SessionEvent } from '../trial/events.js';
import { SILENCE_NS } from '../trial/silence-limit.js';
import { placeText } from './place-text.js';

/** Time between two checks. */
const LOOK_MS = 1000;
/** A session without messages may be syncing or reading before a trial, so this is longer than the limit for trials. */
const MUTE_MS = 30_000;
/** After a stop request, a session without messages for this long is killed. */
const STOP_MS = 10_000;

/** Error codes of a file system whose storage is lost. */
const LOST_CODES: ReadonlySet<string> = new Set([
  'EIO',
  'ETIMEDOUT',
  'ESTALE',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENOTCONN',
]);

/** Returns whether an event proves that the target responded. Starting, failing and abandoning a trial do not. */
function isAnswer(event: SessionEvent): boolean {
  if (event.type === 'trial') return event.record.status === 'ok';
  if (event.type === 'prepare') return event.step !== undefined && event.doneFiles > 0;
  return event.type !== 'starting';
}

/** The run that a watchdog observes. */
export interface Watched {
  readonly plan: Pick<Plan, 'arms'>;
  readonly targets: readonly TargetEnvironment[];
  readonly note: (text: string) => void;
  readonly isStopping: () => boolean;
  readonly kill: () => void;
}

export class Watchdog {
  readonly #watched: Watched;
  readonly #silent = new Set<string>();
  readonly #failed = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #heardMs = performance.now();
  /** The trial whose threads are starting, and whether the user knows that it takes long. */
  #starting: { readonly trialId: string; readonly sinceMs: number; isTold: boolean } | null = null;
  /** How far the phase was at its last message. */
  #place = '';
  /** The target that the last message of the session was about. */
  #at: string | null = null;

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#timer = setInterval(() => this.look(), LOOK_MS);
    this.#timer.unref();
  }

  /** Names of the targets that do not respond now. Touching them would block. */
  get silent(): ReadonlySet<string> {
    return this.#silent;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  handle(event: SessionEvent): void {
    if (event.type === 'starting') {
      this.#handleStart(event);
      return;
    }
    if (!this.#isHeard(event)) return;
    this.#heardMs = performance.now();
    this.#at = this.#targetOf(event);
    if (this.#at === null) return;
    if (event.type === 'abandoned') {
      this.#silent.add(this.#at);
      this.#watched.kill();
    } else if (event.type === 'progress' && event.quietNs >= SILENCE_NS) this.#tell(this.#at, SILENCE_NS / 1e9);
    else if (isAnswer(event) && this.#silent.delete(this.#at)) this.#watched.note(`Target ${this.#at} responds again.`);
    if (event.type === 'trial' && event.record.status === 'failed') this.#tellFailure(this.#at, event.record.fault);
  }

  /** A phase tells how far it is also while it waits. Only a call that has completed in between shows that the target answers. */
  #isHeard(event: SessionEvent): boolean {
    if (!('doneFiles' in event)) return true;
    const { type, doneFiles, doneBytes } = event;
    const place = `${type} ${doneFiles} ${doneBytes}`;
    const isHeard = place !== this.#place;
    this.#place = place;
    return isHeard;
  }

  /** While threads start, the target is not asked anything, so it is not to blame. A stopped run does not wait for them. */
  #handleStart(event: Extract<SessionEvent, { type: 'starting' }>): void {
    const { trialId, startedWorkers, workers } = event;
    const nowMs = performance.now();
    if (this.#starting?.trialId !== trialId) this.#starting = { trialId, sinceMs: nowMs, isTold: false };
    if (!this.#watched.isStopping()) this.#heardMs = nowMs;
    this.#at = startedWorkers < workers ? null : this.#targetOf(event);
    if (this.#starting.isTold || nowMs - this.#starting.sinceMs < MUTE_MS) return;
    this.#starting.isTold = true;
    this.#watched.note(
      `${startedWorkers} of ${workers} worker threads have started after ${MUTE_MS / 1000} s. This machine is busy or short of memory. Still waiting; press Ctrl-C to stop.`,
    );
  }

  #targetOf(event: SessionEvent): string | null {
    if (event.type === 'trial') return event.record.target;
    if ('target' in event) return event.target;
    return this.#watched.plan.arms.find(({ id }) => id === event.arm)?.target ?? null;
  }

  /** Reports a session that has said nothing for too long. Called once a second. */
  look(): void {
    const muteMs = performance.now() - this.#heardMs;
    if (this.#at !== null && muteMs >= MUTE_MS) this.#tell(this.#at, MUTE_MS / 1000);
    if (muteMs >= STOP_MS && this.#watched.isStopping()) {
      if (this.#at !== null) this.#silent.add(this.#at);
      this.#watched.kill();
    }
  }

  #tell(name: string, seconds: number): void {
    if (this.#silent.has(name)) return;
    this.#silent.add(name);
    this.#watched.note(
      `No response from ${this.#placeOf(name)} for ${seconds} s. Still waiting; press Ctrl-C to stop.`,
    );
  }

  /** Reports once per target that its mount fails, and why if it is not a hard mount. */
  #tellFailure(name: string, fault: TrialRecord['fault']): void {
    if (fault === null || !LOST_CODES.has(fault.code) || this.#failed.has(name)) return;
    this.#failed.add(name);
    const recovery = this.#watched.targets.find((target) => target.name === name)?.nfs?.options.recovery ?? 'hard';
    const reason =
      recovery === 'hard' ? '' : `; its mount is ${recovery}, so it fails where a hard mount would wait for the server`;
    const meaning =
      fault.code === 'ESTALE' ? ': files or the export itself were removed or replaced on the server' : '';
    this.#watched.note(`${this.#placeOf(name)} fails with ${fault.code}${meaning}${reason}`);
  }

  #placeOf(name: string): string {
    return placeText(`target ${name}`, this.#watched.targets.find((target) => target.name === name) ?? null);
  }
}
