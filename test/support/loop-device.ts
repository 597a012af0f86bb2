import { spawnSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needTool, skipTest } from './skip.js';

const IMAGE_BYTES = 96 * 2 ** 20;

function outputOf(command: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) skipTest(`${command} does not work here: ${error?.message ?? stderr.trim().split('\n')[0]}`);
  return stdout.trim();
}

/** Offers a file as a block device while the work goes on. Skips the test where that is not allowed. */
export async function withLoopDevice(
  image: string,
  options: readonly string[],
  work: (device: string) => Promise<void> | void,
): Promise<void> {
  if (process.geteuid?.() !== 0) skipTest('a loop device needs root');
  needTool('losetup');
  const device = outputOf('losetup', '--find', '--show', ...options, image);
  try {
    await work(device);
  } finally {
    spawnSync('losetup', ['--detach', device]);
  }
}

/** The least that btrfs takes is 109 MiB. The file is sparse. */
const BTRFS_BYTES = 256 * 2 ** 20;

/**
 * Mounts a fresh btrfs with the subvolumes `names` in `directory` while the work goes on. `limit` sets what a subvolume may
 * hold, such as `2M` or `none`: the quota of this kernel's file systems. Skips the test where that is not allowed.
 */
export async function withQuotas(
  directory: string,
  names: readonly string[],
  work: (mounted: string, limit: (name: string, bytes: string) => void) => Promise<void> | void,
): Promise<void> {
  for (const tool of ['mkfs.btrfs', 'btrfs', 'mount']) needTool(tool);
  const image = join(directory, 'image');
  const mounted = join(directory, 'mounted');
  writeFileSync(image, '');
  truncateSync(image, BTRFS_BYTES);
  mkdirSync(mounted);
  await withLoopDevice(image, [], async (device) => {
    outputOf('mkfs.btrfs', '-q', device);
    outputOf('mount', device, mounted);
    try {
      outputOf('btrfs', 'quota', 'enable', mounted);
      for (const name of names) outputOf('btrfs', 'subvolume', 'create', join(mounted, name));
      await work(mounted, (name, bytes) => outputOf('btrfs', 'qgroup', 'limit', bytes, join(mounted, name)));
    } finally {
      spawnSync('umount', [mounted]);
    }
  });
}

/**
 * Mounts a fresh ext4 of 96 MiB, on a device whose sectors have so many bytes, in `directory` while the work goes on;
 * the device keeps its data in a file there. Skips the test where that is not allowed.
 */
export async function withExt4(
  directory: string,
  { sectorBytes, options = [] }: { sectorBytes: number; options?: readonly string[] },
  work: (mounted: string) => Promise<void> | void,
): Promise<void> {
  for (const tool of ['mkfs.ext4', 'mount']) needTool(tool);
  const image = join(directory, 'image');
  const mounted = join(directory, 'mounted');
  writeFileSync(image, '');
  truncateSync(image, IMAGE_BYTES);
  mkdirSync(mounted);
  await withLoopDevice(image, ['--sector-size', String(sectorBytes)], async (device) => {
    outputOf('mkfs.ext4', '-q', ...options, device);
    outputOf('mount', device, mounted);
    try {
      await work(mounted);
    } finally {
      spawnSync('umount', [mounted]);
    }
  });
}
