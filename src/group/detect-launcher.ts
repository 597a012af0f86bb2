/** Finds out which launcher started this process, and the place that it gave. */
import { FeedrateError } from '../base/errors.js';
import { visibleText } from '../base/visible-text.js';
import type { GroupRank, Launcher } from './group.js';
import { LAUNCHER_WORDS, type LauncherName } from './launcher-words.js';

export type LauncherEnvironment = Readonly<Record<string, string | undefined>>;

/** A place, and where it was found. */
export interface FoundPlace extends GroupRank {
  readonly launcher: Launcher;
  /** The variables or the file, for people. */
  readonly foundIn: string;
  /** What all ranks of this job share and no other job has; empty if the launcher does not say. */
  readonly job: string;
}

/** What the user said about the group on the command line. */
export interface GroupWish {
  readonly launcher: Launcher | 'auto';
  readonly rank: number | null;
  readonly size: number | null;
}

/** What a launcher says. */
interface LauncherWords {
  readonly launcher: Launcher;
  /** What holds rank and size, for people. */
  readonly foundIn: string;
  readonly rank: string | undefined;
  /** Undefined if the launcher does not say. */
  readonly size: string | undefined;
  readonly job?: string;
}

/** Where the size comes from when the launcher does not give it. */
const SIZE_VARIABLE = 'FEEDRATE_GROUP_SIZE';

type WordsReader = (environment: LauncherEnvironment, fileText: string) => LauncherWords;

/** The launchers, the innermost first: mpirun runs inside of Slurm jobs, and both run inside of containers. */
const READERS: Readonly<Record<LauncherName, WordsReader>> = {
  pmi: (environment) => ({
    launcher: 'pmi',
    foundIn: 'PMI_FD, PMI_RANK, PMI_SIZE',
    rank: environment['PMI_RANK'],
    size: environment['PMI_SIZE'],
  }),
  openMpi: (environment) => ({
    launcher: 'mpi',
    foundIn: 'OMPI_COMM_WORLD_RANK, OMPI_COMM_WORLD_SIZE',
    rank: environment['OMPI_COMM_WORLD_RANK'],
    size: environment['OMPI_COMM_WORLD_SIZE'],
    job: environment['PMIX_NAMESPACE'] ?? environment['OMPI_MCA_ess_base_jobid'] ?? '',
  }),
  // SLURM_NTASKS would also be set in a batch script and by salloc, where only one process was started.
  slurm: (environment) => ({
    launcher: 'files',
    foundIn: 'SLURM_PROCID, SLURM_STEP_NUM_TASKS',
    rank: environment['SLURM_PROCID'],
    size: environment['SLURM_STEP_NUM_TASKS'],
    job: `${environment['SLURM_JOB_ID'] ?? ''}.${environment['SLURM_STEP_ID'] ?? ''}`,
  }),
  kubernetes: (environment) => ({
    launcher: 'files',
    foundIn: 'JOB_COMPLETION_INDEX',
    rank: environment['JOB_COMPLETION_INDEX'],
    size: undefined,
  }),
  batch: (environment) => ({
    launcher: 'files',
    foundIn: 'AWS_BATCH_JOB_NODE_INDEX, AWS_BATCH_JOB_NUM_NODES',
    rank: environment['AWS_BATCH_JOB_NODE_INDEX'],
    size: environment['AWS_BATCH_JOB_NUM_NODES'],
    // The id of a node's job ends in #INDEX.
    job: `${environment['AWS_BATCH_JOB_ID']?.split('#')[0] ?? ''}/${environment['AWS_BATCH_JOB_ATTEMPT'] ?? ''}`,
  }),
  processing: (environment, text) => sagemakerWords(LAUNCHER_WORDS.processing, text, environment['PROCESSING_JOB_ARN']),
  training: (environment, text) => sagemakerWords(LAUNCHER_WORDS.training, text, environment['TRAINING_JOB_ARN']),
};

function sagemakerWords(path: string, text: string, job = ''): LauncherWords {
  const config = parsedObject(text);
  const hosts = config['hosts'];
  const current = config['current_host'];
  if (!Array.isArray(hosts) || typeof current !== 'string' || !hosts.includes(current)) {
    throw new FeedrateError('usage', `${path}: expected hosts and current_host, one of them; ${BY_HAND}`);
  }
  // SageMaker sorts them already, but every rank must have the same order.
  const sorted = hosts.map(String).sort();
  return { launcher: 'files', foundIn: path, rank: String(sorted.indexOf(current)), size: String(sorted.length), job };
}

function parsedObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const BY_HAND = 'measure alone with --group none, or give --group files --rank N --group-size N';

/**
 * Returns this process's place in its group, or null for a process that measures alone. A launcher that started a single
 * process makes no group.
 * @param readFile returns the text of a file, or null when there is none
 * @throws FeedrateError `usage` for words that make no sense, or that do not suffice for a group that the user asked for
 */
export function detectLauncher(
  wish: GroupWish,
  environment: LauncherEnvironment,
  readFile: (path: string) => string | null,
): FoundPlace | null {
  if (wish.launcher === 'none') return null;
  const words = wordsFor(wish, environment, readFile);
  const launcher = wish.launcher === 'auto' ? (words?.launcher ?? 'files') : wish.launcher;
  const given = [wish.rank !== null && '--rank', wish.size !== null && '--group-size'].filter(Boolean).join(', ');
  if (words === null && given === '') return nothingFound(wish);
  const foundIn = [given, words?.foundIn ?? ''].filter((text) => text !== '').join('; ');
  const rank = wish.rank ?? numberOf(words?.rank, words?.foundIn ?? '', 'rank');
  const size = wish.size ?? numberOf(words?.size ?? environment[SIZE_VARIABLE], words?.foundIn ?? '', 'size');
  if (size < 1) throw new FeedrateError('usage', `${foundIn}: a group has at least one rank`);
  if (rank >= size) {
    throw new FeedrateError('usage', `${foundIn}: rank ${rank} of ${size}; ranks count from 0 to ${size - 1}`);
  }
  if (size === 1) return null;
  return { launcher, rank, size, foundIn, job: words?.job?.replace(/^[./]+$/, '') ?? '' };
}

/** Where the user says which rank this is, words that make no sense do not matter. */
function wordsFor(...asked: Parameters<typeof detectLauncher>): LauncherWords | null {
  const [{ rank, size }] = asked;
  try {
    return foundWords(...asked);
  } catch (thrown) {
    if (rank === null || size === null) throw thrown;
    return null;
  }
}

/** Returns what the first launcher says that left anything; with `--group`, the first that the kind fits. */
function foundWords(
  wish: GroupWish,
  environment: LauncherEnvironment,
  readFile: (path: string) => string | null,
): LauncherWords | null {
  for (const [name, word] of Object.entries(LAUNCHER_WORDS) as [LauncherName, string][]) {
    const text = word.startsWith('/') ? readFile(word) : environment[word];
    if (text === undefined || text === null || text === '') continue;
    const words = READERS[name](environment, text);
    // Any launcher's rank and size serve for meetings by files.
    if (wish.launcher === 'auto' || wish.launcher === 'files' || words.launcher === wish.launcher) return words;
  }
  return wish.launcher === 'files' ? torchWords(environment) : null;
}

/** Training programs inherit these variables too, so they make a group only if the user asks for one. */
function torchWords(environment: LauncherEnvironment): LauncherWords | null {
  const { RANK: rank, WORLD_SIZE: size } = environment;
  return rank === undefined ? null : { launcher: 'files', foundIn: 'RANK, WORLD_SIZE', rank, size };
}

function nothingFound({ launcher }: GroupWish): null {
  if (launcher === 'auto') return null;
  const hint = {
    none: '',
    pmi: 'PMI_FD is not set: start feedrate with mpirun of MPICH or Intel MPI, or with srun --mpi=pmi2',
    mpi: 'OMPI_COMM_WORLD_SIZE is not set: start feedrate with mpirun of Open MPI',
    files: 'no launcher says which rank this is: give --rank N and --group-size N',
  }[launcher];
  throw new FeedrateError('usage', `--group ${launcher}: ${hint}`);
}

function numberOf(text: string | undefined, foundIn: string, what: 'rank' | 'size'): number {
  if (text !== undefined && /^\d{1,7}$/.test(text)) return Number(text);
  const option = what === 'rank' ? '--rank N' : `--group-size N or set ${SIZE_VARIABLE}`;
  const found = text === undefined ? `the ${what} is missing` : `'${visibleText(text)}' is no ${what}`;
  const where = foundIn === '' ? 'group' : foundIn;
  throw new FeedrateError('usage', `${where}: ${found}; give ${option}, or measure alone with --group none`);
}
