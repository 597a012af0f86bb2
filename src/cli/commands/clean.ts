import { EXIT, FeedrateError } from '../../base/errors.js';
import { formatBytes } from '../../base/units.js';
import type { OwnDirectory } from '../../host/files/own-directory.js';
import { parseTargets } from '../options/arguments.js';
import { collect } from '../options/common-options.js';
import { exits, type Subcommand } from '../options/subcommand.js';

/** The options of `clean` as commander hands them over. */
interface CleanOptions {
  readonly target: readonly string[];
  readonly data?: boolean;
  readonly elsewhere?: boolean;
  readonly yes?: boolean;
}

/** What may become of a directory. */
type Class = 'leftover' | 'elsewhere' | 'data' | 'in use';

export const clean: Subcommand = {
  name: 'clean',
  description: 'remove what feedrate made below a target',
  configure(command) {
    command
      .requiredOption('-t, --target <path>', 'directory to clean; repeat for more', collect)
      .option('--data', 'also remove the data files that later runs would reuse')
      .option('--elsewhere', 'also remove what runs on other machines, or before a restart, have left')
      .option('-y, --yes', 'do not ask')
      .action(exits(cleanTargets));
  },
  examples: '\nExample:\n  feedrate clean -t /mnt/train --data\n',
};

/**
 * Lists what feedrate made below the targets and removes what is confirmed: by an answer on a
 * terminal, by options elsewhere. What a live run uses is never touched. Throws `FeedrateError` when there
 * is nobody to ask, when a target cannot be used, or when something could not be removed.
 */
async function cleanTargets(options: CleanOptions): Promise<number> {
  const [{ findOwnDirectories }, { openTarget }, { aligned }, { untilTargetsAnswer }] = await Promise.all([
    import('../../host/files/own-directory.js'),
    import('../../host/target.js'),
    import('../../report/table/columns.js'),
    import('../../run/first-touch.js'),
  ]);
  const targets = parseTargets(options.target);
  await untilTargetsAnswer(targets, (text) => process.stderr.write(`${text}\n`));
  const found = targets.flatMap(({ name, path }) => findOwnDirectories(openTarget(name, path, { write: false })));
  if (found.length === 0) {
    process.stdout.write(`nothing of feedrate's below ${options.target.join(', ')}\n`);
    return EXIT.pass;
  }
  process.stdout.write(`${aligned(found.map(rowOf)).join('\n')}\n`);
  const directories = await chosen(found, options);
  if (directories === null) return EXIT.interrupted;
  await removeAll(directories);
  if (options.yes) process.stdout.write(hintsOf(found, options));
  return EXIT.pass;
}

/** A data directory serves every run, so that only its users matter; scratch belongs to the run that made it. */
function classOf({ kind, state }: OwnDirectory): Class {
  if (state === 'alive') return 'in use';
  if (state === 'unknown') return 'elsewhere';
  return kind === 'data' ? 'data' : 'leftover';
}

function rowOf(directory: OwnDirectory): string[] {
  const { path, kind, runId, createdAt, hostname, allocatedBytes } = directory;
  const meaning = {
    leftover: `left by run ${runId}`,
    elsewhere: `of ${kind === 'data' ? 'data files' : `run ${runId}`} on ${hostname}: cannot tell whether it still runs`,
    data: 'data files, which later runs reuse',
    'in use': 'in use by a run: stays',
  }[classOf(directory)];
  return [path, formatBytes(allocatedBytes), createdAt.slice(0, 16).replace('T', ' '), meaning];
}

/** Null when the user pressed Ctrl-C at a question. */
async function chosen(found: readonly OwnDirectory[], options: CleanOptions): Promise<OwnDirectory[] | null> {
  if (options.yes) return found.filter((directory) => isAskedFor(directory, options));
  const groups = QUESTIONS.map(([asked, question]) => ({
    question,
    directories: found.filter((directory) => classOf(directory) === asked),
  })).filter(({ directories }) => directories.length > 0);
  if (groups.length === 0) return [];
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    const reason = 'there is no terminal to ask on; confirm with --yes';
    throw new FeedrateError('usage', `clean: nothing was removed, as ${reason}`);
  }
  const { askEach } = await import('../terminal/questions.js');
  const answers = await askEach(groups.map(({ question, directories }) => `${question} (${sizeOf(directories)})?`));
  return answers?.flatMap((isYes, index) => (isYes ? (groups[index]?.directories ?? []) : [])) ?? null;
}

/** What `--yes` alone confirms is of no use to anybody; data files and doubtful cases have options of their own. */
function isAskedFor({ kind, state }: OwnDirectory, { data = false, elsewhere = false }: CleanOptions): boolean {
  return (kind === 'scratch' || data) && (state === 'dead' || (state === 'unknown' && elsewhere));
}

/** `--yes` asks nothing, so it says what else there is. */
function hintsOf(found: readonly OwnDirectory[], { data, elsewhere }: CleanOptions): string {
  const has = (wanted: Class): boolean => found.some((directory) => classOf(directory) === wanted);
  const aboutData = !data && has('data') ? 'the data files stay; --data removes them\n' : '';
  const aboutElsewhere =
    !elsewhere && has('elsewhere') ? 'what may be in use elsewhere stays; --elsewhere removes it\n' : '';
  return aboutData + aboutElsewhere;
}

const QUESTIONS: readonly (readonly [Class, string])[] = [
  ['leftover', 'remove what dead runs left'],
  ['elsewhere', 'remove what may still be in use elsewhere'],
  ['data', 'remove the data files, which later runs would write again'],
];

/** Removes as much as can be, and tells of every directory that could not. */
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
  if (issues.length > 0) throw new FeedrateError('target', 'not everything could be removed', { issues });
}

function sizeOf(directories: readonly OwnDirectory[]): string {
  const count = directories.length === 1 ? '1 directory' : `${directories.length} directories`;
  const bytes = directories.reduce((sum, { allocatedBytes }) => sum + allocatedBytes, 0);
  return `${count}, ${formatBytes(bytes)}`;
}
