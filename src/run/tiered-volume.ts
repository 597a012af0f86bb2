/** Comparisons of tiering policies on one volume: begun, resumed on another day, and restored. */
import { FeedrateError } from '../base/errors.js';
import type { VolumeCalls } from '../fsx/tiering-change.js';
import {
  goOn,
  requireStepSetting,
  restoreSetting,
  type TieringOutcome,
  type TieringWork,
} from '../fsx/tiering-steps.js';
import { currentProcess } from '../host/files/marker.js';
import { newJournal, type TieringSetting } from '../record/tiering-journal.js';
import { type FoundJournal, findJournals, lockVolume, type VolumeLock } from '../store/tiering-journals.js';

/** What the comparison uses of this process and of AWS. */
export interface TieringTools
  extends Pick<TieringWork, 'nowMs' | 'sleep' | 'sleepOn' | 'tell' | 'measure' | 'footprint'> {
  readonly resultsDirectory: string;
  readonly openVolume: (region: string, volumeId: string) => Promise<VolumeCalls>;
}

type NewTiering = Omit<Parameters<typeof newJournal>[0], 'startedAt' | 'process' | 'original'>;

/**
 * Begins a comparison, and goes on until it is done or has to wait. Throws `FeedrateError('usage')` when there is a journal
 * of the volume already, or when AWS does not show a setting that could be restored, and as `goOn` does.
 */
export async function beginTiering(
  facts: NewTiering,
  settings: readonly TieringSetting[],
  tools: TieringTools,
): Promise<TieringOutcome> {
  const { volumeId, region } = facts;
  const volume = await tools.openVolume(region, volumeId);
  return withLock(volumeId, false, tools, async (lock) => {
    const found = lock.read();
    if (found !== null) throw alreadyBegun(found);
    const original = await restorable(volume);
    const startedAt = new Date(tools.nowMs()).toISOString();
    const journal = newJournal({ ...facts, original, startedAt, process: currentProcess() }, settings);
    lock.save(journal);
    return goOn(journal, workOn(volume, lock, tools));
  });
}

/** Throws `FeedrateError('usage')` when a comparison of the volume is open. */
export function refuseOpenComparison(resultsDirectory: string, volumeId: string): void {
  const found = findJournals(resultsDirectory).find((each) => each.volumeId === volumeId);
  if (found !== undefined) throw alreadyBegun(found);
}

/** Returns the setting of a volume. Throws `FeedrateError('usage')` if it could not be restored. */
async function restorable(volume: VolumeCalls): Promise<TieringSetting> {
  const { setting } = await volume.describe();
  const cools = setting?.name === 'AUTO' || setting?.name === 'SNAPSHOT_ONLY';
  if (setting !== null && (!cools || setting.coolingDays !== null)) return setting;
  const what = setting === null ? 'tiering policy' : 'cooling period';
  throw new FeedrateError('usage', `volume ${volume.volumeId}: AWS shows no ${what}, so it could not be restored`);
}

function alreadyBegun({ volumeId, path, journal, problem }: FoundJournal): FeedrateError {
  const why = journal === null ? problem : `it is being compared since ${journal.startedAt.slice(0, 10)} (${path})`;
  const advice =
    journal === null
      ? 'if nobody can read it, set its policy and cooling period by hand, and remove the file'
      : 'go on with: feedrate fsx tiering --resume, or end it with: feedrate fsx tiering --restore';
  return new FeedrateError('usage', `volume ${volumeId}: ${why}; ${advice}`);
}

/**
 * Goes on with the comparison that waits, and returns its outcome. Throws `FeedrateError('usage')` when there is none, or
 * several and none is named, and as `goOn` and `requireStepSetting` do.
 * @param volumeId null: the only one
 */
export async function resumeTiering(volumeId: string | null, tools: TieringTools): Promise<TieringOutcome> {
  const all = findJournals(tools.resultsDirectory).filter((found) => volumeId === null || found.volumeId === volumeId);
  const [first, second] = all;
  if (first === undefined)
    throw new FeedrateError('usage', `no comparison of tiering policies waits in ${tools.resultsDirectory}`);
  if (second !== undefined) {
    const names = all.map((each) => each.volumeId).join(', ');
    throw new FeedrateError('usage', `several comparisons wait; name one with --volume: ${names}`);
  }
  return withLock(first.volumeId, false, tools, async (lock) => {
    const { journal } = lock.read() ?? first;
    if (journal === null) throw alreadyBegun(first);
    const volume = await tools.openVolume(journal.region, journal.volumeId);
    await requireStepSetting(journal, { volume });
    return goOn({ ...journal, process: currentProcess() }, workOn(volume, lock, tools));
  });
}

/**
 * Restores volumes whose comparison was interrupted, and returns their number.
 * @param which `all`: also those that wait on purpose, and those whose process may run on another machine
 * @throws FeedrateError `store` for a journal that cannot be read, if all are to be restored, and as `restoreSetting` does
 */
export async function restoreTiering(
  which: 'interrupted' | 'all',
  volumeId: string | null,
  tools: Omit<TieringTools, 'measure' | 'sleep' | 'footprint'>,
): Promise<number> {
  let restored = 0;
  for (const found of findJournals(tools.resultsDirectory)) {
    const isMeant = which === 'all' ? volumeId === null || volumeId === found.volumeId : isInterrupted(found);
    if (!isMeant) continue;
    await withLock(found.volumeId, which === 'all', tools, async (lock) => {
      const now = lock.read();
      if (now === null || (which === 'interrupted' && !isInterrupted(now))) return;
      if (now.journal === null) throw alreadyBegun(now);
      const volume = await tools.openVolume(now.journal.region, now.volumeId);
      const journal = { ...now.journal, process: currentProcess() };
      await restoreSetting(journal, { ...tools, volume, save: lock.save, remove: lock.remove });
      restored++;
    });
  }
  return restored;
}

/** Returns whether the process of a journal was killed, or ended without restoring its volume. */
function isInterrupted({ journal, writer }: FoundJournal): boolean {
  return journal !== null && journal.phase !== 'waiting' && writer === 'dead';
}

function workOn(volume: VolumeCalls, lock: VolumeLock, tools: TieringTools): TieringWork {
  return { ...tools, volume, save: lock.save, remove: lock.remove };
}

async function withLock<T>(
  volumeId: string,
  trusted: boolean,
  { resultsDirectory }: Pick<TieringTools, 'resultsDirectory'>,
  use: (lock: VolumeLock) => Promise<T>,
): Promise<T> {
  const lock = lockVolume(resultsDirectory, volumeId, trusted);
  try {
    return await use(lock);
  } finally {
    lock.release();
  }
}
