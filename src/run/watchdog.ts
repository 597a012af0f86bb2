/** Tells of targets that stop answering, and sees to it that a stop ends the run all the same. */
import type { Plan } from '../plan/plan.js';
import type { TargetEnvironment } from '../record/run-record.js';
import type { TrialRecord } from '../record/trial-record.js';
import type { SessionEvent } from '../trial/events.js';
import { SILENCE_NS } from '../trial/live.js';

/** Between two looks. */
const LOOK_MS = 1000;
/** Without any word of the session it may sync or read much before a trial; longer than trials may be silent. */
const MUTE_MS = 30_000;
/** After a stop, a session that has been mute for so long is ended. */
const STOP_MS = 10_000;

/** What a file system says whose storage is gone. */
const LOST_CODES: ReadonlySet<string> = new Set([
  'EIO',
  'ETIMEDOUT',
  'ESTALE',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENOTCONN',
]);

/** Whether the target must have done something for it: to begin, to fail and to be left take no answer. */
function isAnswer(event: SessionEvent): boolean {
  return event.type === 'trial' ? event.record.status === 'ok' : event.type !== 'prepare';
}

/** A target with what it lies on, as it is told to people. */
export function placeText(name: string, mount: Pick<TargetEnvironment, 'source' | 'mountPoint'> | null): string {
  return mount === null ? name : `${name} (${mount.source} on ${mount.mountPoint})`;
}

/** What the watchdog does things to. */
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
  /** What the session was at when it was last heard. */
  #at: string | null = null;

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  /** Names of targets that do not answer now: to touch them is to wait for them. */
  get silent(): ReadonlySet<string> {
    return this.#silent;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  handle(event: SessionEvent): void {
    this.#heardMs = performance.now();
    this.#at = this.#targetOf(event);
    if (this.#at === null) return;
    if (event.type === 'abandoned') {
      this.#silent.add(this.#at);
      this.#watched.kill();
    } else if (event.type === 'progress' && event.quietNs >= SILENCE_NS) this.#tell(this.#at, SILENCE_NS / 1e9);
    else if (isAnswer(event) && this.#silent.delete(this.#at)) this.#watched.note(`target ${this.#at} answers again`);
    if (event.type === 'trial' && event.record.status === 'failed') this.#tellFailure(this.#at, event.record.fault);
  }

  #targetOf(event: SessionEvent): string | null {
    if (event.type === 'trial') return event.record.target;
    if (event.type === 'layout' || event.type === 'abandoned') return event.target;
    return this.#watched.plan.arms.find(({ id }) => id === event.arm)?.target ?? null;
  }

  #look(): void {
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
      `target ${this.#placeOf(name)} has not answered for ${seconds} s; waiting for it; Ctrl-C ends the run`,
    );
  }

  /** Says once which mount it is that fails, and why its kind of mount does. */
  #tellFailure(name: string, fault: TrialRecord['fault']): void {
    if (fault === null || !LOST_CODES.has(fault.code) || this.#failed.has(name)) return;
    this.#failed.add(name);
    const recovery = this.#watched.targets.find((target) => target.name === name)?.nfs?.options.recovery ?? 'hard';
    const reason =
      recovery === 'hard' ? '' : `; its mount is ${recovery} and gives up on a server that a hard one would wait for`;
    this.#watched.note(`target ${this.#placeOf(name)} fails with ${fault.code}${reason}`);
  }

  #placeOf(name: string): string {
    return placeText(name, this.#watched.targets.find((target) => target.name === name) ?? null);
  }
}
