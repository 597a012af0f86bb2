/** Tiering policies and their times in words. */
import type { TieringSetting } from './tiering-journal.js';

export const DAY_MS = 24 * 3600 * 1000;
/** Cold data moves 24 to 48 hours after the end of its cooling period (ONTAPGuide, volume-storage-capacity, 2026-11). */
export const MOVING_HOURS = 48;

/** Returns `AUTO:31` or `ALL`. */
export function formatSetting({ name, coolingDays }: TieringSetting): string {
  return coolingDays === null ? name : `${name}:${coolingDays}`;
}

/** Returns a duration in days, or in hours or minutes when it is shorter than two of the larger unit. */
export function formatDays(ms: number): string {
  const units: readonly (readonly [number, string])[] = [
    [DAY_MS, 'days'],
    [DAY_MS / 24, 'hours'],
    [60_000, 'minutes'],
  ];
  const [size, unit] = units.find(([each]) => ms >= 2 * each || ms === each) ?? [60_000, 'minutes'];
  const count = Math.ceil(ms / size);
  return count === 1 ? `1 ${unit.slice(0, -1)}` : `${count} ${unit}`;
}
