import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatBytes } from '../base/units.js';
import { findOwnDirectories, ownDirectoryPath, removeOwnDirectory } from '../host/files/own-directory.js';
import type { Target } from '../plan/plan.js';
import { answeringWithin } from './first-touch.js';
import type { NamedPath } from './request.js';

/** The directories to measure, and what undoes it. */
export interface UsedTargets {
  readonly list: readonly NamedPath[];
  /** Removes the temporary directory, if one was made. */
  readonly dispose: () => void;
}

/** The targets that were named, or a fresh directory below the system's temporary directory. */
export function useTargets(named: readonly NamedPath[]): UsedTargets {
  if (named.length > 0) return { list: named, dispose: () => {} };
  const path = mkdtempSync(join(tmpdir(), 'feedrate-'));
  return { list: [{ name: 'tmp', path }], dispose: () => rmSync(path, { recursive: true, force: true }) };
}

/** What runs that were killed left below the targets: a line each, with the remedy. */
export function leftoverNotes(targets: readonly Target[]): string[] {
  return targets.flatMap((target) =>
    findOwnDirectories(target)
      .filter(({ kind, state }) => kind === 'scratch' && state === 'dead')
      .map(
        ({ runId, allocatedBytes }) =>
          `run ${runId} was killed and left ${formatBytes(allocatedBytes)} below ${target.path}; remove it with: feedrate clean -t ${target.path}`,
      ),
  );
}

/** A target that has not answered for so long is left as it is, ms. */
const REMOVE_WITHIN_MS = 3000;

/**
 * Removes a run's scratch directories on behalf of a session process that no longer can. Targets that do not answer are
 * not touched, as nobody could say when they will: those that are known to be silent, and those that a first touch finds
 * so.
 */
export async function removeScratch(
  targets: readonly Target[],
  runId: string,
  silent: ReadonlySet<string>,
  note: (text: string) => void,
): Promise<void> {
  const asked = targets.filter(({ name }) => !silent.has(name));
  const answering = await answeringWithin(asked, REMOVE_WITHIN_MS);
  for (const target of targets) {
    if (!answering.has(target.name)) {
      note(
        `target ${target.name} does not answer: what the run wrote there stays; remove it later with: feedrate clean -t ${target.path}`,
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
