/** `--start-at`: machines that cannot meet begin at the same time by their clocks. */
import { FeedrateError } from '../base/errors.js';
import { visibleText } from '../base/visible-text.js';
import type { GroupRank } from './group.js';

/** When the first trial begins. */
export interface StartTime {
  /** Wall-clock time, ms since 1970. */
  readonly atMs: number;
  /** This process's place among the others; null: it was not given, and every process uses files of its own. */
  readonly place: GroupRank | null;
}

const OF_DAY = /^(\d{1,2}):(\d{2})(?::(\d{2}))?(Z)?$/;
const DATED = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:?\d{2})?$/;
const EPOCH = /^@(\d{9,11})(?:\.\d+)?$/;
const DAY_MS = 86_400_000;
/** A time of day that is this far back was missed, and is not meant for tomorrow. */
const MISSED_MS = DAY_MS / 2;

/**
 * Parses `12:30:00` (the next one, local, or UTC with `Z`), a date with a time of ISO 8601, or `@` and the seconds since 1970.
 * @throws FeedrateError `usage` for other text, and for a time that has passed
 */
export function startTimeOf(text: string, place: GroupRank | null, nowMs: number): StartTime {
  const atMs = timeOf(text.trim(), nowMs);
  if (atMs === null || Number.isNaN(atMs)) {
    const expected = 'expected 12:30:00, 2026-12-01T12:30:00Z or @SECONDS since 1970';
    throw new FeedrateError('usage', `--start-at ${visibleText(text)}: ${expected}`);
  }
  if (atMs <= nowMs) {
    const now = new Date(nowMs).toISOString();
    throw new FeedrateError('usage', `--start-at ${visibleText(text)}: this time has passed; it is ${now} here`);
  }
  return { atMs, place };
}

function timeOf(text: string, nowMs: number): number | null {
  const [, seconds] = EPOCH.exec(text) ?? [];
  if (seconds !== undefined) return Number(text.slice(1)) * 1000;
  if (DATED.test(text)) return Date.parse(text.replace(' ', 'T'));
  const [, hour, minute, second = '0', zone] = OF_DAY.exec(text) ?? [];
  if (hour === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const today = new Date(nowMs);
  if (zone === 'Z') today.setUTCHours(Number(hour), Number(minute), Number(second), 0);
  else today.setHours(Number(hour), Number(minute), Number(second), 0);
  const atMs = today.getTime();
  return nowMs - atMs > MISSED_MS ? atMs + DAY_MS : atMs;
}
