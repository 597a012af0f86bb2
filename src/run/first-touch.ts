/**
 * The first touch of targets. A mount whose server is gone holds up whoever touches it, without a word; so a process that
 * can be left behind goes first, and the terminal stays alive meanwhile.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import { findMount, readMounts } from '../host/system/mountinfo.js';
import { SILENCE_NS } from '../trial/live.js';
import type { NamedPath } from './request.js';
import { placeText } from './watchdog.js';

/** What the touching process says: the path that it steps on now; null when the target has answered. */
export interface Touched {
  /** Index of the target. */
  readonly target: number;
  readonly at: string | null;
}

/** Threads that wait for calls; each target needs one, or those that answer would seem silent behind those that do not. */
const LEAST_THREADS = 4;

class Touch {
  /** Targets that have not answered, and the path that each waits for. */
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
      // Where no process can be started, the targets are used without.
      this.#child.on('error', () => resolve());
      this.#child.on('exit', () => resolve());
    });
    this.#child.send(
      targets.map(({ path }) => path),
      () => undefined,
    );
  }

  /** Ends it; one that the kernel does not let go is left behind. */
  leave(): void {
    this.#child.kill('SIGKILL');
    this.#child.unref();
    this.#child.channel?.unref();
  }
}

/**
 * Waits until every target has answered, for as long as it takes, as their mounts do. A note says which has not within
 * 10 s. Servers without a mount are asked with a limit of time by who uses them. Whether a target is any good is for those to say who use it.
 */
export async function untilTargetsAnswer(targets: readonly NamedPath[], note: (text: string) => void): Promise<void> {
  const mounted = targets.filter(({ path }) => !isNfsUrl(path));
  if (mounted.length === 0) return;
  const touch = new Touch(mounted);
  const seconds = SILENCE_NS / 1e9;
  const timer = setTimeout(() => {
    for (const [target, at] of touch.waiting)
      note(
        `target ${placeText(target.name, findMount(readMounts(), at))} has not answered for ${seconds} s; waiting for it; Ctrl-C ends feedrate`,
      );
  }, seconds * 1000);
  await touch.answered;
  clearTimeout(timer);
}

/** Names of those targets that answer within the time. */
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
