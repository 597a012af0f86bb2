/** Faults of the world around a run: its results and its target change, or it runs out of descriptors. */
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { LiveRun } from '../support/live-run.js';
import type { Ending, Struck } from './invariants.js';
import { type Moment, untilMoment, type When } from './moment.js';
import { MountedPlace, tool } from './mounts.js';
import { type Scene, writeUserFiles } from './scene.js';

const PLACES = ['results', 'target'] as const;
export type Place = (typeof PLACES)[number];

/** Long enough that a fault meets each trial, and short enough to wait for the rest. The last trial writes. */
const PACED = `
name: paced
seed: 1
trials: {rounds: 2}
dataset: {nrfiles: 2, filesize: 256KiB}
jobs:
  read: {rw: read, bs: 64KiB, runtime: 300ms, time_based: true}
  write: {rw: write, bs: 64KiB, size: 512KiB, rate: 2MiB/s}
  checkpoint: {kind: checkpoint-write, shard_size: 256KiB, bs: 64KiB, checkpoints: 2, interval: 100ms}
`;

const TRIALS = 6;

/** The run under way. */
interface Stage {
  readonly scene: Scene;
  readonly run: LiveRun;
  readonly path: string;
  /** The file system at `path`, where the change needs one. */
  readonly mounted: MountedPlace;
}

/** What a change leaves behind. */
interface Changed {
  /** Undoes it, after the run. Returns what was wrong while it lasted. */
  readonly heal: () => string[];
  /** Called after the change, while the run goes on. */
  readonly during?: () => Promise<void>;
}

interface Change {
  /** Needs a file system of its own. */
  readonly mount?: 'tmpfs' | 'ext4';
  readonly places: readonly Place[];
  readonly expected: readonly Ending[];
  /** Returns null when the run was over before it could happen. */
  readonly apply: (stage: Stage) => Promise<Changed | null> | Changed | null;
}

const LOST: readonly Ending[] = [5];

/** One row for each change. */
const CHANGES: Readonly<Record<string, Change>> = {
  full: {
    mount: 'tmpfs',
    places: PLACES,
    expected: LOST,
    apply: ({ mounted }) => {
      const ballast = join(mounted.view, 'ballast');
      fill(ballast);
      return {
        heal: () => {
          unlinkSync(ballast);
          return [];
        },
      };
    },
  },
  deleted: {
    places: PLACES,
    expected: LOST,
    apply: ({ scene, path }) => {
      removeBusy(path);
      const isTarget = path === scene.target;
      if (isTarget) scene.expectedFiles = scene.expectedFiles.filter((line) => !line.startsWith('t/'));
      return {
        heal: () => {
          const made = namesOrNothing(path).map((name) => `made again in the deleted directory: ${name}`);
          rmSync(path, { recursive: true, force: true });
          mkdirSync(path);
          return made;
        },
      };
    },
  },
  renamed: {
    places: PLACES,
    expected: LOST,
    apply: ({ path }) => {
      renameSync(path, `${path}-away`);
      return {
        heal: () => {
          const made = namesOrNothing(path).map((name) => `made under the old name: ${name}`);
          rmSync(path, { recursive: true, force: true });
          renameSync(`${path}-away`, path);
          return made;
        },
      };
    },
  },
  'read-only': {
    mount: 'tmpfs',
    places: PLACES,
    expected: LOST,
    apply: async ({ run, mounted }) => {
      let isOver = false;
      void run.outcome().then(() => {
        isOver = true;
      });
      if (!(await mounted.makeReadOnly(() => isOver))) return null;
      return {
        heal: () => {
          mounted.makeWritable();
          return [];
        },
      };
    },
  },
  unmounted: {
    mount: 'ext4',
    places: PLACES,
    expected: LOST,
    apply: ({ mounted }) => {
      mounted.detach();
      return { heal: () => mounted.attach() };
    },
  },
  frozen: {
    mount: 'ext4',
    places: PLACES,
    expected: [0],
    apply: ({ mounted }) => {
      mounted.freeze();
      return {
        during: async () => {
          await wait(2000);
          mounted.thaw();
        },
        heal: () => [],
      };
    },
  },
  'frozen-and-stopped': {
    mount: 'ext4',
    places: ['target'],
    expected: [130],
    apply: ({ run, mounted }) => {
      mounted.freeze();
      return {
        during: async () => {
          run.signalGroup('SIGINT');
          await run.outcome();
        },
        heal: () => {
          mounted.thaw();
          return [];
        },
      };
    },
  },
  paused: {
    places: ['target'],
    expected: [0],
    apply: ({ run }) => {
      const { session } = run;
      if (session === null) return null;
      process.kill(session, 'SIGSTOP');
      return {
        during: async () => {
          await wait(2000);
          process.kill(session, 'SIGCONT');
        },
        heal: () => [],
      };
    },
  },
  // The command itself can then write no results: those that are there must stay readable.
  'no-descriptors-for-the-command': {
    places: ['results'],
    expected: [0, 5],
    apply: ({ run }) => limitFiles(run.pid),
  },
  'no-descriptors-for-the-session': {
    places: ['target'],
    expected: [0, 5],
    apply: ({ run }) => limitFiles(run.session),
  },
};

