/** Finds out which of the user's files a trial did not read as they had been found. */
import { lstatSync, statSync } from 'node:fs';
import { bytesOf, hasBytes } from '../base/byte-text.js';
import type { WorkerReport } from '../engine/core/protocol.js';
import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import type { FoundFiles } from '../plan/found-files.js';
import { MISSED_NAMED, type MissedFile, type MissedFiles } from '../record/missed-files.js';
import type { Stage } from './stage.js';

/** Files that are looked at after a trial, spread evenly over all: a look at each might ask a server a million times. */
const LOOKED_AT = 1000;

/**
 * Returns what the workers of a trial missed, and what a look at some of its files shows; null when every file is as it was
 * found, and for feedrate's own files. Does not look at an `nfs://` target.
 */
export function missedIn(
  { files: ofArm, directory, target }: Pick<Stage, 'files' | 'directory' | 'target'>,
  reports: readonly Pick<WorkerReport, 'missed'>[],
): MissedFiles | null {
  if (ofArm.place !== 'existing') return null;
  const missed = new Map<string, MissedFile['how']>();
  let more = 0;
  for (const { missed: ofWorker } of reports) {
    for (const { path, how } of ofWorker?.files ?? []) missed.set(path, how);
    more += ofWorker?.more ?? 0;
  }
  if (!isNfsUrl(target.path)) look(ofArm.files.placed({ directory }), missed);
  if (missed.size === 0) return null;
  const count = (how: MissedFile['how']) => [...missed.values()].filter((each) => each === how).length;
  const first = [...missed].map(([path, how]) => ({ path, how })).sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    gone: count('gone') + more,
    shorter: count('shorter'),
    changed: count('changed'),
    first: first.slice(0, MISSED_NAMED),
  };
}

function look(files: FoundFiles, missed: Map<string, MissedFile['how']>): void {
  if (files.opening.device) return;
  const looks = Math.min(files.length, LOOKED_AT);
  for (let i = 0; i < looks; i++) {
    const place = Math.floor((i * files.length) / looks);
    const path = files.pathOf(place);
    const how = missed.has(path) ? null : changeOf(path, files, place);
    if (how !== null) missed.set(path, how);
  }
}

function changeOf(path: string, files: FoundFiles, place: number): MissedFile['how'] | null {
  const at = hasBytes(path) ? Buffer.from(bytesOf(path)) : path;
  try {
    const stats = files.opening.follow ? statSync(at) : lstatSync(at);
    if (!stats.isFile()) return 'gone';
    const isSame = stats.size === files.bytesOf(place) && stats.mtimeMs === files.modifiedMsOf(place);
    return isSame ? null : 'changed';
  } catch {
    return 'gone';
  }
}
