/** Finds the block device under a path and reads its counters. See Documentation/block/stat.rst in the kernel. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { mountOf } from './mountinfo.js';

export interface BlockDevice {
  /** The kernel's name: `nvme1n1`, `sda1`, `dm-0`, `loop3`. */
  readonly name: string;
  /** `major:minor`. */
  readonly number: string;
}

/** The counters are in 512-byte sectors, regardless of the device's own sector size. */
const SECTOR_BYTES = 512;

/** Unpacks a dev_t of glibc: 12 + 20 bits of major, 8 + 12 bits (and more) of minor. */
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

/**
 * Returns the device that the mount's source names (the first of several disks), or null. btrfs and other file systems
 * need this, because the device number of their files belongs to no device.
 */
function blockDeviceOfSource(path: string): BlockDevice | null {
  const source = mountOf(path)?.source ?? '';
  if (!source.startsWith('/')) return null;
  const device = statSync(source, { bigint: true, throwIfNoEntry: false });
  return device?.isBlockDevice() ? blockDeviceNumbered(deviceNumber(device.rdev)) : null;
}

/**
 * Returns the block device (a partition, not its disk) of a path's file system. Null for tmpfs, overlay and network
 * file systems, which have none. Throws Node's error when the path does not exist.
 */
export function blockDeviceOf(path: string): BlockDevice | null {
  const number = deviceNumber(statSync(path, { bigint: true }).dev);
  return number.startsWith('0:') ? blockDeviceOfSource(path) : blockDeviceNumbered(number);
}

/**
 * Returns the bytes that all processes read from and wrote to the device since the machine started. Null when
 * unknown.
 */
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
