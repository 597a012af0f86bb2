/** Reads what a start script of `feedrate notebook script` says of a target. */

import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type MountStatus, STATUS_DIRECTORY, STATUS_FORMAT } from '../base/mount-status.js';
import type { StatedFact } from '../doctor/facts.js';
import { START_MOUNT } from '../doctor/start-mount-checks.js';
import { isNfs } from './nfs/nfs-options.js';
import { bootId } from './system/boot-id.js';
import { findMount, readMounts } from './system/mountinfo.js';

/**
 * Returns the fact about the mount on a path or on a directory above it. It does not apply if no start script mounts there.
 * @param directory of the status files
 */
export function startMountFact(path: string, directory: string = STATUS_DIRECTORY): StatedFact {
  const texts = readTexts(directory);
  if (texts.length === 0) return START_MOUNT.state(null);
  const real = realpathSync(path);
  const statuses = texts.map(parseStatus);
  const status = statuses
    .filter((one): one is MountStatus => one !== null && `${real}/`.startsWith(`${one.mountPoint}/`))
    .sort((a, b) => b.mountPoint.length - a.mountPoint.length)[0];
  if (status === undefined)
    return statuses.includes(null)
      ? START_MOUNT.missing(`a status file in ${directory} cannot be read; run the start script again`)
      : START_MOUNT.state(null);
  const mount = findMount(readMounts(), status.mountPoint);
  return START_MOUNT.state({
    status,
    isCurrent: status.bootId === bootId(),
    isAtWork: existsSync(`/proc/${status.pid}`),
    isMounted:
      mount !== null && isNfs(mount) && mount.mountPoint === status.mountPoint && mount.source === status.shownSource,
  });
}

function readTexts(directory: string): string[] {
  try {
    const names = readdirSync(directory).filter((name) => name.endsWith('.json') && !name.startsWith('.'));
    return names.map((name) => readFileSync(join(directory, name), 'utf8'));
  } catch {
    return [];
  }
}

const STATES: readonly unknown[] = ['working', 'mounted', 'failed'];
const TEXTS = [
  'name',
  'source',
  'shownSource',
  'mountPoint',
  'options',
  'writeTest',
  'reason',
  'hint',
  'bootId',
  'changedAt',
];

/** Returns null for a text that no start script wrote. */
function parseStatus(text: string): MountStatus | null {
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const areTexts = (list: unknown) => Array.isArray(list) && list.every((item) => typeof item === 'string');
    const isStatus =
      value['format'] === STATUS_FORMAT &&
      STATES.includes(value['state']) &&
      TEXTS.every((key) => typeof value[key] === 'string') &&
      ['tries', 'pid'].every((key) => Number.isSafeInteger(value[key])) &&
      ['differences', 'notes'].every((key) => areTexts(value[key]));
    return isStatus ? (value as unknown as MountStatus) : null;
  } catch {
    return null;
  }
}
