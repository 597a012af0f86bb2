import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { shellWord } from '../base/shell-word.js';
import { formatBytes } from '../base/units.js';
import { ownDirectoryPath, removeOwnDirectory } from '../host/files/own-directory.js';
import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import type { Target } from '../plan/plan.js';
import { type Cleanable, cleanableInTarget, cleanableInTemporary } from './cleanable.js';
import { answeringWithin, touchableOf } from './first-touch.js';
import type { NamedPath } from './request.js';
import { makeTemporary } from './temporary.js';

/** The directories to measure, and a function to clean up. */
export interface UsedTargets {
  readonly list: readonly NamedPath[];
  /** Removes the temporary directory, if one was made. */
  readonly dispose: () => void;
}

/** Returns the named targets, or a new directory in the system's temporary directory if there are none. */
export function useTargets(named: readonly NamedPath[]): UsedTargets {
  if (named.length > 0) return { list: named, dispose: () => {} };
  const path = makeTemporary('target', 'name a target with -t, or set TMPDIR');
  return { list: [{ name: 'tmp', path }], dispose: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * Returns a line for each place where killed processes left something, with the command that removes it: the targets, and
 * the system's temporary directory.
 */
export function leftoverNotes(targets: readonly Target[]): string[] {
  const paths = [...new Set(targets.map(({ path }) => path))];
  const inTargets = paths.flatMap((path) =>
    leftoverNote(cleanableInTarget(path), path, `feedrate clean -t ${shellWord(path)}`),
  );
  return [...inTargets, ...leftoverNote(inTemporary(), tmpdir(), 'feedrate clean')];
}

/**
 * Removes the scratch files of killed runs from the targets of a group, whose user cannot look after every machine. Each rank
 * removes those of its own machine. Returns a line for each target where there were some.
 */
export function removeDeadScratch(targets: readonly Target[]): string[] {
  return targets.flatMap(({ name, path }) => {
    const dead = cleanableInTarget(path).filter(({ kind, state }) => kind === 'scratch' && state === 'dead');
    const bytes = dead.reduce((sum, { allocatedBytes }) => sum + allocatedBytes, 0);
    const removed = dead.filter(({ path: own }) => {
      try {
        removeOwnDirectory(own);
        return true;
      } catch {
        // Another rank of this machine removes it.
        return false;
      }
    });
    return removed.length === 0 ? [] : [`target ${name}: removed ${formatBytes(bytes)} of runs that were killed`];
  });
}

function inTemporary(): readonly Cleanable[] {
  try {
    return cleanableInTemporary();
  } catch {
    // A run with targets of its own does not need the temporary directory.
    return [];
  }
}

function leftoverNote(found: readonly Cleanable[], place: string, command: string): string[] {
  const left = found.filter(({ kind, state }) => state === 'dead' && kind !== 'data');
  const [first] = left;
  if (first === undefined) return [];
  const bytes = formatBytes(left.reduce((sum, { allocatedBytes }) => sum + allocatedBytes, 0));
  if (left.length > 1) return [`${left.length} killed processes left ${bytes} in ${place}; remove it with: ${command}`];
  const who = first.owner === null ? 'a killed process' : `run ${first.owner.runId} was killed and`;
  return [`${who} left ${bytes} in ${first.owner === null ? first.path : place}; remove it with: ${command}`];
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
        `target ${target.name} does not respond, so files of this run remain there; remove them later with: feedrate clean -t ${shellWord(target.path)}`,
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
