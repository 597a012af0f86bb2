/** Mounts an export for a measurement, each mount with its own directory on the export, and unmounts it again. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, realpathSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import { findLeftovers, type Leftover, removeLeftover } from '../host/files/leftovers.js';
import { passingName } from '../host/files/own-names.js';
import { mountNfs, unmount } from '../host/nfs/mounting.js';
import { nfsMountOf } from '../host/nfs/read-nfs.js';
import { mountOf, readMounts } from '../host/system/mountinfo.js';
import type { PlannedMount } from '../plan/mount-plan.js';
import type { NamedPath } from './request.js';
import { makeTemporary } from './temporary.js';

const ANSWER_MS = 10_000;

/**
 * Makes the planned mounts, passes the targets to `use`, and always unmounts. Requires root.
 * @param note called for each mount or directory that could not be removed
 * @throws FeedrateError when a mount fails or has a different number of connections than planned, and what `use` throws
 */
export async function withMadeMounts<T>(
  planned: readonly PlannedMount[],
  note: (text: string) => void,
  use: (targets: readonly NamedPath[]) => T | Promise<T>,
): Promise<T> {
  const mounts = new MadeMounts();
  try {
    return await use(mounts.make(planned));
  } finally {
    for (const problem of mounts.dispose()) note(problem);
  }
}

class MadeMounts {
  #root: string | null = null;
  readonly #targets: NamedPath[] = [];

  /** Mounts, checks the negotiated options, and returns the targets. Throws `FeedrateError`; call `dispose` in any case. */
  make(planned: readonly PlannedMount[]): readonly NamedPath[] {
    const root = realpathSync(makeTemporary('mounts', 'set TMPDIR to a directory that root may write to'));
    this.#root = root;
    for (const { name, source, options, connections } of planned) {
      const directory = join(root, name);
      mkdirSync(directory);
      mountNfs(source, options, directory);
      requireConnections(directory, options, connections);
      // All mounts may show the same directory of the server, so each gets its own subdirectory.
      const path = join(directory, passingName('exported'));
      mkdirSync(path);
      this.#targets.push({ name, path });
    }
    return this.#targets;
  }

  /** Removes feedrate's files in the targets, then the mounts. Returns a message for each failure. */
  dispose(): string[] {
    if (this.#root === null) return [];
    return takeDown(this.#root, ({ path }) => this.#targets.some((target) => target.path === path));
  }
}

/**
 * Removes the mounts below a directory that `mount-matrix` made, with their targets on the export, and the directory.
 * Returns a message for each part that remains.
 * @param isOurs whether to remove a target. Other runs may have theirs on the same export
 */
export function takeDown(root: string, isOurs: (target: Leftover) => boolean): string[] {
  const problems: string[] = [];
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (thrown) {
      problems.push((thrown as Error).message);
    }
  };
  const mountPoints = new Set(readMounts().map(({ mountPoint }) => mountPoint));
  const names = existsSync(root) ? readdirSync(root).reverse() : [];
  for (const directory of names.map((name) => join(root, name))) {
    if (mountPoints.has(directory)) {
      if (!answers(directory))
        problems.push(`${directory} does not respond, so files of feedrate remain on the server`);
      else attempt(() => removeTargets(directory, isOurs));
      const problem = unmount(directory);
      if (problem !== null) problems.push(`cannot unmount ${directory}: ${problem}`);
    }
    if (problems.length === 0) attempt(() => rmdirSync(directory));
  }
  if (problems.length === 0 && existsSync(root)) attempt(() => rmdirSync(root));
  return problems;
}

function removeTargets(directory: string, isOurs: (target: Leftover) => boolean): void {
  for (const target of findLeftovers(directory, ['exported'])) if (isOurs(target)) removeLeftover(target.path);
}

/** Returns whether the path responds within the limit. Uses another process, which can be abandoned. */
function answers(path: string): boolean {
  return spawnSync('stat', ['-f', path], { timeout: ANSWER_MS, killSignal: 'SIGKILL', stdio: 'ignore' }).status === 0;
}

/** Throws unless the mount has the connections it asked for. It shares those of an earlier mount of the same server. */
function requireConnections(directory: string, options: string, asked: number): void {
  const nfs = nfsMountOf(mountOf(directory));
  const open = nfs?.openTransports ?? null;
  if (nfs === null || open === null || open === asked) return;
  throw new FeedrateError(
    'target',
    `mount ${options}: the number of connections is ${open} instead of ${asked}, because the mount shares those of an earlier mount of the server. Unmount the others, or use another address of the server with --export`,
  );
}
