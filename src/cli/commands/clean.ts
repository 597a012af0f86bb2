import { tmpdir } from 'node:os';
import { EXIT, FeedrateError, type Issue, systemFaultOf } from '../../base/errors.js';
import { DEFAULT_RESULTS } from '../../base/results-command.js';
import { formatBytes } from '../../base/units.js';
import type { Cleanable } from '../../run/cleanable.js';
import { type ProgressMode, parseTargets } from '../options/arguments.js';
import { collect, progressOption } from '../options/common-options.js';
import type { Subcommand } from '../options/subcommand.js';
import { printLines, tell } from '../output/print.js';
import { exitsOnSignal } from '../terminal/exits.js';
import type { Progress } from '../terminal/progress.js';
import { leaveSignalsToTheKernel } from '../terminal/signals.js';

/** The options of `clean` as commander returns them. */
interface CleanOptions {
  readonly target?: readonly string[];
  /** The results directory. */
  readonly output?: string;
  readonly data?: boolean;
  readonly elsewhere?: boolean;
  /** Ids of kept datasets. */
  readonly datasetId?: readonly string[];
  readonly yes?: boolean;
  readonly progress: ProgressMode;
}

/** The groups of entries that `clean` treats differently. */
type Class = 'leftover' | 'elsewhere' | 'data' | 'dataset' | 'in use' | 'foreign' | 'closed' | 'others';

export const clean: Subcommand = {
  name: 'clean',
  description: 'remove files that feedrate created and no longer needs',
  configure(command) {
    command
      .option(
        '-t, --target <path>',
        'directory to clean; repeat for more (default: temporary targets, and temporary files of the results)',
        collect,
      )
      .option('-o, --output <directory>', `directory that runs are saved in (default without -t: "${DEFAULT_RESULTS}")`)
      .option('--data', 'also remove data files, which later runs would reuse')
      .option('--dataset-id <name>', 'also remove a dataset of prepare --dataset-id; repeat for more', collect)
      .option('--elsewhere', 'also remove files of runs on other machines or before a restart')
      .option('-y, --yes', 'do not ask for confirmation')
      .addOption(progressOption())
      .action(exitsOnSignal(cleanPlaces));
  },
  examples: `
Examples:
  feedrate clean                         what killed runs left in the temporary directory and in ./results
  feedrate clean -t /mnt/train --data    what runs left in a target, and the data files there

clean never removes a saved run, or anything of a run that still runs.
`,
};

/**
 * Lists what feedrate left in the targets, or in its default places, and removes what is confirmed, by an answer on a
 * terminal or by options. Never removes what a running run uses. Throws `FeedrateError` when there is no terminal to ask
 * on, when a place cannot be read, or when something could not be read or removed.
 */
async function cleanPlaces(options: CleanOptions): Promise<number> {
  const { aligned } = await import('../../report/table/columns.js');
  const { found, places } = await foundIn(options);
  if (found.length === 0) {
    printLines([`no files of feedrate in ${places.join(', ')}`]);
    return EXIT.pass;
  }
  printLines(aligned(found.map(rowOf)));
  const entries = await chosen(found, options);
  if (entries === null) return EXIT.interrupted;
  const kept = await removeAll(entries, options.progress);
  if (options.yes) printLines(hintsOf(found, options));
  const issues = [...kept, ...(await closedIn(found))];
  if (issues.length > 0) throw new FeedrateError('target', 'some files could not be read or removed', { issues });
  return EXIT.pass;
}

