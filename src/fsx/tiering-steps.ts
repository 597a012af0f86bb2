/**
 * Measures one volume with one tiering policy after the other, over days and several processes, and restores its original
 * setting. The journal is saved before each change, so that the next process can restore what a killed one has changed.
 */
import { FeedrateError } from '../base/errors.js';
import { currentStep, type TieringJournal, type TieringSetting, withStep } from '../record/tiering-journal.js';
import { formatSetting } from '../record/tiering-words.js';
import { awaitChange, type SeenVolume, sendChange, type VolumeCalls } from './tiering-change.js';
import { awaitFootprint, type FootprintWork } from './tiering-footprint.js';
import { waitOf } from './tiering-plan.js';
import { isSameSetting } from './tiering-policy.js';

/** Everything that the steps use. */
export interface TieringWork extends FootprintWork {
  readonly volume: VolumeCalls;
  /** Saves the journal durably. */
  readonly save: (journal: TieringJournal) => void;
  /** Removes the journal. */
  readonly remove: () => void;
  /**
   * Measures the current step and returns the name of the run. Throws `FeedrateError('interrupted')` when the user stopped it.
   */
  readonly measure: (journal: TieringJournal) => Promise<string>;
  /** Waits as `sleep` does, but nothing ends it: the setting is being restored. */
  readonly sleepOn: (ms: number) => Promise<void>;
}

export interface TieringOutcome {
  readonly journal: TieringJournal;
  /** When the current step can be measured, ms since the epoch; null: all were measured, and the setting is restored. */
  readonly readyMs: number | null;
}

/**
 * Goes on with a journal until a step has to wait for its data to move, or until all steps are measured and the original
 * setting is restored. Also restores it when a change fails or the work is ended, and then throws the error of that.
 * A failed measurement can be repeated, so the policy stays.
 * @throws FeedrateError `cloud` when AWS refuses or does not answer. The message says whether the setting was restored
 */
export async function goOn(begun: TieringJournal, work: TieringWork): Promise<TieringOutcome> {
  const at = { journal: begun };
  const keep = (next: TieringJournal) => {
    work.save(next);
    at.journal = next;
  };
  try {
    for (;;) {
      const refusal = currentStep(at.journal).setAt === null ? await setStep(at.journal, keep, work) : null;
      if (refusal !== null) return refuse(refusal, at.journal, work);
      const readyMs = Date.parse(currentStep(at.journal).readyAt as string);
      const moves = currentStep(at.journal).name === 'ALL';
      if (moves || work.nowMs() < readyMs) keep({ ...at.journal, phase: 'waiting' });
      const isStable = moves && (await awaitFootprint(at.journal, work));
      if (!isStable && work.nowMs() < readyMs) return { journal: at.journal, readyMs };
      keep({ ...at.journal, phase: 'measuring' });
      const run = await measured(at.journal, keep, work);
      keep(withStep(at.journal, { run, endedAt: isoTime(work.nowMs()) }));
      if (at.journal.step === at.journal.steps.length - 1) break;
      keep({ ...at.journal, step: at.journal.step + 1, phase: 'changing' });
    }
  } catch (thrown) {
    if (thrown instanceof NotMeasured) throw thrown;
    await restoreAfter(thrown, at.journal, work);
  }
  await restoreSetting(at.journal, work);
  return { journal: at.journal, readyMs: null };
}

/**
 * Measures the current step. If that fails, the policy stays, because the data may have taken weeks to move, and the step
 * can be measured again.
 */
async function measured(
  journal: TieringJournal,
  keep: (next: TieringJournal) => void,
  { measure }: TieringWork,
): Promise<string> {
  try {
    return await measure(journal);
  } catch (thrown) {
    if (!(thrown instanceof FeedrateError) || thrown.code === 'interrupted') throw thrown;
    keep({ ...journal, phase: 'waiting' });
    throw new NotMeasured(thrown);
  }
}

/** The measurement of a step failed, and the volume keeps its policy. */
class NotMeasured extends FeedrateError {
  constructor({ code, message, issues }: FeedrateError) {
    const advice =
      'measure it again with: feedrate fsx tiering --resume, or end it with: feedrate fsx tiering --restore';
    super(code, `${message}; the volume keeps the policy of this step; ${advice}`, { issues });
  }
}

/**
 * Throws `FeedrateError('usage')` when AWS shows another setting than that of the current step, because somebody else has
 * changed it while nobody measured. The volume and the journal then stay as they are.
 */
