import { mkdtempSync, realpathSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skipTest } from '../support/skip.js';

/** Gives the work a fresh directory and removes it afterwards. */
export function withTemporaryDirectory<T>(work: (directory: string) => T, parent = tmpdir()): T {
  const directory = realpathSync(mkdtempSync(join(parent, 'feedrate-host-')));
  try {
    return work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** f_type of tmpfs and ramfs, whose pages cannot be evicted, and of overlayfs, whose lower files are another's. */
const NO_DISK_TYPES = new Set([0x01021994, 0x858458f6, 0x794c7630]);

/** As `withTemporaryDirectory`, where files have a page cache that can be emptied. */
export function withDiskDirectory<T>(work: (directory: string) => T): T {
  const parent = [tmpdir(), '/var/tmp'].find((candidate) => !NO_DISK_TYPES.has(statfsSync(candidate).type));
  return parent === undefined ? skipTest('no temporary directory on a disk') : withTemporaryDirectory(work, parent);
}
