/** Reads the bytes that reached the devices. Compared with the application's bytes, they prove the cache state. */
import { readFileSync } from 'node:fs';
import type { IoCounters } from '../../record/trial-record.js';
import { blockDeviceBytes, blockDeviceOf } from './block-device.js';

/** Returns /proc/self/io as numbers. Null when it cannot be read (no task I/O accounting, or a hardened container). */
function readProcessIo(): Map<string, number> | null {
  try {
    const lines = readFileSync('/proc/self/io', 'utf8').trim().split('\n');
    return new Map(
      lines.map((line) => line.split(': ') as [string, string]).map(([key, value]) => [key, Number(value)]),
    );
  } catch {
    return null;
  }
}

/** Returns the current counters for a target whose path exists. Pass null for a target that has no device. */
export function snapshot(target: { readonly path: string } | null): IoCounters {
  const own = readProcessIo();
  const device = target === null ? null : blockDeviceOf(target.path);
  const block = device === null ? null : blockDeviceBytes(device);
  return {
    processDeviceReadBytes: own?.get('read_bytes') ?? null,
    processDeviceWriteBytes: own?.get('write_bytes') ?? null,
    blockDevice: device?.name ?? null,
    blockReadBytes: block?.readBytes ?? null,
    blockWriteBytes: block?.writeBytes ?? null,
  };
}

function difference(before: number | null, after: number | null): number | null {
  return before === null || after === null ? null : after - before;
}

/** Returns the bytes between two snapshots of one target. The device counters are null when the device changed. */
export function delta(before: IoCounters, after: IoCounters): IoCounters {
  const same = before.blockDevice === after.blockDevice;
  return {
    processDeviceReadBytes: difference(before.processDeviceReadBytes, after.processDeviceReadBytes),
    processDeviceWriteBytes: difference(before.processDeviceWriteBytes, after.processDeviceWriteBytes),
    blockDevice: same ? after.blockDevice : null,
    blockReadBytes: same ? difference(before.blockReadBytes, after.blockReadBytes) : null,
    blockWriteBytes: same ? difference(before.blockWriteBytes, after.blockWriteBytes) : null,
  };
}
