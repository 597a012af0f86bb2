/**
 * Changes the tiering policy of a volume. UpdateVolume leaves no administrative action for it, so the change has happened
 * when DescribeVolumes shows both name and cooling period. AWS takes one change of a volume at a time.
 */
import { FeedrateError } from '../base/errors.js';
import type { TieringSetting } from '../record/tiering-journal.js';
import { formatSetting } from '../record/tiering-words.js';
import { isSameSetting } from './tiering-policy.js';

/** What AWS shows of a volume. */
export interface SeenVolume {
  /** null: the volume has no tiering policy. */
  readonly setting: TieringSetting | null;
  readonly lifecycle: string | null;
  /** LifecycleTransitionReason.Message; null: none. */
  readonly reason: string | null;
}

/** The calls on one volume. They throw `FeedrateError('cloud')`, whose cause is the error of the SDK. */
export interface VolumeCalls {
  readonly volumeId: string;
  describe(): Promise<SeenVolume>;
  update(setting: TieringSetting): Promise<void>;
}

export interface Waiting {
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** May throw to end the work. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly tell: (line: string) => void;
}

/** Pauses between calls grow from the first to the longest. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 10_000;
/** A change was seen after 120 to 180 s (YAl, 2026-08), and one before it may have to end first. */
const LIMIT_MS = 15 * 60_000;

/**
 * Sends a change. Waits while an earlier one is in progress, and repeats it while AWS throttles or does not answer.
 * Returns null when it was sent, and the error when AWS refused it, so that certainly nothing changed. Throws any other
 * error: the change may have been made.
 */
export async function sendChange(
  volume: VolumeCalls,
  setting: TieringSetting,
  { nowMs, sleep, tell }: Waiting,
): Promise<FeedrateError | null> {
  const deadlineMs = nowMs() + LIMIT_MS;
  let mayBeMade = false;
  let told = '';
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = longer(pauseMs)) {
    try {
      await volume.update(setting);
      return null;
    } catch (thrown) {
      if (!(thrown instanceof FeedrateError)) throw thrown;
      const kind = kindOf(thrown);
      mayBeMade ||= kind === 'unclear';
      if (kind === 'refused' || nowMs() >= deadlineMs) {
        if (mayBeMade) throw thrown;
        return thrown;
      }
      const why = kind === 'busy' ? 'another update of it is in progress' : (thrown.message.split(';')[0] ?? '');
      if (why !== told) tell(`volume ${volume.volumeId}: ${why}; trying again`);
      told = why;
    }
    await sleep(pauseMs);
  }
}

function longer(pauseMs: number): number {
  return Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
}

/**
 * Waits until AWS shows the setting. Throws `FeedrateError('cloud')` when the volume reports a failure, or shows another
 * setting for a quarter of an hour.
 * @param before what AWS showed before the change: an old reason is no failure of this one
 */
export async function awaitChange(
  volume: VolumeCalls,
  setting: TieringSetting,
  before: SeenVolume,
  { nowMs, sleep, tell }: Waiting,
): Promise<void> {
  const deadlineMs = nowMs() + LIMIT_MS;
  tell(`volume ${volume.volumeId}: waiting until AWS shows ${formatSetting(setting)}, which takes some minutes`);
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = longer(pauseMs)) {
    await sleep(pauseMs);
    const seen = await describeOrNull(volume, nowMs() >= deadlineMs);
    if (seen === null) continue;
    if (seen.setting !== null && isSameSetting(seen.setting, setting)) return;
    const failed = seen.lifecycle === 'FAILED' || (seen.reason !== null && seen.reason !== before.reason);
    if (failed) throw notChanged(volume, setting, `AWS reports ${seen.reason ?? 'the state FAILED'}`);
    if (nowMs() < deadlineMs) continue;
    const shown = seen.setting === null ? 'no policy' : formatSetting(seen.setting);
    throw notChanged(volume, setting, `AWS still shows ${shown} after ${LIMIT_MS / 60_000} minutes`);
  }
}

function notChanged({ volumeId }: VolumeCalls, setting: TieringSetting, why: string): FeedrateError {
  return new FeedrateError('cloud', `volume ${volumeId} was not changed to ${formatSetting(setting)}: ${why}`);
}

/** Returns null for an error that the next call may not meet. */
async function describeOrNull(volume: VolumeCalls, isLast: boolean): Promise<SeenVolume | null> {
  try {
    return await volume.describe();
  } catch (thrown) {
    if (isLast || !(thrown instanceof FeedrateError) || kindOf(thrown) === 'refused') throw thrown;
    return null;
  }
}

/**
 * `busy`: an earlier update is in progress. `throttled`: AWS did not take the call. `unclear`: no answer, or a fault of the
 * service: it may have been carried out. `refused`: everything else, such as a missing permission.
 */
function kindOf(error: FeedrateError): 'busy' | 'throttled' | 'unclear' | 'refused' {
  const {
    name = '',
    message = '',
    $metadata,
  } = (error.cause ?? {}) as {
    readonly name?: string;
    readonly message?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  if (/update already in progress/i.test(message)) return 'busy';
  if (/Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/.test(name)) return 'throttled';
  const status = $metadata?.httpStatusCode;
  return status !== undefined && status >= 400 && status < 500 ? 'refused' : 'unclear';
}
