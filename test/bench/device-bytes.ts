/** Whether what was written has reached the device: a benchmark of writes that did not is one of memory. */
import { type BlockDevice, blockDeviceBytes, blockDeviceOf } from '../../src/host/system/block-device.js';
import { type Cell, isTimed, jobBytes, type Setting } from './cell.js';

/** A file's last block may count as a part of one sector more or less; journals and other writers only add. */
const ARRIVED_SHARE = 0.99;

/** Bytes that all processes have written to the file's device so far; null for file systems without one. */
export function deviceBytesWritten(path: string): number | null {
  const device: BlockDevice | null = blockDeviceOf(path);
  return device === null ? null : (blockDeviceBytes(device)?.writeBytes ?? null);
}

/**
 * What must reach the device at least when the cell has written `bytes` and was flushed. Direct writes and one pass
 * over the file: all of it. A buffered block that is written again before the flush reaches the device once: of n
 * blocks, m random writes are expected to touch n (1 - e^(-m/n)). Of several jobs one may have had all the time.
 */
export function leastDeviceBytes(cell: Cell, setting: Setting, bytes: number): number {
  if (cell.medium === 'direct' || !isTimed(cell)) return ARRIVED_SHARE * bytes;
  const part = jobBytes(cell, setting);
  return ARRIVED_SHARE * (cell.rw === 'randwrite' ? part * (1 - Math.exp(-bytes / part)) : Math.min(bytes, part));
}
