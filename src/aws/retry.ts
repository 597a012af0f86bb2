/** Repeats calls that AWS throttled or failed to answer, within a limit of time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { FeedrateError } from '../base/errors.js';
import { type CallName, callAws, isTransient } from './call.js';

/** The time that a caller has. */
export interface Patience {
  /** For one attempt, ms. */
  readonly attemptMs: number;
  /** For one call with its repetitions and the waiting between them, ms. */
  readonly callMs: number;
}

/** For a command that somebody waits for. */
export const PATIENT: Patience = { attemptMs: 10_000, callMs: 60_000 };

/** The waiting before the first repetition and the longest waiting, ms. AWS recommends a growing, random delay. */
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 8_000;

/**
 * Runs one call and returns its answer. Throttled calls and failures of the service are repeated while there is time;
 * everything else is thrown at once, as `callAws` throws it.
 */
export async function callPatiently<Answer>(
  name: CallName,
  { attemptMs, callMs }: Patience,
  send: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const endMs = performance.now() + callMs;
  for (let attempt = 0; ; attempt++) {
    try {
      return await callAws(name, Math.min(attemptMs, endMs - performance.now()), send);
    } catch (thrown) {
      const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt) * (0.5 + Math.random() / 2);
      if (!(thrown instanceof FeedrateError && isTransient(thrown)) || performance.now() + delayMs >= endMs)
        throw thrown;
      await sleep(delayMs);
    }
  }
}