/** From now on the process can open nothing. */
function limitFiles(pid: number | null): Changed | null {
  if (pid === null) return null;
  tool('prlimit', '--pid', String(pid), '--nofile=3:3');
  return { heal: () => [] };
}

/** Writes until the file system is full. */
function fill(path: string): void {
  const fd = openSync(path, 'w');
  try {
    for (const block of [Buffer.alloc(2 ** 20), Buffer.alloc(4096)]) fillWith(fd, block);
  } finally {
    closeSync(fd);
  }
}

function fillWith(fd: number, block: Buffer): void {
  try {
    for (;;) writeSync(fd, block);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOSPC') throw thrown;
  }
}

/** Removes a directory in which files are made at the same time. */
function removeBusy(path: string): void {
  for (;;) {
    try {
      rmSync(path, { recursive: true, force: true });
      return;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw thrown;
    }
  }
}

function namesOrNothing(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** A change of a place at a moment. */
export function changeMoment(name: string, place: Place, when: When): Moment {
  const change = CHANGES[name];
  if (change === undefined) throw new Error(`${name}: expected one of ${Object.keys(CHANGES).join(', ')}`);
  return {
    id: `change/${place}/${name}/${when}`,
    variant: 'named',
    strike: (scene) => strikeWith(change, place, when, scene),
  };
}

async function strikeWith(change: Change, place: Place, when: When, scene: Scene): Promise<Struck> {
  const path = place === 'target' ? scene.target : scene.results;
  if (change.mount !== undefined) mountAt(scene, place, path, change.mount);
  const mounted = scene.mounted.at(-1) as MountedPlace;
  const run = scene.startRun(PACED);
  try {
    await untilMoment(scene, run, when);
    const changed = trialsOf(run) < TRIALS - 1 ? await change.apply({ scene, run, path, mounted }) : null;
    const isLate = changed !== null && trialsOf(run) === TRIALS;
    await changed?.during?.();
    await run.outcome();
    const problems = changed?.heal() ?? [];
    const expected = changed === null ? [0] : isLate ? [0, ...change.expected] : change.expected;
    return { run, expected, isMissed: changed === null, problems, disturbsResults: place === 'results' };
  } catch (thrown) {
    await run.end();
    throw thrown;
  }
}

function trialsOf(run: LiveRun): number {
  return run.events.filter(({ type }) => type === 'trial').length;
}

function mountAt(scene: Scene, place: Place, path: string, type: 'tmpfs' | 'ext4'): void {
  scene.mounted.push(new MountedPlace(path, type, scene.root));
  if (place === 'target') writeUserFiles(scene);
  else scene.addEarlierRun();
  scene.expectedFiles = scene.userFiles();
}

const WHEN: readonly When[] = ['layout', 'trial-1', 'trial-4'];

/** Each change of each place at three moments. */
export function changeMoments(): Moment[] {
  return Object.entries(CHANGES).flatMap(([name, { places }]) =>
    places.flatMap((place) => WHEN.map((when) => changeMoment(name, place, when))),
  );
}
