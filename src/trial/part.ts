import { monotonicNs } from '../engine/core/clock.js';
import { CELL, type Counters } from '../engine/core/counters.js';
import { PARTIAL_VERSION, type PartialTrial } from '../record/partial-trial.js';
import { assembleLatency } from './assemble.js';

/** How often the part of a trial that is measured so far is kept, ms. Shorter trials are never kept in part. */
export const KEEP_PART_MS = 60_000;

/**
 * Returns what is measured so far of a running trial; null before its first operation has completed. Only reads the
 * counters, which workers write with plain stores, so it does not disturb them.
 */
export function partOf(
  counters: Counters,
  trial: Pick<PartialTrial, 'trial' | 'arm' | 'target' | 'startedAt'>,
): PartialTrial | null {
  const { beganNs } = counters;
  const workers = Array.from({ length: counters.workers }, (_, worker) => counters.cellsOf(worker));
  const sum = (cell: number) => workers.reduce((total, cells) => total + (cells[cell] as number), 0);
  const [readOps, writeOps, entryOps] = [sum(CELL.readOps), sum(CELL.writeOps), sum(CELL.entryOps)];
  if (beganNs === null || readOps + writeOps + entryOps === 0) return null;
  return {
    partialVersion: PARTIAL_VERSION,
    partial: true,
    ...trial,
    writtenAt: new Date().toISOString(),
    elapsedNs: monotonicNs() - beganNs,
    readBytes: sum(CELL.readBytes),
    writeBytes: sum(CELL.writeBytes),
    readOps,
    writeOps,
    ...(entryOps > 0 && { entryOps }),
    latency: assembleLatency(counters),
  };
}