/** Returns what feedrate left in the places that the options name, and the names of these places. */
async function foundIn({ target, output }: CleanOptions): Promise<{ found: Cleanable[]; places: string[] }> {
  const [
    { cleanableInResults, cleanableInTarget, cleanableInTemporary },
    { openTarget },
    { touchableOf, untilTouched },
    { adviceOn },
  ] = await Promise.all([
    import('../../run/cleanable.js'),
    import('../../host/target.js'),
    import('../../run/first-touch.js'),
    import('../../host/files/denied-access.js'),
  ]);
  /** Returns what is found in a place. Throws `FeedrateError('target')` when this user may not read the place. */
  const readable = (place: string, find: () => Cleanable[]): Cleanable[] => {
    try {
      return find();
    } catch (cause) {
      if (cause instanceof FeedrateError) throw cause;
      const why = `cannot read ${place} (${systemFaultOf(cause).message})${adviceOn(cause, place, 'read')}`;
      throw new FeedrateError('target', `clean: ${why}`, { cause });
    }
  };
  const targets = parseTargets(target ?? []);
  await untilTouched(touchableOf(targets), tell);
  const results = output ?? (targets.length === 0 ? DEFAULT_RESULTS : null);
  return {
    // Copied, so that sizes are those before the removal.
    found: [
      ...targets.flatMap(({ name, path }) =>
        readable(path, () => cleanableInTarget(openTarget(name, path, { write: false }).path)),
      ),
      ...(targets.length === 0 ? readable(tmpdir(), cleanableInTemporary) : []),
      ...(results === null ? [] : cleanableInResults(results)),
    ].map((entry) => ({ ...entry })),
    places: [...(target ?? []), ...(targets.length === 0 ? [tmpdir()] : []), ...(results === null ? [] : [results])],
  };
}

/** Returns an issue for each directory that this user may not read. */
async function closedIn(found: readonly Cleanable[]): Promise<Issue[]> {
  const { adviceOnClosed } = await import('../../host/files/denied-access.js');
  return found
    .filter((entry) => classOf(entry) === 'closed')
    .map(({ path }) => ({ where: 'clean', message: `cannot read ${path}; ${adviceOnClosed(path)}` }));
}

/** Returns the group of an entry. Any run may use a data directory; everything else belongs to the process that made it. */
function classOf({ kind, state, dataset, otherUser }: Cleanable): Class {
  if (kind === 'foreign' || kind === 'closed') return kind;
  if (state === 'alive') return 'in use';
  if (otherUser !== null) return 'others';
  if (state === 'unknown') return 'elsewhere';
  if (kind !== 'data') return 'leftover';
  return dataset === null ? 'data' : 'dataset';
}

function rowOf(entry: Cleanable): string[] {
  const { path, kind, owner, dataset, otherUser, allocatedBytes } = entry;
  const what = kind === 'data' ? 'data files' : owner === null ? 'a process' : `run ${owner.runId}`;
  const meaning = {
    leftover: `left by ${owner === null ? 'a killed process' : what}`,
    elsewhere: `${what} on ${owner?.hostname ?? 'another machine or before a restart'}: may still be in use`,
    data: 'data files; later runs reuse them',
    dataset: `dataset ${dataset}, kept for later days`,
    'in use': 'in use by a run; not removed',
    foreign: 'not made by feedrate; not removed',
    closed: `cannot be read, belongs to ${otherUser ?? 'this user'}; not removed`,
    others: `${what} of ${otherUser}; not removed`,
  }[classOf(entry)];
  return [path, formatBytes(allocatedBytes), owner?.createdAt.slice(0, 16).replace('T', ' ') ?? '–', meaning];
}

/** Returns the entries to remove; null when the user pressed Ctrl-C at a question. */
async function chosen(found: readonly Cleanable[], options: CleanOptions): Promise<Cleanable[] | null> {
  if (options.yes) return found.filter((entry) => isAskedFor(entry, options));
  const groups = QUESTIONS.map(([asked, question]) => ({
    question,
    entries: found.filter((entry) => classOf(entry) === asked),
  })).filter(({ entries }) => entries.length > 0);
  if (groups.length === 0) return [];
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    const reason = 'there is no terminal to ask for confirmation; use --yes';
    throw new FeedrateError('usage', `clean: nothing was removed: ${reason}`);
  }
  const { askEach } = await import('../terminal/questions.js');
  const answers = await askEach(groups.map(({ question, entries }) => `${question} (${sizeOf(entries)})?`));
  return answers?.flatMap((isYes, index) => (isYes ? (groups[index]?.entries ?? []) : [])) ?? null;
}

