/**
 * Touches directories before they are used. A process that touches a mount whose server is gone blocks without an error, so
 * a process that can be abandoned goes first and the terminal stays responsive.
 */
import { resolve } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import { INTERRUPTIONS } from '../base/interruptions.js';
import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import { findMount, readMounts } from '../host/system/mountinfo.js';
import { SILENCE_NS } from '../trial/silence-limit.js';
import { placeText } from './place-text.js';
import type { NamedPath } from './request.js';
import type { FromSession } from './session-messages.js';
import { StartedProcess } from './started-process.js';
import { type StopHandle, stoppedEarly } from './stop-handle.js';

/** A directory that is about to be used. */
export interface Touchable {
  /** For messages, such as `target a`. */
  readonly what: string;
  readonly path: string;
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

  /** @param touching a process that touches these places, as `touchAll` does */
  constructor(places: readonly Touchable[], touching: StartedProcess) {
    this.waiting = new Map(places.map((place) => [place, place.path]));
    this.#process = touching;
    this.answered = new Promise((resolve, reject) => {
      touching.child?.on('message', (message: FromSession) => {
        if (message.type !== 'touched') return;
        const place = places[message.target] as Touchable;
        if (message.at === null) this.waiting.delete(place);
        else this.waiting.set(place, message.at);
        if (this.waiting.size === 0) resolve();
      });
      void touching.ended.then(({ signal, reason }) => {
        // Ctrl-C goes to all processes of a terminal.
        if (INTERRUPTIONS.some((interruption) => interruption === signal)) reject(stoppedEarly());
        else reject(new FeedrateError('measurement', `the process that checks the targets ${reason}`));
      });
    });
  }

  /** Kills the process. Abandons it if it is blocked in the kernel. */
  leave(): void {
    this.#process.kill();
    this.#process.leave();
  }
}

/** Starts a process that only touches these places. */
function startTouching(places: readonly Touchable[]): StartedProcess {
  return new StartedProcess(new URL('./touch-process.js', import.meta.url), touchArguments(places), {
    env: { ...process.env, ...touchVariables(places) },
  });
}

/** Returns the arguments of a process that touches these places. */
export function touchArguments(places: readonly Touchable[]): string[] {
  return places.map(({ path }) => path);
}

/** Returns the environment variables that such a process needs. */
export function touchVariables(places: readonly Touchable[]): Readonly<Record<string, string>> {
  return { UV_THREADPOOL_SIZE: String(Math.max(LEAST_THREADS, places.length)) };
}

/**
 * Waits until every directory has responded, without a time limit. A note names each one that has not responded within
 * 10 s. Does not check the directories.
 * @param touching a process that touches the places. It is left as it is. Default: one of its own, which is ended
 * @throws FeedrateError `interrupted` after a stop request, `measurement` when no process could be started
 */
export async function untilTouched(
  places: readonly Touchable[],
  note: (text: string) => void,
  stop?: StopHandle,
  touching?: StartedProcess,
): Promise<void> {
  if (places.length === 0) return;
  const touch = new Touch(places, touching ?? startTouching(places));
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
    if (touching === undefined) touch.leave();
  }
}

/** Returns the directories that respond within `limitMs`. None do when no process can be started. */
export async function answeringWithin(places: readonly Touchable[], limitMs: number): Promise<ReadonlySet<Touchable>> {
  if (places.length === 0) return new Set();
  const touch = new Touch(places, startTouching(places));
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([touch.answered.catch(() => undefined), limit]);
  clearTimeout(timer);
  touch.leave();
  return new Set(places.filter((place) => !touch.waiting.has(place)));
}