export async function requireStepSetting(
  journal: TieringJournal,
  { volume }: Pick<TieringWork, 'volume'>,
): Promise<void> {
  const step = currentStep(journal);
  const { setting } = await volume.describe();
  if (setting !== null && isSameSetting(setting, step)) return;
  const found = setting === null ? 'no policy' : formatSetting(setting);
  const what = `volume ${journal.volumeId} has ${found} instead of ${formatSetting(step)}: somebody else changed it`;
  const remedy = `restore ${formatSetting(journal.original)} with: feedrate fsx tiering --restore`;
  throw new FeedrateError('usage', `${what}; ${remedy}`);
}

/** Sets the policy of the current step. Returns the error of AWS if it refused the change, so that nothing changed. */
async function setStep(
  journal: TieringJournal,
  keep: (next: TieringJournal) => void,
  work: TieringWork,
): Promise<FeedrateError | null> {
  const { name, coolingDays } = currentStep(journal);
  const setting = { name, coolingDays };
  keep({ ...journal, phase: 'changing' });
  const before = await work.volume.describe();
  // The same setting sent again would only reset the cooling.
  if (before.setting === null || !isSameSetting(before.setting, setting)) {
    const refusal = await sendChange(work.volume, setting, work);
    if (refusal !== null) return refusal;
    await awaitChange(work.volume, setting, before, work);
  }
  const nowMs = work.nowMs();
  const readyAt = isoTime(nowMs + waitOf(setting).leastMs);
  keep(withStep({ ...journal, phase: 'changing' }, { setAt: isoTime(nowMs), readyAt }));
  return null;
}

/** Throws the refusal. If an earlier step changed the volume, its setting is restored first. */
async function refuse(refusal: FeedrateError, journal: TieringJournal, work: TieringWork): Promise<never> {
  if (journal.step > 0) return restoreAfter(refusal, journal, work);
  work.remove();
  throw new FeedrateError('cloud', `nothing was changed: ${refusal.message}`, { cause: refusal.cause });
}

/** Restores the setting, and throws the error again. If that fails as well, the message says both. */
async function restoreAfter(thrown: unknown, journal: TieringJournal, work: TieringWork): Promise<never> {
  try {
    await restoreSetting(journal, work);
  } catch (second) {
    const first = thrown instanceof Error ? thrown.message : String(thrown);
    const message = `${first}; then ${(second as Error).message}`;
    throw new FeedrateError('cloud', message, { cause: thrown });
  }
  throw thrown;
}

/**
 * Sends the original setting and waits until AWS shows it. It is sent even if AWS shows it already, because a change that
 * a killed process sent may not be visible yet. Throws `FeedrateError('cloud')` with the command that tries again.
 */
export async function restoreSetting(journal: TieringJournal, work: RestoreWork): Promise<void> {
  const { volume, tell, nowMs, sleepOn } = work;
  const { original } = journal;
  const waiting = { nowMs, tell, sleep: sleepOn };
  tell(`volume ${journal.volumeId}: restoring ${formatSetting(original)}`);
  try {
    saveIfPossible({ ...journal, phase: 'restoring' }, work);
    const before: SeenVolume = await volume.describe();
    const refusal = await sendChange(volume, original, waiting);
    if (refusal !== null) throw refusal;
    await awaitChange(volume, original, before, waiting);
  } catch (thrown) {
    throw notRestored(journal.volumeId, original, thrown);
  }
  work.remove();
  tell(`volume ${journal.volumeId}: restored ${formatSetting(original)}; data stays in the tier where it is now`);
}

export type RestoreWork = Pick<TieringWork, 'volume' | 'tell' | 'nowMs' | 'sleepOn' | 'save' | 'remove'>;

/** What is on disk already asks for a restoration, so a full disk does not keep the volume from being restored. */
function saveIfPossible(journal: TieringJournal, { save }: Pick<TieringWork, 'save'>): void {
  try {
    save(journal);
  } catch (thrown) {
    if (!(thrown instanceof FeedrateError)) throw thrown;
  }
}

function notRestored(volumeId: string, original: TieringSetting, thrown: unknown): FeedrateError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  const what = `volume ${volumeId} was not restored to ${formatSetting(original)}: ${reason}`;
  return new FeedrateError('cloud', `${what}; try again with: feedrate fsx tiering --restore`, { cause: thrown });
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
