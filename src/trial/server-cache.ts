/** Judges whether a server may have answered from its own memory, which no counter of a client shows. Pure. */
import { readsDataFiles } from '../plan/arm-files.js';
import { type Plan, type PlannedTrial, partiesOf } from '../plan/plan.js';
import type { CacheEvidence } from '../record/trial-record.js';
import type { Fetched } from './cache-origin.js';

/** The memory of the largest file server of FSx for ONTAP, for servers whose memory is not known. */
const ASSUMED_SERVER_BYTES = 256 * 2 ** 30;
/** Reads of data 18 % larger than a server's cache were still served from it; twice its size is needed. */
const TIMES_MEMORY = 2;

/** The data of a trial before it. */
interface KnownData {
  readonly before: Pick<CacheEvidence, 'fileBytes'>;
  readonly touchedBefore?: boolean;
}

/**
 * Returns whether the server may have served a confirmed cold or direct trial from its memory: `unknown` if the data fits
 * there, or if this run wrote or read it before. Empty for local disks and for other claims.
 */
export function serverCacheOf(
  { claim, verdict }: Pick<CacheEvidence, 'claim' | 'verdict'>,
  preparation: KnownData | null,
  fetched: Fetched | null,
  readBytes: number,
): Pick<CacheEvidence, 'serverCache'> {
  if (preparation === null || fetched?.storage !== 'server' || verdict !== 'proven') return {};
  if (claim !== 'cold' && claim !== 'direct') return {};
  const dataBytes = Math.min(readBytes, preparation.before.fileBytes);
  const exceeds = dataBytes > TIMES_MEMORY * ASSUMED_SERVER_BYTES;
  return { serverCache: exceeds && preparation.touchedBefore !== true ? 'exceeded' : 'unknown' };
}

/** Returns whether an earlier trial of the plan used the same data files as this trial. */
export function isUsedBefore(plan: Plan, trial: PlannedTrial): boolean {
  const target = plan.arms[trial.arm]?.target;
  for (const earlier of plan.trials) {
    if (earlier === trial) return false;
    const arm = plan.arms[earlier.arm];
    if (arm?.target !== target || earlier.fileset !== trial.fileset || arm === undefined) continue;
    if (partiesOf(plan, arm).some(readsDataFiles)) return true;
  }
  return false;
}
