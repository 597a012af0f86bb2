/**
 * Short measurements for the doctor: the throughput of one stream and the latency of a small read and of an open. They
 * take seconds and are not a benchmark.
 */
import { randomFillSync } from 'node:crypto';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { mean, median } from 'simple-statistics';
import type { MountProbe } from '../doctor/host-facts.js';
import type { NfsTraffic } from '../record/nfs-traffic.js';
import { evict, readEvidence } from './files/page-cache.js';
import { withProbeFile } from './files/probe-file.js';
import { readNfs, trafficSince } from './nfs/read-nfs.js';

/** The size of the probe file, which is written and read once. */
export const PROBE_BYTES = 64 * 2 ** 20;
const STREAM_BLOCK_BYTES = 2 ** 20;
const SMALL_BYTES = 4096;
const SMALL_READS = 200;
/** The distance between small reads, in blocks. It is a prime, so that no two reads hit the same block. */
const SMALL_STRIDE = 7919;
const OPENS = 100;
const NO_LINK = constants.O_RDONLY | constants.O_NOFOLLOW;

/** Measures a mount with a probe file and removes the file. Throws Node's error when the file cannot be used. */
export function probeMount(directory: string): MountProbe {
  return withProbeFile(directory, randomFillSync(new Uint8Array(PROBE_BYTES)), (path) => {
    const streamBytesPerSecond = streamFrom(path);
    if (readNfs(path) === null)
      return { streamBytesPerSecond, smallReadNs: null, roundTripNs: null, openNs: null, callsPerOpen: null };
    const small = smallReads(path);
    const open = timed(path, OPENS, () => closeSync(openSync(path, NO_LINK)));
    const reads = small.traffic?.calls['READ'] ?? small.traffic?.calls['READ_PLUS'];
    const calls = Object.values(open.traffic?.calls ?? {}).reduce((sum, { calls: count }) => sum + count, 0);
    return {
      streamBytesPerSecond,
      smallReadNs: small.meanNs,
      roundTripNs: reads === undefined ? null : reads.roundTripNs / reads.calls,
      openNs: open.medianNs,
      callsPerOpen: open.traffic === null ? null : calls / OPENS,
    };
  });
}

function streamFrom(path: string): number | null {
  evict([path], { dropCaches: false });
  const { residentBytesBefore } = readEvidence([path]);
  if (residentBytesBefore !== null && residentBytesBefore > PROBE_BYTES / 100) return null;
  const buffer = new Uint8Array(STREAM_BLOCK_BYTES);
  const fd = openSync(path, NO_LINK);
  try {
    const startNs = process.hrtime.bigint();
    while (readSync(fd, buffer) > 0);
    return PROBE_BYTES / (Number(process.hrtime.bigint() - startNs) / 1e9);
  } finally {
    closeSync(fd);
  }
}

// The buffer needs no alignment, because NFS requires none for direct reads.
function smallReads(path: string): Timed {
  const buffer = new Uint8Array(SMALL_BYTES);
  const fd = openSync(path, NO_LINK | constants.O_DIRECT);
  let block = 0;
  try {
    return timed(path, SMALL_READS, () => {
      readSync(fd, buffer, 0, SMALL_BYTES, (block++ * SMALL_STRIDE * SMALL_BYTES) % PROBE_BYTES);
    });
  } finally {
    closeSync(fd);
  }
}

interface Timed {
  readonly meanNs: number;
  readonly medianNs: number;
  /** The NFS traffic of the mount meanwhile. */
  readonly traffic: NfsTraffic | null;
}

function timed(path: string, repetitions: number, work: () => void): Timed {
  const before = readNfs(path);
  const times = Array.from({ length: repetitions }, () => {
    const startNs = process.hrtime.bigint();
    work();
    return Number(process.hrtime.bigint() - startNs);
  });
  const traffic = before === null ? null : trafficSince(before);
  return {
    meanNs: mean(times),
    medianNs: median(times),
    traffic: typeof traffic === 'string' ? null : traffic,
  };
}
