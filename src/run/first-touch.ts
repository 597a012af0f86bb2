/**
 * Touches targets before they are used. A process that touches a mount whose server is gone blocks without an error, so a
 * process that can be abandoned goes first and the terminal stays responsive.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import { findMount, readMounts } from '../host/system/mountinfo.js';
import { SILENCE_NS } from '../trial/live.js';
import type { NamedPath } from './request.js';
import { placeText } from './watchdog.js';

/** A message of the touching process: the path that it is about to touch, or null when the target has responded. */
export interface Touched {
  /** Index of the target. */
  readonly target: number;
  readonly at: string | null;
}

/** Fewest threads for blocking calls. Each target needs one, or a target that responds could wait behind one that does not. */
const LEAST_THREADS = 4;

class Touch {
  /** Targets that have not responded, with the path that each waits for. */
  readonly waiting: Map<NamedPath, string>;
  readonly answered: Promise<void>;
  readonly #child: ChildProcess;

  constructor(targets: readonly NamedPath[]) {
    this.waiting = new Map(targets.map((target) => [target, target.path]));
    this.#child = fork(new URL('./touch-process.js', import.meta.url), {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { ...process.env, UV_THREADPOOL_SIZE: String(Math.max(LEAST_THREADS, targets.length)) },
    });
    this.answered = new Promise((resolve) => {
      this.#child.on('message', ({ target: index, at }: Touched) => {
        const target = targets[index] as NamedPath;
        if (at === null) this.waiting.delete(target);
        else this.waiting.set(target, at);
        if (this.waiting.size === 0) resolve();
      });
      // If no process can be started, the targets are used without a first touch.
      this.#child.on('error', () => resolve());
      this.#child.on('exit', () => resolve());
    });
    this.#child.send(
      targets.map(({ path }) => path),
      () => undefined,
    );
  }

  /** Kills the process. Abandons it if it is blocked in the kernel. */
  leave(): void {
    this.#child.kill('SIGKILL');
    this.#child.unref();
    this.#child.channel?.unref();
  }
}

/**
 * Waits until every mounted target has responded, without a time limit. A note names each target that has not responded
 * within 10 s. Servers without a mount are not touched here: their users have time limits. Does not check the targets.
 */
export async function untilTargetsAnswer(targets: readonly NamedPath[], note: (text: string) => void): Promise<void> {
  const mounted = targets.filter(({ path }) => !isNfsUrl(path));
  if (mounted.length === 0) return;
  const touch = new Touch(mounted);
  const seconds = SILENCE_NS / 1e9;
  const timer = setTimeout(() => {
    for (const [target, at] of touch.waiting)
      note(
        `No response from target ${placeText(target.name, findMount(readMounts(), at))} for ${seconds} s. Still waiting; press Ctrl-C to stop.`,
      );
  }, seconds * 1000);
  await touch.answered;
  clearTimeout(timer);
}

/** Returns the names of the targets that respond within `limitMs`. */
export async function answeringWithin(targets: readonly NamedPath[], limitMs: number): Promise<ReadonlySet<string>> {
  if (targets.length === 0) return new Set();
  const touch = new Touch(targets);
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([touch.answered, limit]);
  clearTimeout(timer);
  touch.leave();
  return new Set(targets.filter((target) => !touch.waiting.has(target)).map(({ name }) => name));
}
