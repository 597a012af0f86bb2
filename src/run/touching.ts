/**
 * Touches targets for `first-touch.ts`, in a process that can be killed or abandoned: a touch may wait for a mount forever.
 * There is no other reliable way to end such a wait.
 */
import { readlink, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** The number of links that the kernel follows in a path. */
const MOST_LINKS = 40;

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '');

/** A message of the touching process: the path that it is about to touch, or null when the target has responded. */
export interface Touched {
  readonly type: 'touched';
  /** Index of the target. */
  readonly target: number;
  readonly at: string | null;
}

function tell(target: number, at: string | null): void {
  const message: Touched = { type: 'touched', target, at };
  if (process.connected) process.send?.(message);
}

/** Follows the path and its links. Reports each step before taking it, so that a mount that blocks can be named. */
async function walk(target: number, path: string): Promise<void> {
  const ahead = partsOf(path);
  let at = '/';
  for (let links = 0; ahead.length > 0 && links <= MOST_LINKS; ) {
    const next = join(at, ahead.shift() as string);
    tell(target, next);
    const link = await readlink(next).catch(() => null);
    if (link === null) at = next;
    else {
      links++;
      ahead.unshift(...partsOf(resolve(at, link)));
      at = '/';
    }
  }
}

/** Touches a target. statfs(2) triggers automounts and is not cached. Its errors are reported when the target is used. */
async function touch(target: number, path: string): Promise<void> {
  await walk(target, path);
  await statfs(path).catch(() => null);
  tell(target, null);
}

/**
 * Touches these paths at the same time and tells the parent of every step. Resolves when all have responded. The process
 * ends when its parent does: only SIGKILL ends a process with a thread that waits for an unresponsive server.
 */
export async function touchAll(paths: readonly string[]): Promise<void> {
  const end = () => process.kill(process.pid, 'SIGKILL');
  process.on('disconnect', end);
  await Promise.all(paths.map((path, target) => touch(target, path)));
  process.off('disconnect', end);
}
