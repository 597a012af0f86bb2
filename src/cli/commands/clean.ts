import { EXIT, FeedrateError } from '../../base/errors.js';
import { formatBytes } from '../../base/units.js';
import type { OwnDirectory } from '../../host/files/own-directory.js';
import { parseTargets } from '../options/arguments.js';
import { collect } from '../options/common-options.js';
import type { Subcommand } from '../options/subcommand.js';
import { exitsOnSignal } from '../terminal/exits.js';

/** The options of `clean` as commander returns them. */
interface CleanOptions {
  readonly target: readonly string[];
  readonly data?: boolean;
  readonly elsewhere?: boolean;
  readonly yes?: boolean;
}

/** The groups of directories that `clean` treats differently. */
type Class = 'leftover' | 'elsewhere' | 'data' | 'in use';

export const clean: Subcommand = {
  name: 'clean',
  description: 'remove files that feedrate created in a target',
  configure(command) {
    command
      .requiredOption('-t, --target <path>', 'directory to clean; repeat for more', collect)
      .option('--data', 'also remove data files, which later runs would reuse')
      .option('--elsewhere', 'also remove files of runs on other machines or before a restart')
      .option('-y, --yes', 'do not ask for confirmation')
      .action(exitsOnSignal(cleanTargets));
  },
  examples: '\nExample:\n  feedrate clean -t /mnt/train --data\n',
};

/**
 * Lists feedrate's directories in the targets and removes those that are confirmed, by an answer on a terminal or by
 * options. Never removes the directory of a running run. Throws `FeedrateError` when there is no terminal to ask on, when
 * a target cannot be used, or when something could not be removed.
 */
async function cleanTargets(options: CleanOptions): Promise<number> {
  const [{ findOwnDirectories }, { openTarget }, { aligned }, { touchableOf, untilTouched }] = await Promise.all([
    import('../../host/files/own-directory.js'),
    import('../../host/target.js'),
    import('../../report/table/columns.js'),
    import('../../run/first-touch.js'),
  ]);
  const targets = parseTargets(options.target);
  await untilTouched(touchableOf(targets), (text) => process.stderr.write(`${text}\n`));
  const found = targets.flatMap(({ name, path }) => findOwnDirectories(openTarget(name, path, { write: false })));
  if (found.length === 0) {
    process.stdout.write(`no files of feedrate in ${options.target.join(', ')}\n`);
    return EXIT.pass;
  }
  process.stdout.write(`${aligned(found.map(rowOf)).join('\n')}\n`);
  const directories = await chosen(found, options);
  if (directories === null) return EXIT.interrupted;
  await removeAll(directories);
  if (options.yes) process.stdout.write(hintsOf(found, options));
  return EXIT.pass;
}

/** Returns the group of a directory. Any run may use a data directory; scratch belongs to the run that created it. */
function classOf({ kind, state }: OwnDirectory): Class {
  if (state === 'alive') return 'in use';
  if (state === 'unknown') return 'elsewhere';
  return kind === 'data' ? 'data' : 'leftover';
}

function rowOf(directory: OwnDirectory): string[] {
  const { path, kind, runId, createdAt, hostname, allocatedBytes } = directory;
  const meaning = {
    leftover: `left by run ${runId}`,
    elsewhere: `${kind === 'data' ? 'data files' : `run ${runId}`} on ${hostname}: may still be in use`,
    data: 'data files; later runs reuse them',
    'in use': 'in use by a run; not removed',
  }[classOf(directory)];
  return [path, formatBytes(allocatedBytes), createdAt.slice(0, 16).replace('T', ' '), meaning];
}

/** Returns the directories to remove; null when the user pressed Ctrl-C at a question. */
async function chosen(found: readonly OwnDirectory[], options: CleanOptions): Promise<OwnDirectory[] | null> {
  if (options.yes) return found.filter((directory) => isAskedFor(directory, options));
  const groups = QUESTIONS.map(([asked, question]) => ({
    question,
    directories: found.filter((directory) => classOf(directory) === asked),
  })).filter(({ directories }) => directories.length > 0);
  if (groups.length === 0) return [];
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    const reason = 'there is no terminal to ask for confirmation; use --yes';
    throw new FeedrateError('usage', `clean: nothing was removed: ${reason}`);
  }
  const { askEach } = await import('../terminal/questions.js');
  const answers = await askEach(groups.map(({ question, directories }) => `${question} (${sizeOf(directories)})?`));
  return answers?.flatMap((isYes, index) => (isYes ? (groups[index]?.directories ?? []) : [])) ?? null;
}

/** `--yes` alone covers only leftovers of ended runs. Data files and uncertain cases need options of their own. */
function isAskedFor({ kind, state }: OwnDirectory, { data = false, elsewhere = false }: CleanOptions): boolean {
  return (kind === 'scratch' || data) && (state === 'dead' || (state === 'unknown' && elsewhere));
}

/** Returns lines that name what `--yes` did not remove. */
function hintsOf(found: readonly OwnDirectory[], { data, elsewhere }: CleanOptions): string {
  const has = (wanted: Class): boolean => found.some((directory) => classOf(directory) === wanted);
  const aboutData = !data && has('data') ? 'data files were not removed; use --data to remove them\n' : '';
  const aboutElsewhere =
    !elsewhere && has('elsewhere') ? 'files of other machines were not removed; use --elsewhere to remove them\n' : '';
  return aboutData + aboutElsewhere;
}

const QUESTIONS: readonly (readonly [Class, string])[] = [
  ['leftover', 'remove the files of runs that were killed'],
  ['elsewhere', 'remove files that another machine may still use'],
  ['data', 'remove the data files, which later runs would have to write again'],
];

/** Removes every directory that it can. Throws `FeedrateError` with an issue for each one that it cannot. */
async function removeAll(directories: readonly OwnDirectory[]): Promise<void> {
  const { removeOwnDirectory } = await import('../../host/files/own-directory.js');
  const issues: { where: string; message: string }[] = [];
  const removed = directories.filter(({ path }) => {
    try {
      removeOwnDirectory(path);
      return true;
    } catch (thrown) {
      if (!(thrown instanceof FeedrateError)) throw thrown;
      issues.push({ where: 'clean', message: thrown.message });
      return false;
    }
  });
  process.stdout.write(removed.length === 0 ? 'nothing was removed\n' : `removed ${sizeOf(removed)}\n`);
  if (issues.length > 0) throw new FeedrateError('target', 'some directories could not be removed', { issues });
}

function sizeOf(directories: readonly OwnDirectory[]): string {
  const count = directories.length === 1 ? '1 directory' : `${directories.length} directories`;
  const bytes = directories.reduce((sum, { allocatedBytes }) => sum + allocatedBytes, 0);
  return `${count}, ${formatBytes(bytes)}`;
}
