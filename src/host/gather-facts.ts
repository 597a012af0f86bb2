/** What this machine knows about a target, stated for the doctor's checks. */
import { statfsSync } from 'node:fs';
import { totalmem } from 'node:os';
import type { StatedFact } from '../doctor/facts.js';
import {
  INODES,
  MEMORY,
  MOUNTING,
  type MountProbe,
  NFS,
  type NfsCallTotals,
  PROBE,
  SERVER,
  TARGET,
} from '../doctor/host-facts.js';
import type { TargetEnvironment } from '../record/run-record.js';
import { isServedHere, mountingOf, readMountSources } from './mount-manager.js';
import type { MountStats } from './nfs/mountstats.js';
import { readNfs } from './nfs/read-nfs.js';
import { startMountFact } from './start-mount.js';
import { readCgroupLimits } from './system/cgroup.js';
import { readMounts } from './system/mountinfo.js';

/**
 * The facts about a target that `captureEnvironment` described. `probe` is null when nothing was to be measured.
 * Throws Node's error when its path does not exist.
 */
export function gatherFacts(target: TargetEnvironment, probe: MountProbe | null): StatedFact[] {
  const { nfs: mount } = target;
  const reading = readNfs(target.path);
  const stats = reading?.stats ?? null;
  const sources = readMountSources();
  const servedHere = reading === null || isServedHere(reading.mount, sources.addresses);
  return [
    TARGET.state(target),
    // A control group’s page cache counts against its limit.
    MEMORY.state({ bytes: Math.min(totalmem(), readCgroupLimits().memoryMaxBytes ?? Number.POSITIVE_INFINITY) }),
    INODES.state(inodesOf(target.path)),
    NFS.state(mount === undefined ? null : { mount, calls: stats === null ? null : callTotalsOf(stats) }),
    MOUNTING.state(reading === null ? null : mountingOf(reading.mount, readMounts(), sources)),
    SERVER.state(servedHere ? 'this machine' : 'another machine'),
    PROBE.state(probe),
    startMountFact(target.path),
  ];
}

/** File systems that make inodes as they need them count none. */
function inodesOf(path: string): { used: number; total: number } | null {
  const { files, ffree } = statfsSync(path);
  return files > 0 ? { used: files - ffree, total: files } : null;
}

/** Sums over all kinds of calls. A time that the kernel took back below zero counts as none. */
export function callTotalsOf({ operations }: Pick<MountStats, 'operations'>): NfsCallTotals {
  const totals = { calls: 0, transmissions: 0, timeouts: 0, queueMs: 0, roundTripMs: 0 };
  for (const operation of operations.values()) {
    totals.calls += Math.max(0, operation.operations);
    totals.transmissions += Math.max(0, operation.transmissions);
    totals.timeouts += Math.max(0, operation.timeouts);
    totals.queueMs += Math.max(0, operation.queueMs);
    totals.roundTripMs += Math.max(0, operation.roundTripMs);
  }
  return totals;
}
