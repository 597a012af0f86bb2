/** Keeps `live.json` up to date while a run is measured, so that other processes can watch it. */
import { LIVE_VERSION, type LivePoint, type LiveRates, type LiveStatus } from '../base/live-status.js';
import type { Plan } from '../plan/plan.js';
import { encodeLive } from '../record/live-codec.js';
import { LiveFile } from '../store/live-file.js';
import type { SessionEvent } from '../trial/events.js';
import type { Looks } from '../trial/live.js';
import type { RunListener } from './listener.js';

/** The least time between two writes. Shorter runs are never written. */
const WRITE_EVERY_MS = 350;
/** What a reader sees is younger than a second: more than half of it is for the reader and the way there. */
const LOOK_EVERY_MS = 400;
/** The window of the current rate. */
const CURRENT_MS = 1000;
const POINT_EVERY_MS = 1000;
const RECENT_POINTS = 180;
/** A name may be longer than anybody reads. */
const NAME_CHARACTERS = 300;

type Shown = Exclude<SessionEvent, { type: 'trial' | 'abandoned' }>;
type Measuring = Extract<SessionEvent, { type: 'progress' }>;

const DOING: Readonly<Record<Shown['type'], string>> = {
  scan: 'looking for files',
  layout: 'creating data files',
  prepare: 'preparing the caches',
  removal: 'removing files',
  starting: 'starting workers',
  progress: 'measuring',
};

/** Returns how closely trials are observed, so that the status is never older than half a second. */
export function liveLooks(looks: Looks): Looks {
  return { ...looks, everyMs: Math.min(looks.everyMs, LOOK_EVERY_MS) };
}

/** The status of one run, from its events. */
export class LiveWriter {
  readonly #file: LiveFile;
  readonly #nowMs: () => number;
  readonly #totalTrials: number;
  readonly #recent: LivePoint[] = [];
  #doneTrials: number;
  #etaNs: number | null = null;
  #writtenMs: number;
  /** Progress of the running trial within the window of the current rate, and since the last point. */
  #window: { readonly atMs: number; readonly event: Measuring }[] = [];

  /**
   * @param nowMs milliseconds since 1970
   */
  constructor(runDirectory: string, { trials }: Plan, firstSession: number, nowMs: () => number = Date.now) {
    this.#file = new LiveFile(runDirectory);
    this.#nowMs = nowMs;
    this.#totalTrials = trials.length;
    this.#doneTrials = trials.filter(({ session }) => session < firstSession).length;
    this.#writtenMs = nowMs();
  }

  /** Returns a listener that also keeps the status. */
  listener(listener: RunListener): RunListener {
    return {
      ...listener,
      event: (event) => {
        this.take(event);
        listener.event?.(event);
      },
    };
  }

  take(event: SessionEvent): void {
    if (event.type === 'abandoned') return;
    if (event.type === 'trial') {
      this.#doneTrials++;
      return;
    }
    const atMs = this.#nowMs();
    const now = event.type === 'progress' ? this.#measured(event, atMs) : this.#nothing();
    if ('etaNs' in event && event.etaNs !== undefined) this.#etaNs = event.etaNs;
    if (atMs - this.#writtenMs < WRITE_EVERY_MS) return;
    this.#writtenMs = atMs;
    this.#file.replace(encodeLive(this.#status(event, now, atMs)));
  }

  /** Removes the status: the run is over. */
  async end(): Promise<void> {
    await this.#file.remove();
  }

  #nothing(): null {
    this.#window = [];
    return null;
  }

  #measured(event: Measuring, atMs: number): LiveRates {
    this.#doneTrials = event.doneTrials;
    this.#window = [...this.#window.filter((earlier) => atMs - earlier.atMs < CURRENT_MS), { atMs, event }];
    const rates = this.#rates(event);
    if (atMs - (this.#recent.at(-1)?.atMs ?? 0) >= POINT_EVERY_MS) this.#recent.push({ atMs, ...rates });
    if (this.#recent.length > RECENT_POINTS) this.#recent.shift();
    return rates;
  }

  #rates({ p99Ns, nfs }: Measuring): LiveRates {
    const mean = (of: (event: Measuring) => number) =>
      this.#window.reduce((sum, { event }) => sum + of(event), 0) / this.#window.length;
    return {
      bytesPerSecond: mean((event) => event.bytesPerSecond),
      opsPerSecond: mean((event) => event.opsPerSecond),
      p99Ns,
      queueNs: nfs?.queueNs ?? null,
      roundTripNs: nfs?.roundTripNs ?? null,
    };
  }

  #status(event: Shown, now: LiveRates | null, atMs: number): LiveStatus {
    return {
      liveVersion: LIVE_VERSION,
      updatedAt: new Date(atMs).toISOString(),
      doing: DOING[event.type],
      arm: 'arm' in event ? event.arm.slice(0, NAME_CHARACTERS) : null,
      target: 'target' in event ? event.target.slice(0, NAME_CHARACTERS) : null,
      doneTrials: this.#doneTrials,
      totalTrials: this.#totalTrials,
      fraction: 'fraction' in event ? event.fraction : null,
      leftNs: 'leftNs' in event ? event.leftNs : null,
      etaNs: this.#etaNs,
      now,
      quietNs: event.type === 'progress' ? event.quietNs : null,
      recent: this.#recent,
    };
  }
}
