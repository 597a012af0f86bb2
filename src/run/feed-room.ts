/** What a target and this machine have room for, as `feedrate feed` asks before it lays out data. */
import { availableParallelism } from 'node:os';
import { captureEnvironment } from '../host/environment.js';
import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import { readMachineLimits } from '../host/system/machine-limits.js';
import { openTarget, statTarget } from '../host/target.js';
import type { FeedRoom } from '../plan/feed-data.js';
import type { TargetEnvironment } from '../record/run-record.js';
import { measureRates } from '../trial/measure-rates.js';
import { capabilitiesOf, type EngineCapabilities, type EngineChoice } from '../workload/engines.js';
import type { Override } from '../workload/overrides.js';
import { parseWorkload } from '../workload/parse.js';

/** File systems in memory: their free space is memory, and nothing of them can be evicted. */
const IN_MEMORY: readonly string[] = ['tmpfs', 'ramfs'];
/** Threads that measure, at most. */
const MOST_THREADS = 256;
/** Memory of a thread, and the part of the free memory that threads may take. */
const THREAD_BYTES = 48 * 2 ** 20;
const MEMORY_PART = 0.5;

/** Returns what the engine can do that the overrides choose. Throws `FeedrateError('workload')` for an unknown one. */
export function engineOf(overrides: readonly Override[]): EngineCapabilities {
  const asked = overrides.filter(({ key }) => key === 'ioengine' || key.endsWith('.ioengine'));
  const { jobs } = parseWorkload('name: feed\njobs: {feed: {size: 1MiB}}\n', 'feedrate feed', asked);
  return capabilitiesOf((jobs[0]?.fields.get('ioengine')?.levels[0]?.value ?? 'auto') as EngineChoice);
}

/** Returns the target's properties. Throws FeedrateError `target` when it cannot be used. */
export function feedTarget(name: string, path: string): TargetEnvironment {
  const target = openTarget(name, path, { write: false });
  return captureEnvironment([target]).targets[0] as TargetEnvironment;
}

/**
 * Measures for a second or two how fast files are laid out and read, and returns the room for data. What it writes is
 * removed again. Throws as `measureRates` does.
 * @param touches whether files are touched. If not, nothing is measured
 */
export async function feedRoom(
  target: TargetEnvironment,
  budgetNs: number,
  touches: boolean,
  stopped: () => boolean,
): Promise<FeedRoom> {
  const { totalBytes, freeBytes } = isNfsUrl(target.path) ? target : statTarget(target);
  const isInMemory = IN_MEMORY.includes(target.fileSystem);
  const rates = touches ? await measureRates(openTarget(target.name, target.path, { write: true }), stopped) : null;
  return { totalBytes, freeBytes, memoryBytes: isInMemory ? freeMemoryBytes() : null, rates, budgetNs };
}

function freeMemoryBytes(): number {
  return leastOf('memoryBytes');
}

function leastOf(resource: 'memoryBytes' | 'threads'): number {
  const limits = readMachineLimits().filter((limit) => limit.resource === resource);
  return Math.min(...limits.map(({ available }) => available));
}

/** Returns how many threads may read at the same time. */
export function mostThreads(): number {
  const byMemory = Math.floor((freeMemoryBytes() * MEMORY_PART) / THREAD_BYTES);
  return Math.max(2, Math.min(MOST_THREADS, byMemory, Math.floor(leastOf('threads') * MEMORY_PART)));
}

/** Returns the processors that this process may use. */
export function processors(): number {
  return availableParallelism();
}
