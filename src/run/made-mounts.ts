/** Mounts an export for a measurement, each mount with its own directory on the export, and unmounts it again. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import { findOwnDirectories, removeOwnDirectory } from '../host/files/own-directory.js';
import { mountNfs, unmount } from '../host/nfs/mounting.js';
import { nfsMountOf } from '../host/nfs/read-nfs.js';
import { mountOf } from '../host/system/mountinfo.js';
import type { PlannedMount } from '../plan/mount-plan.js';
import type { NamedPath } from './request.js';

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
  readonly #root = mkdtempSync(join(tmpdir(), 'feedrate-mounts-'));
  readonly #mounted: string[] = [];
  readonly #targets: NamedPath[] = [];

  /** Mounts, checks the negotiated options, and returns the targets. Throws `FeedrateError`; call `dispose` in any case. */
  make(planned: readonly PlannedMount[]): readonly NamedPath[] {
    for (const { name, source, options, connections } of planned) {
      const directory = join(this.#root, name);
      mkdirSync(directory);
      try {
        mountNfs(source, options, directory);
      } catch (thrown) {
        rmdirSync(directory);
        throw thrown;
      }
      this.#mounted.push(directory);
      requireConnections(directory, options, connections);
      // All mounts may show the same directory of the server, so each gets its own subdirectory.
      const path = join(directory, `feedrate-${name}`);
      mkdirSync(path, { recursive: true });
      this.#targets.push({ name, path });
    }
    return this.#targets;
  }

  /** Removes feedrate's files in the targets, then the mounts. Returns a message for each failure. */
  dispose(): string[] {
    const problems: string[] = [];
    const attempt = (work: () => void) => {
      try {
        work();
      } catch (thrown) {
        problems.push((thrown as Error).message);
      }
    };
    for (const { name, path } of this.#targets) {
      if (!answers(path)) {
        problems.push(`${name} does not respond, so feedrate-${name} was not removed from the server`);
        continue;
      }
      attempt(() => {
        for (const own of findOwnDirectories({ path })) removeOwnDirectory(own.path);
        rmdirSync(path);
      });
    }
    for (const directory of this.#mounted.reverse()) {
      const problem = unmount(directory);
      if (problem !== null) problems.push(`cannot unmount ${directory}: ${problem}`);
      else attempt(() => rmdirSync(directory));
    }
    if (problems.length === 0) attempt(() => rmdirSync(this.#root));
    return problems;
  }
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
