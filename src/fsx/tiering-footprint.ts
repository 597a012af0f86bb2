/** Waits until the data of a volume with the policy ALL has moved: until two readings of its footprint agree. */
import { formatBytes } from '../base/units.js';
import type { TierFootprint } from '../record/residency-record.js';
import { currentStep, type TieringJournal } from '../record/tiering-journal.js';
import type { Waiting } from './tiering-change.js';

/** The bytes in each tier at one moment, ms since the epoch. */
export interface FootprintReading extends TierFootprint {
  readonly atMs: number;
}

export interface FootprintWork extends Waiting {
  /** The readings that a source has, ascending; empty: no source answers. Does not throw `FeedrateError`. */
  readonly footprint: (journal: TieringJournal) => Promise<readonly FootprintReading[]>;
}

const POLL_MS = 60_000;
/** CloudWatch has a value a minute, and data moves in bursts. */
const APART_MS = 5 * 60_000;
/** Readings agree when no tier has changed by more than this part of all bytes. */
const AGREEING_PART = 0.01;
/** Metadata stays on SSD, about a tenth of the data (docs.netapp.com, FabricPool, 2026-07). */
const MOVED_PART = 0.85;

/**
 * Returns true when the footprint of the volume is stable, and false when no source shows it, so that only a fixed wait is
 * left. Readings that agree before anything has moved do not count until the fixed wait is over. Throws what `sleep` throws.
 */
export async function awaitFootprint(journal: TieringJournal, work: FootprintWork): Promise<boolean> {
  const { setAt, readyAt } = currentStep(journal);
  const [setMs, readyMs] = [Date.parse(setAt as string), Date.parse(readyAt as string)];
  const all: FootprintReading[] = [];
  let told = '';
  for (let isFirst = true; ; isFirst = false) {
    const readings = await work.footprint(journal);
    all.push(...readings.filter(({ atMs }) => atMs >= Math.max(setMs, (all.at(-1)?.atMs ?? 0) + 1)));
    const last = all.at(-1);
    const isOver = work.nowMs() >= readyMs;
    if ((isFirst && readings.length === 0) || (isOver && (last === undefined || readings.length === 0))) return false;
    const earlier = last === undefined ? undefined : all.findLast(({ atMs }) => atMs <= last.atMs - APART_MS);
    const text = last === undefined ? 'is not known yet' : textOf(last);
    if (last !== undefined && earlier !== undefined && agrees(earlier, last) && (isOver || isMoved(last))) {
      work.tell(`volume ${journal.volumeId}: the footprint is stable: ${text}`);
      return true;
    }
    if (text !== told) work.tell(`volume ${journal.volumeId}: waiting until the footprint is stable: ${text}`);
    told = text;
    await work.sleep(POLL_MS);
  }
}

function textOf({ source, ssdBytes, poolBytes }: FootprintReading): string {
  return `${formatBytes(ssdBytes)} on SSD, ${formatBytes(poolBytes)} in the capacity pool (${source})`;
}

function agrees(one: FootprintReading, other: FootprintReading): boolean {
  const most = AGREEING_PART * (other.ssdBytes + other.poolBytes);
  return [other.ssdBytes - one.ssdBytes, other.poolBytes - one.poolBytes].every((change) => Math.abs(change) <= most);
}

function isMoved({ ssdBytes, poolBytes }: FootprintReading): boolean {
  return poolBytes >= MOVED_PART * (ssdBytes + poolBytes);
}
