/** Divides alpha among the looks at a run that grows, over all gates that ever look at it. */
import { FeedrateError } from '../base/errors.js';
import type { RecordedLook, RunRecord } from '../record/run-record.js';
import type { Look } from './decide.js';

/** A smaller rest of alpha is rounding. */
const NOTHING = 1e-9;

/**
 * Returns the look at a run with this number of sessions, out of `planned` ones. A look that was taken before keeps its
 * part of alpha, because the data are the same. A further one gets an equal part of what earlier looks left.
 * Null when they left nothing.
 */
export function lookAt(recorded: readonly RecordedLook[], sessions: number, planned: number): Required<Look> | null {
  const taken = takenAt(recorded, sessions);
  const place = taken.findIndex((look) => look.sessions === sessions);
  const number = place < 0 ? taken.length + 1 : place + 1;
  const all = Math.max(planned, number, taken.length);
  const share = place < 0 ? nextShare(taken, planned) : (taken[place] as RecordedLook).share;
  if (share === 0) return null;
  const after = place < 0 ? [...taken, { sessions, share }] : taken;
  return { number, planned: all, share, spent: all > 1 && nextShare(after, planned) === 0 };
}

/**
 * Returns the look at the sessions that a run has. Throws `FeedrateError('store')` when looks at fewer sessions have used
 * all of alpha, and feedrate did not add the others.
 */
export function lookAtRun({ id, plan, looks = [] }: RunRecord, planned: number): Required<Look> {
  const look = lookAt(looks, plan.sessions, planned);
  if (look !== null) return look;
  throw new FeedrateError('store', `${id}: looks at fewer sessions have used all of alpha; measure a new run`);
}

/** Returns the looks with this one, by sessions. A later look was planned, but its sessions were never measured. */
export function withLook(
  recorded: readonly RecordedLook[],
  sessions: number,
  { share }: Required<Look>,
): RecordedLook[] {
  const taken = takenAt(recorded, sessions);
  return taken.some((look) => look.sessions === sessions) ? taken : [...taken, { sessions, share }];
}

function takenAt(recorded: readonly RecordedLook[], sessions: number): RecordedLook[] {
  return recorded.filter((look) => look.sessions <= sessions);
}

function nextShare(taken: readonly RecordedLook[], planned: number): number {
  const left = 1 - taken.reduce((sum, { share }) => sum + share, 0);
  return left < NOTHING ? 0 : left / Math.max(1, planned - taken.length);
}
