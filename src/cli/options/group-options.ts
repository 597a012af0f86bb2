/** The options of commands that several machines can do together. */
import { existsSync, readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { FeedrateError } from '../../base/errors.js';
import { parseDuration } from '../../base/units.js';
import type { FoundPlace } from '../../group/detect-launcher.js';
import type { Group, Launcher } from '../../group/group.js';
import type { StartTime } from '../../group/start-time.js';

/** The options as commander returns them. */
export interface RawGroupOptions {
  readonly group?: Launcher | 'auto';
  readonly rank?: string;
  readonly groupSize?: string;
  readonly groupDirectory?: string;
  readonly groupTimeout?: string;
  readonly startAt?: string;
}

const CHOICES: readonly (Launcher | 'auto')[] = ['auto', 'none', 'pmi', 'mpi', 'files'];
const DEFAULT_SILENT_NS = 30e9;
/** Launchers of containers start their ranks minutes apart. */
const LEAST_JOIN_NS = 600e9;

/**
 * Adds the options.
 * @param meetingPlace the directory in which ranks meet by default, in words
 */
export function addGroupOptions(command: Command, meetingPlace: string): Command {
  return command
    .addOption(
      new Option('--group <launcher>', 'work with other machines: how their ranks reach each other')
        .choices(CHOICES)
        .default('auto'),
    )
    .option('--rank <n>', 'rank of this process, from 0 (default: from the launcher)')
    .option('--group-size <n>', 'number of ranks (default: from the launcher)')
    .option('--group-directory <directory>', `directory that all ranks share (default: ${meetingPlace})`)
    .option('--group-timeout <duration>', 'end when a rank shows no sign of life for this long (default: 30s)');
}

/** The machines that a command works with. */
export interface ChosenGroup {
  readonly group: Group;
  /** When the first trial begins; null: when all ranks are ready. */
  readonly startTime: StartTime | null;
}

/**
 * Returns the group of this process, once all its ranks have come, or null for a process that works alone at no set time.
 * Loads nothing when the environment has no launcher's words.
 * @param resultsDirectory all ranks meet there unless an option names another directory
 * @param tell called with lines for the user
 * @throws FeedrateError `usage` for wrong options, and what `openGroup` throws
 */
export async function groupFrom(
  raw: RawGroupOptions,
  resultsDirectory: string,
  tell: (text: string) => void,
): Promise<ChosenGroup | null> {
  if (!isAsked(raw) && !(await isLaunched(process.env))) return null;
  const [{ detectLauncher }, { openGroup }, { loneGroup }, { startTimeOf }] = await Promise.all([
    import('../../group/detect-launcher.js'),
    import('../../group/open-group.js'),
    import('../../group/lone-group.js'),
    import('../../group/start-time.js'),
  ]);
  const wish = {
    launcher: raw.group ?? 'auto',
    rank: wholeNumber('--rank', raw.rank),
    size: wholeNumber('--group-size', raw.groupSize),
  };
  const silentNs = durationNs('--group-timeout', raw.groupTimeout) ?? DEFAULT_SILENT_NS;
  const place = detectLauncher(wish, process.env, fileText);
  if (raw.startAt !== undefined) {
    return { group: loneGroup(), startTime: startTimeOf(raw.startAt, place, Date.now()) };
  }
  if (place === null) return null;
  if (place.rank === 0) tell(`group of ${place.size} ranks (${place.foundIn}), meeting by ${place.launcher}`);
  const patience = { silentNs, joinNs: Math.max(silentNs, LEAST_JOIN_NS) };
  const sharedDirectory = raw.groupDirectory ?? resultsDirectory;
  return { group: await openGroup({ place, sharedDirectory, patience, tell }), startTime: null };
}

/**
 * Returns the place that a launcher gave to this process, for commands without options for it. Null for a process that is
 * alone, or if the launcher does not say how many there are.
 */
export async function launchedPlace(): Promise<FoundPlace | null> {
  if (!(await isLaunched(process.env))) return null;
  const { detectLauncher } = await import('../../group/detect-launcher.js');
  try {
    return detectLauncher({ launcher: 'auto', rank: null, size: null }, process.env, fileText);
  } catch (thrown) {
    if (thrown instanceof FeedrateError) return null;
    throw thrown;
  }
}

function isAsked({ group, rank, groupSize, startAt }: RawGroupOptions): boolean {
  return [rank, groupSize, startAt].some((value) => value !== undefined) || (group ?? CHOICES[0]) !== CHOICES[0];
}

/** Whether a launcher left words for this process. */
async function isLaunched(environment: NodeJS.ProcessEnv): Promise<boolean> {
  const { isFileWord, LAUNCHER_WORDS } = await import('../../group/launcher-words.js');
  return Object.values(LAUNCHER_WORDS).some((word) =>
    isFileWord(word) ? existsSync(word) : environment[word] !== undefined,
  );
}

function fileText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function wholeNumber(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,7}$/.test(text)) throw new FeedrateError('usage', `${option} ${text}: expected a whole number`);
  return Number(text);
}

function durationNs(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const parsed = parseDuration(text);
  if (!parsed.ok || parsed.value < LEAST_SILENT_NS) {
    throw new FeedrateError('usage', `${option} ${text}: expected 3s or more, such as 30s or 5m`);
  }
  return parsed.value;
}

/** A rank shows a sign of life about every second. */
const LEAST_SILENT_NS = 3e9;
