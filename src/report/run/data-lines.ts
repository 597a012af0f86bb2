/** The user's data behind a target, as lines of a run's header. */
import { formatBytes, formatWhole } from '../../base/units.js';
import { visibleText } from '../../base/visible-text.js';
import { LEFT_OUT } from '../../plan/scan-summary.js';
import { medianBin } from '../../plan/size-bins.js';
import type { TargetEnvironment } from '../../record/run-record.js';
import type { UserDataRecord } from '../../record/user-data-record.js';
import { formatPercent } from '../table/format.js';

/** Returns what was read, what was left out, and what did not come from the device. Empty if feedrate made the files. */
export function dataLines({ name, userData }: TargetEnvironment): string[] {
  if (userData === undefined) return [];
  return [`data of ${name}: ${dataWords(userData)}`, ...notReadLines(name, userData), ...holeLines(name, userData)];
}

function dataWords(data: UserDataRecord): string {
  const { path, device, files, bytes, smallestBytes, largestBytes, sizes, digest } = data;
  const count = device ? 'block device' : `${formatWhole(files)} ${files === 1 ? 'file' : 'files'}`;
  const median = medianBin(sizes)?.fromBytes ?? 0;
  const half =
    files < 3 || smallestBytes === largestBytes ? '' : `, half of them below ${formatBytes(2 * median || 1)}`;
  const range =
    smallestBytes === largestBytes ? '' : ` (${formatBytes(smallestBytes)} to ${formatBytes(largestBytes)}${half})`;
  const where = path === '.' ? '' : `${visibleText(path)}, `;
  return `${where}${count}, ${formatBytes(bytes)}${range}, digest ${digest.slice(0, 8)}`;
}

/** Reasons beside those of the scan, for one and for many. */
const OTHER_REASONS = {
  limit: ['file beyond limit', 'files beyond limit'],
  copies: ['file that not every target has', 'files that not every target has'],
} as const;
const REASONS: Readonly<Record<string, readonly [one: string, many: string]>> = { ...LEFT_OUT, ...OTHER_REASONS };

/** Returns one line for all that was not read: `not read: 3 symbolic links, 1 file … (a, b)`. */
function notReadLines(name: string, { notRead }: UserDataRecord): string[] {
  if (notRead.length === 0) return [];
  const parts = notRead.map(({ why, entries, first }) => {
    // Later versions may have other reasons.
    const words = REASONS[why]?.[entries === 1 ? 0 : 1] ?? `entries (${visibleText(why)})`;
    const names = first.length === 0 ? '' : ` (${first.slice(0, NAMED).map(visibleText).join(', ')})`;
    return `${formatWhole(entries)} ${words}${names}`;
  });
  return [`not read of ${name}: ${parts.join(', ')}`];
}

/** So many paths of a reason are named. */
const NAMED = 3;

/** Below this share of the bytes, holes do not matter: a file's last block is often stored in another way. */
const TELLING_SHARE = 0.01;

function holeLines(name: string, { bytes, unallocatedBytes }: UserDataRecord): string[] {
  if (unallocatedBytes <= TELLING_SHARE * bytes) return [];
  const share = formatPercent(Number((unallocatedBytes / bytes).toPrecision(2)));
  const words = `${share} of the bytes take no space (sparse or compressed files), so they do not come from the device`;
  return [`! data of ${name}: ${words}`];
}
