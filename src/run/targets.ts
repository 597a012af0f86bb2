import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatBytes } from '../base/units.js';
import { findOwnDirectories, ownDirectoryPath, removeOwnDirectory } from '../host/files/own-directory.js';
import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import type { Target } from '../plan/plan.js';
import { answeringWithin, touchableOf } from './first-touch.js';
import type { NamedPath } from './request.js';

/** The directories to measure, and a function to clean up. */
export interface UsedTargets {
  readonly list: readonly NamedPath[];
  /** Removes the temporary directory, if one was made. */
  readonly dispose: () => void;
}

/** Returns the named targets, or a new directory in the system's temporary directory if there are none. */
export function useTargets(named: readonly NamedPath[]): UsedTargets {
  if (named.length > 0) return { list: named, dispose: () => {} };
  const path = mkdtempSync(join(tmpdir(), 'feedrate-'));
  return { list: [{ name: 'tmp', path }], dispose: () => rmSync(path, { recursive: true, force: true }) };
}

/** Returns a line for each directory that a killed run left in the targets, with the command that removes it. */
export function leftoverNotes(targets: readonly Target[]): string[] {
  return targets.flatMap((target) =>
    findOwnDirectories(target)
      .filter(({ kind, state }) => kind === 'scratch' && state === 'dead')
      .map(
        ({ runId, allocatedBytes }) =>
          `run ${runId} was killed and left ${formatBytes(allocatedBytes)} in ${target.path}; remove it with: feedrate clean -t ${target.path}`,
      ),
  );
}

/** A target that does not respond within this time is not cleaned up, ms. */
const REMOVE_WITHIN_MS = 3000;

/**
 * Removes a run's scratch directories after its session process was killed. Does not touch targets that do not respond:
 * those known to be silent, and those that do not respond to a first touch.
 */
export async function removeScratch(
  targets: readonly Target[],
  runId: string,
  silent: ReadonlySet<string>,
  note: (text: string) => void,
): Promise<void> {
  const asked = touchableOf(targets.filter(({ name }) => !silent.has(name)));
  const answering = [...(await answeringWithin(asked, REMOVE_WITHIN_MS))].map(({ path }) => path);
  for (const target of targets) {
    // Servers without a mount have time limits, so they are simply tried.
    const isTried = isNfsUrl(target.path) ? !silent.has(target.name) : answering.includes(target.path);
    if (!isTried) {
      note(
        `target ${target.name} does not respond, so files of this run remain there; remove them later with: feedrate clean -t ${target.path}`,
      );
      continue;
    }
    try {
      removeOwnDirectory(ownDirectoryPath(target, runId, 'scratch'), runId);
    } catch (thrown) {
      note((thrown as Error).message);
    }
  }
}
