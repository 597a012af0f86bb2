/** Whether two sides read the same data, for runs over files that were there before. */
import { formatBytes, formatWhole } from '../base/units.js';
import { readsDataset } from '../plan/arm-files.js';
import type { Arm } from '../plan/plan.js';
import type { RunRecord } from '../record/run-record.js';
import type { UserDataRecord } from '../record/user-data-record.js';
import { targetOf } from './attributes.js';

/** Returns what the arm read if those were files of the user; undefined if feedrate made them, or if it reads none. */
export function userDataOf(run: Pick<RunRecord, 'environment'>, arm: Arm): UserDataRecord | undefined {
  const data = targetOf(run, arm.target)?.userData;
  return data !== undefined && readsDataset(arm) ? data : undefined;
}

/** Returns the data in a few words that differ where the data does: `1,200 files, 1.5 GiB (3f2a90c1)`. */
export function dataText(data: UserDataRecord | undefined): string {
  if (data === undefined) return 'files that feedrate made';
  return `${data.device ? 'block device' : countText(data.files)}, ${formatBytes(data.bytes)} (${data.digest.slice(0, 8)})`;
}

/** Returns both sides in words, the candidate's with what it has more or less; null if both read the same data. */
export function dataDifference(
  base: UserDataRecord | undefined,
  candidate: UserDataRecord | undefined,
): { readonly base: string; readonly candidate: string } | null {
  if (base?.digest === candidate?.digest) return null;
  if (base === undefined || candidate === undefined) return { base: dataText(base), candidate: dataText(candidate) };
  return { base: dataText(base), candidate: `${dataText(candidate)}: ${changeText(base, candidate)}` };
}

function changeText(base: UserDataRecord, candidate: UserDataRecord): string {
  const [files, bytes] = [candidate.files - base.files, candidate.bytes - base.bytes];
  const parts = [
    ...(files === 0 ? [] : [`${countText(Math.abs(files))} ${moreOrLess(files, 'fewer')}`]),
    ...(bytes === 0 ? [] : [`${formatBytes(Math.abs(bytes))} ${moreOrLess(bytes, 'less')}`]),
  ];
  return parts.length === 0 ? 'other names or sizes' : parts.join(', ');
}

function moreOrLess(change: number, less: string): string {
  return change > 0 ? 'more' : less;
}

function countText(files: number): string {
  return `${formatWhole(files)} ${files === 1 ? 'file' : 'files'}`;
}