/** `--yes` alone covers only leftovers of ended runs. Data files and uncertain cases need options of their own. */
function isAskedFor(entry: Cleanable, { data = false, elsewhere = false, datasetId = [] }: CleanOptions): boolean {
  const { kind, state, dataset } = entry;
  if (['foreign', 'closed', 'others'].includes(classOf(entry))) return false;
  if (dataset === null ? kind === 'data' && !data : !datasetId.includes(dataset)) return false;
  return state === 'dead' || (state === 'unknown' && elsewhere);
}

/** Returns lines that name what `--yes` did not remove. */
function hintsOf(found: readonly Cleanable[], options: CleanOptions): string[] {
  const { data, elsewhere, datasetId = [] } = options;
  const left = found.find((entry) => classOf(entry) === 'dataset' && !datasetId.includes(entry.dataset ?? ''));
  const has = (wanted: Class): boolean => found.some((entry) => classOf(entry) === wanted);
  return [
    ...(!data && has('data') ? ['data files were not removed; use --data to remove them'] : []),
    ...(left === undefined ? [] : [`datasets were not removed; use --dataset-id ${left.dataset} to remove one`]),
    ...(!elsewhere && has('elsewhere')
      ? ['files of other machines were not removed; use --elsewhere to remove them']
      : []),
    ...(has('others') ? ['files of other users were not removed; only they or root can remove them'] : []),
  ];
}

const QUESTIONS: readonly (readonly [Class, string])[] = [
  ['leftover', 'remove the files of runs that were killed'],
  ['elsewhere', 'remove files that another machine may still use'],
  ['data', 'remove the data files, which later runs would have to write again'],
  ['dataset', 'remove the datasets that are kept for later days'],
];

/**
 * Removes every entry that it can. A signal ends the process at once: what is left can still be recognised and removed.
 * Returns an issue for each one that it cannot.
 */
async function removeAll(entries: readonly Cleanable[], mode: ProgressMode): Promise<Issue[]> {
  const [{ removeCleanable }, { createProgress }] = await Promise.all([
    import('../../run/cleanable.js'),
    import('../terminal/progress.js'),
  ]);
  const progress = createProgress(mode, process.stderr, process.env);
  leaveSignalsToTheKernel();
  const issues: Issue[] = [];
  const removed = entries.filter((entry) => {
    try {
      removeCleanable(entry, removalTeller(entry, progress));
      return true;
    } catch (thrown) {
      if (!(thrown instanceof FeedrateError)) throw thrown;
      issues.push({ where: 'clean', message: thrown.message });
      return false;
    }
  });
  progress.close();
  printLines([removed.length === 0 ? 'nothing was removed' : `removed ${sizeOf(removed)}`]);
  return issues;
}

/** Shorter removals are not told, ms. */
const TELL_AFTER_MS = 500;
const TELL_EVERY_MS = 100;

/** Returns what is called after each removed file. */
function removalTeller({ path, entries }: Cleanable, progress: Progress): () => void {
  const totalFiles = entries ?? 0;
  const startMs = performance.now();
  let doneFiles = 0;
  let toldMs = startMs + TELL_AFTER_MS - TELL_EVERY_MS;
  return () => {
    doneFiles++;
    const nowMs = performance.now();
    if (nowMs - toldMs < TELL_EVERY_MS || doneFiles > totalFiles) return;
    toldMs = nowMs;
    const elapsedNs = (nowMs - startMs) * 1e6;
    const fraction = doneFiles / totalFiles;
    const leftNs = elapsedNs * (1 / fraction - 1);
    const work = { doneFiles, totalFiles, doneBytes: 0, totalBytes: 0, fraction, elapsedNs, leftNs };
    progress.handle({ type: 'removal', target: path, ...work });
  };
}

function sizeOf(entries: readonly Cleanable[]): string {
  const isFile = ({ kind }: Cleanable): boolean => kind === 'probe' || kind === 'replacement';
  const one = entries.every(isFile) ? 'file' : 'directory';
  const several = entries.every(isFile) ? 'files' : entries.some(isFile) ? 'files and directories' : 'directories';
  const count = `${entries.length} ${entries.length === 1 ? one : several}`;
  const bytes = entries.reduce((sum, { allocatedBytes }) => sum + allocatedBytes, 0);
  return `${count}, ${formatBytes(bytes)}`;
}
