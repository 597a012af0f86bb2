/**
 * Touches directories before they are used. A process that touches a mount whose server is gone blocks without an error, so
 * a process that can be abandoned goes first and the terminal stays responsive.
 */
import { resolve } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import { INTERRUPTIONS } from '../base/interruptions.js';
import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import { findMount, readMounts } from '../host/system/mountinfo.js';
import { SILENCE_NS } from '../trial/live.js';
import type { NamedPath } from './request.js';
import { StartedProcess } from './started-process.js';
import { type StopHandle, stoppedEarly } from './stop-handle.js';
import { placeText } from './watchdog.js';

/** A directory that is about to be used. */
export interface Touchable {
  /** For messages, such as `target a`. */
  readonly what: string;
  readonly path: string;
}

/** A message of the touching process: the path that it is about to touch, or null when the target has responded. */
export interface Touched {
  /** Index of the target. */
  readonly target: number;
  readonly at: string | null;
}

/** Fewest threads for blocking calls. Each target needs one, or a target that responds could wait behind one that does not. */
const LEAST_THREADS = 4;

/**
 * Returns the directories to touch. Servers without a mount are left out: their users have time limits.
 * @param resultsDirectory null: nothing is saved
 */
export function touchableOf(targets: readonly NamedPath[], resultsDirectory: string | null = null): Touchable[] {
  const mounted = targets.filter(({ path }) => !isNfsUrl(path));
  const places = mounted.map(({ name, path }) => ({ what: `target ${name}`, path }));
  if (resultsDirectory !== null) places.push({ what: 'the results directory', path: resolve(resultsDirectory) });
  return places;
}

class Touch {
  /** Directories that have not responded, with the path that each waits for. */
  readonly waiting: Map<Touchable, string>;
  /** Rejects with a `FeedrateError` when the process did not start or was ended. */
  readonly answered: Promise<void>;
  readonly #process: StartedProcess;

  constructor(places: readonly Touchable[]) {
    this.waiting = new Map(places.map((place) => [place, place.path]));
    this.#process = new StartedProcess(new URL('./touch-process.js', import.meta.url), {
      env: { ...process.env, UV_THREADPOOL_SIZE: String(Math.max(LEAST_THREADS, places.length)) },
    });
    this.answered = new Promise((resolve, reject) => {
      this.#process.child?.on('message', ({ target: index, at }: Touched) => {
        const place = places[index] as Touchable;
        if (at === null) this.waiting.delete(place);
        else this.waiting.set(place, at);
        if (this.waiting.size === 0) resolve();
      });
      void this.#process.ended.then(({ signal, reason }) => {
        // Ctrl-C goes to all processes of a terminal.
        if (INTERRUPTIONS.some((interruption) => interruption === signal)) reject(stoppedEarly());
        else reject(new FeedrateError('measurement', `the process that checks the targets ${reason}`));
      });
    });
    this.#process.send(places.map(({ path }) => path));
  }

  /** Kills the process. Abandons it if it is blocked in the kernel. */
  leave(): void {
    this.#process.kill();
    this.#process.leave();
  }
}

/**
 * Waits until every directory has responded, without a time limit. A note names each one that has not responded within
 * 10 s. Does not check the directories.
 * @throws FeedrateError `interrupted` after a stop request, `measurement` when no process could be started
 */
export async function untilTouched(
  places: readonly Touchable[],
  note: (text: string) => void,
  stop?: StopHandle,
): Promise<void> {
  if (places.length === 0) return;
  const touch = new Touch(places);
  const seconds = SILENCE_NS / 1e9;
  const timer = setTimeout(() => {
    for (const [{ what }, at] of touch.waiting)
      note(
        `No response from ${placeText(what, findMount(readMounts(), at))} for ${seconds} s. Still waiting; press Ctrl-C to stop.`,
      );
  }, seconds * 1000);
  try {
    await (stop === undefined ? touch.answered : stop.unlessAsked(touch.answered));
  } finally {
    clearTimeout(timer);
    touch.leave();
  }
}

/** Returns the directories that respond within `limitMs`. None do when no process can be started. */
export async function answeringWithin(places: readonly Touchable[], limitMs: number): Promise<ReadonlySet<Touchable>> {
  if (places.length === 0) return new Set();
  const touch = new Touch(places);
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([touch.answered.catch(() => undefined), limit]);
  clearTimeout(timer);
  touch.leave();
  return new Set(places.filter((place) => !touch.waiting.has(place)));
}
