/**
 * Touches the targets for `first-touch.ts`. It may wait for a mount forever, so it is a process that can be killed or
 * abandoned. There is no other reliable way to end such a wait.
 */
import { readlink, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Touched } from './first-touch.js';

/** The number of links that the kernel follows in a path. */
const MOST_LINKS = 40;

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '');

function tell(message: Touched): void {
  if (process.connected) process.send?.(message);
}

/** Follows the path and its links. Reports each step before taking it, so that a mount that blocks can be named. */
async function walk(target: number, path: string): Promise<void> {
  const ahead = partsOf(path);
  let at = '/';
  for (let links = 0; ahead.length > 0 && links <= MOST_LINKS; ) {
    const next = join(at, ahead.shift() as string);
    tell({ target, at: next });
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
  tell({ target, at: null });
}

// The parent ends this process when it knows enough. Only SIGKILL ends a process with a thread that waits for an unresponsive server.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.once('message', (paths: readonly string[]) => {
  for (const [target, path] of paths.entries()) void touch(target, path);
});
