/** The block device under a path, and its counters: Documentation/block/stat.rst of the kernel. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { mountOf } from './mountinfo.js';

export interface BlockDevice {
  /** The kernel's name: `nvme1n1`, `sda1`, `dm-0`, `loop3`. */
  readonly name: string;
  /** `major:minor`. */
  readonly number: string;
}

/** stat(2) counts in 512-byte sectors, whatever the device's own sector size is. */
const SECTOR_BYTES = 512;

/** How glibc packs a dev_t: 12 + 20 bits of major, 8 + 12 bits (and more) of minor. */
function deviceNumber(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn);
  return `${major}:${minor}`;
}

function blockDeviceNumbered(number: string): BlockDevice | null {
  try {
    return { name: basename(realpathSync(`/sys/dev/block/${number}`)), number };
  } catch {
    return null;
  }
}

/** btrfs and others give their files a number of no device; the mount's source names one (of several disks, the first). */
function blockDeviceOfSource(path: string): BlockDevice | null {
  const source = mountOf(path)?.source ?? '';
  if (!source.startsWith('/')) return null;
  const device = statSync(source, { bigint: true, throwIfNoEntry: false });
  return device?.isBlockDevice() ? blockDeviceNumbered(deviceNumber(device.rdev)) : null;
}

/**
 * The block device (a partition, not its disk) that a path's file system lies on, or null: tmpfs, overlay and network
 * file systems have none. Throws Node's error when the path does not exist.
 */
export function blockDeviceOf(path: string): BlockDevice | null {
  const number = deviceNumber(statSync(path, { bigint: true }).dev);
  return number.startsWith('0:') ? blockDeviceOfSource(path) : blockDeviceNumbered(number);
}

/** Bytes that all processes together read from and wrote to the device since the machine started; null when unknown. */
export function blockDeviceBytes(device: BlockDevice): { readBytes: number; writeBytes: number } | null {
  try {
    const fields = readFileSync(`/sys/dev/block/${device.number}/stat`, 'utf8').trim().split(/\s+/).map(Number);
    const [, , readSectors, , , , writtenSectors] = fields;
    if (readSectors === undefined || writtenSectors === undefined) return null;
    return { readBytes: readSectors * SECTOR_BYTES, writeBytes: writtenSectors * SECTOR_BYTES };
  } catch {
    return null;
  }
}
