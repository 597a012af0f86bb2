/**
 * Touches the targets for `first-touch.ts`. It may wait for a mount for ever, so it is a process that can be killed, or
 * left behind: no other way out of such a wait is sure.
 */
import { readlink, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Touched } from './first-touch.js';

/** As many as the kernel follows. */
const MOST_LINKS = 40;

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '');

function tell(message: Touched): void {
  if (process.connected) process.send?.(message);
}

/** Says before each step which path it takes, so that a mount that holds it up can be named, also behind links. */
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

/** statfs(2) has what automounts mounted, and no cache answers it. What it refuses is told by who uses the target. */
async function touch(target: number, path: string): Promise<void> {
  await walk(target, path);
  await statfs(path).catch(() => null);
  tell({ target, at: null });
}

// Only SIGKILL ends a process with a thread that waits for a dead server.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.once('message', async (paths: readonly string[]) => {
  await Promise.all(paths.map((path, target) => touch(target, path)));
  process.exit();
});
