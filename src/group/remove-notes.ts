import { readdir, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The names of a group's files. */
export const NOTE_NAME = /^(?:rank-\d+|summary)$/;
/** A file that another process of this machine has open on NFS keeps a name until it is closed. */
const HELD_NAME = /^\.nfs[0-9a-f]+$/;
const TRIES = 20;
const BETWEEN_TRIES_MS = 100;

/**
 * Removes the files of a group and their directory. `all` is false for a rank that cannot know whether others still need
 * them: it removes its own file, and the rest when no other rank has one. Throws an error of Node's shape.
 */
export async function removeNotes(directory: string, rank: number, all: boolean): Promise<void> {
  const own = `rank-${rank}`;
  const names = await readdir(directory);
  const isLast = names.every((name) => [own, 'rank-0', 'summary'].includes(name) || HELD_NAME.test(name));
  const mine = all || isLast ? names.filter((name) => NOTE_NAME.test(name)) : [own];
  for (const name of mine) await unlink(join(directory, name)).catch(() => {});
  if (!all && !isLast) return;
  for (let tries = 1; tries <= TRIES; tries++) {
    const left = await rmdir(directory).then(
      () => [],
      () => readdir(directory),
    );
    if (left.length === 0 || !left.every((name) => HELD_NAME.test(name))) return;
    await sleep(BETWEEN_TRIES_MS);
  }
}
