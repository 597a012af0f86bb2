/** Commands of feedrate as the ranks of a group that a launcher starts, and what is left of them. */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listRuns, type RunListing } from '../../src/store/find-runs.js';
import { environment, mainPath } from '../support/feedrate-cli.js';
import { directoryIn } from '../support/run-directory.js';
import { type Ended, start, type TestLauncher } from './launchers.js';

/** Short trials that read and write little, as often as `rounds` says. */
export const workloadOf = (rounds: number): string => `name: several
jobs:
  read: { rw: randread, bs: 16KiB, size: 1MiB, rate_iops: 300, runtime: 200ms, time_based: true, ioengine: psync, cache: as-is }
  write: { rw: randwrite, bs: 16KiB, size: 1MiB, rate_iops: 300, runtime: 200ms, time_based: true, ioengine: psync, cache: as-is }
trials: { sessions: 1, rounds: ${rounds}, warmup: 0 }
`;

/** Where a group measures, and where its results are. */
export interface Place {
  readonly target: string;
  readonly results: string;
  readonly workload: string;
}

export function placeIn(directory: string, workload: string): Place {
  const path = join(directory, 'w.yaml');
  writeFileSync(path, workload);
  return { target: directoryIn(directory, 't'), results: directoryIn(directory, 'results'), workload: path };
}

/** A group that was started. */
export interface RunningGroup {
  readonly ended: Promise<Ended>;
  /** Resolves with the run directory when every rank has the first trial. */
  firstTrial(): Promise<string>;
  /** Resolves when the accelerators of `feedrate feed` are emulated. */
  emulating(): Promise<void>;
  /** The process of a rank. */
  pidOf(rank: number): number;
  /** The processes that belong to it. */
  processes(): number[];
}

const MARK = 'FEEDRATE_TEST_GROUP';
const LOOK_MS = 50;
/** Only ends what hangs: on a busy machine a run takes minutes. */
const WITHIN_MS = 600_000;

export interface StartOptions {
  readonly options?: readonly string[];
  /** Words before the command of each rank, such as a script that changes what one of them sees. */
  readonly wrapper?: readonly string[];
  /** Of the environment. */
  readonly changes?: NodeJS.ProcessEnv;
}

/** Starts `feedrate prepare` in each rank. */
export function startPrepare(
  launcher: TestLauncher,
  ranks: number,
  place: Place,
  options?: StartOptions,
): RunningGroup {
  return startRanks(launcher, ranks, place, ['prepare', place.workload], options);
}

/** Starts `feedrate run` in each rank. */
export function startRun(launcher: TestLauncher, ranks: number, place: Place, options?: StartOptions): RunningGroup {
  return startRanks(launcher, ranks, place, ['run', place.workload, '-o', place.results], options);
}

/** Starts `feedrate feed` in each rank. */
export function startFeed(launcher: TestLauncher, ranks: number, place: Place, options?: StartOptions): RunningGroup {
  return startRanks(launcher, ranks, place, ['feed', '-o', place.results], options);
}

function startRanks(
  launcher: TestLauncher,
  ranks: number,
  { target, results }: Place,
  command: readonly string[],
  { options = [], wrapper = [], changes = {} }: StartOptions = {},
): RunningGroup {
  const mark = randomUUID();
  const group = launcher.meetsBy === 'files' ? ['--group', 'files'] : [];
  const named = command[0] === 'feed' ? target : `data=${target}`;
  const where = ['-t', named, '--no-aws', '--progress', 'none'];
  const words = [...wrapper, process.execPath, mainPath, ...command, ...where, ...group, ...options];
  const env = { ...changes, ...environment({ [MARK]: mark }) };
  const ended = start(launcher, ranks, words, env, WITHIN_MS);
  let isOver = false;
  void ended.finally(() => {
    isOver = true;
  });
  const directory = () => listRuns(results)[0]?.directory ?? '';
  const until = async (isSo: () => boolean, what: string): Promise<void> => {
    const endMs = performance.now() + WITHIN_MS;
    while (!isSo()) {
      if (isOver || performance.now() > endMs) throw new Error(`${what} in time: ${JSON.stringify(await ended)}`);
      await sleep(LOOK_MS);
    }
  };
  return {
    ended,
    async firstTrial() {
      const directories = () => Array.from({ length: ranks }, (_, rank) => join(directory(), `rank-${rank}`));
      await until(() => directories().every(hasTrial), 'no rank had a trial');
      return directory();
    },
    async emulating() {
      const isPlanned = () => runFileOf(directory()).includes('"job": "accelerators-');
      await until(isPlanned, 'nothing was emulated');
    },
    pidOf: (rank) => JSON.parse(readFileSync(join(directory(), `rank-${rank}`, 'run.json'), 'utf8')).pid as number,
    processes: () => processesWith(`${MARK}=${mark}`),
  };
}

function runFileOf(directory: string): string {
  try {
    return readFileSync(join(directory, 'run.json'), 'utf8');
  } catch {
    return '';
  }
}

function hasTrial(directory: string): boolean {
  try {
    return readFileSync(join(directory, 'trials.jsonl'), 'utf8').includes('\n');
  } catch {
    return false;
  }
}

function processesWith(word: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const isIt = readFileSync(`/proc/${name}/environ`, 'latin1').split('\0').includes(word);
      const isDead = /^State:\s+[ZX]/m.test(readFileSync(`/proc/${name}/status`, 'latin1'));
      return isIt && !isDead ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

/** Waits until the group has no process but this one. Returns those that stay. */
export async function othersGone(group: RunningGroup, but: readonly number[] = []): Promise<number[]> {
  const endMs = performance.now() + WITHIN_MS;
  for (;;) {
    const left = group.processes().filter((pid) => !but.includes(pid));
    if (left.length === 0 || performance.now() > endMs) return left;
    await sleep(LOOK_MS);
  }
}

/** The only run of a results directory. */
export function onlyRun({ results }: Place): RunListing {
  const runs = listRuns(results);
  if (runs.length !== 1) throw new Error(`${runs.length} runs in ${results}`);
  return runs[0] as RunListing;
}

/** What feedrate left beside data files and runs. */
export function leftIn({ target, results }: Place): string[] {
  const own = (directory: string) => readdirSync(directory).filter((name) => name.startsWith('.feedrate-'));
  return [...own(target).filter((name) => name !== '.feedrate-data'), ...own(results)];
}
