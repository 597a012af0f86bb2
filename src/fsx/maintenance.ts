/** The weekly maintenance window of a file system. */

/** "Performing maintenance", FSx for ONTAP user guide (2022): a window of 30 minutes. */
export const WINDOW_MS = 30 * 60_000;

const DAY_MS = 24 * 60 * 60_000;
/** 1970-01-01 was a Thursday, the fourth day. */
const FIRST_DAY = 4;

/**
 * Returns when the next window starts, in ms since 1970: the current one until it ends. null if the text is not `d:HH:MM`.
 * @param weekly as the API has it, in UTC, 1 = Monday
 */
export function nextMaintenanceMs(weekly: string | null, nowMs: number): number | null {
  const [, day, hour, minute] = /^([1-7]):([01]\d|2[0-3]):?([0-5]\d)$/.exec(weekly ?? '') ?? [];
  if (day === undefined) return null;
  const startOfWeekMs = (Number(day) - FIRST_DAY) * DAY_MS + (Number(hour) * 60 + Number(minute)) * 60_000;
  const weeks = Math.ceil((nowMs - WINDOW_MS - startOfWeekMs + 1) / (7 * DAY_MS));
  return startOfWeekMs + weeks * 7 * DAY_MS;
}
