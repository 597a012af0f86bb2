/** What reached the devices: the counters that stand beside the application's bytes, as proof of the cache state. */
import { readFileSync } from 'node:fs';
import type { IoCounters } from '../../record/trial-record.js';
import { blockDeviceBytes, blockDeviceOf } from './block-device.js';

/** /proc/self/io as numbers; null when it is unreadable (kernels without task I/O accounting, hardened containers). */
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

/** The counters now, for a target whose path exists; null for one that is known to have no device, and is not touched. */
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

/** What was moved between two snapshots of one target. The device's part is null when another one was mounted meanwhile. */
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
