/** Mounts that feedrate makes itself, each with a directory of its own on the export, and takes away again. */
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
 * Mounts the plan, hands the targets to `use`, and takes the mounts away, whatever happens. Needs root.
 * @param note told what could not be taken away
 * @throws FeedrateError when a mount cannot be made or got other connections than planned, and what `use` throws
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

  /** Mounts them, checks what was negotiated, and gives the targets. Throws `FeedrateError`; `dispose` is due all the same. */
  make(planned: readonly PlannedMount[]): readonly NamedPath[] {
    for (const { name, source, options, connections } of planned) {
      const directory = join(this.#root, name);
      mkdirSync(directory);
      mountNfs(source, options, directory);
      this.#mounted.push(directory);
      requireConnections(directory, options, connections);
      // All mounts may show one directory of the server: each has its own files in it.
      const path = join(directory, `feedrate-${name}`);
      mkdirSync(path, { recursive: true });
      this.#targets.push({ name, path });
    }
    return this.#targets;
  }

  /** Removes what is feedrate's below the targets, then the mounts; returns what could not be. */
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
        problems.push(`${name} does not answer: feedrate-${name} stays on the server`);
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

/** Asked by another process, which can be left waiting. */
function answers(path: string): boolean {
  return spawnSync('stat', ['-f', path], { timeout: ANSWER_MS, killSignal: 'SIGKILL', stdio: 'ignore' }).status === 0;
}

/** Connections that an earlier mount of this server had opened stay as they are, whatever this one asked for. */
function requireConnections(directory: string, options: string, asked: number): void {
  const nfs = nfsMountOf(mountOf(directory));
  const open = nfs?.openTransports ?? null;
  if (nfs === null || open === null || open === asked) return;
  throw new FeedrateError(
    'target',
    `mount ${options}: ${open} connections are open, not ${asked}: this machine has the server mounted already, and mounts share connections; unmount the others, or name another address of the server with --export`,
  );
}
