/** A world of its own for each moment of the campaign: a target with files of a user, a home, a temporary directory. */
import { createHash } from 'node:crypto';
import {
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { LiveRun } from '../support/live-run.js';
import type { MountedPlace } from './mounts.js';
import { PreloadState, type Role } from './preload.js';

/** `named`: the target is given with -t. `default`: none is given, so feedrate makes one in the temporary directory. */
export const VARIANTS = ['named', 'default'] as const;
export type Variant = (typeof VARIANTS)[number];

/** Trials of all kinds in a second or two. */
export const MIXTURE = `
name: mixture
seed: 1
trials: {rounds: 2}
dataset: {nrfiles: 2, filesize: 256KiB}
jobs:
  read: {rw: read, bs: 64KiB, verify: true}
  write: {rw: write, bs: 64KiB, size: 512KiB}
  checkpoint: {kind: checkpoint-write, shard_size: 256KiB, bs: 64KiB}
`;

/** The run after the fault. It reads the data files that the fault may have damaged, and checks their content. */
const NEXT = `
name: next
seed: 2
trials: {rounds: 1}
dataset: {nrfiles: 2, filesize: 256KiB}
jobs:
  read: {rw: read, bs: 64KiB, verify: true}
`;

/** What all scenes of a campaign share. */
export interface Campaign {
  /** Where scenes are made. */
  readonly directory: string;
  /** The built preload.c. */
  readonly library: string;
  /** The directory of an earlier run; null while there is none. */
  readonly earlierRun: string | null;
}

export interface CommandOptions {
  /** Kills at this call. */
  readonly kill?: { readonly role: Role; readonly at: number };
  /** Writes every counted call to this file. */
  readonly log?: string;
}

/** Only ends what hangs. */
const HANG_MS = 600_000;

let scenes = 0;

export class Scene {
  readonly root: string;
  /** In the environment of every process that a command of this scene starts. */
  readonly mark: string;
  readonly variant: Variant;
  readonly state: PreloadState;
  readonly #campaign: Campaign;
  /** Directories below the temporary one in which runs have saved their results, as they told. */
  readonly saved = new Set<string>();
  /** Commands that did not end. */
  readonly hung: string[] = [];
  /** What was mounted for this scene. */
  readonly mounted: MountedPlace[] = [];
  /** The user's files as they must stay: see `userFiles`. */
  expectedFiles: readonly string[] = [];

  constructor(campaign: Campaign, variant: Variant) {
    const id = `scene-${++scenes}`;
    this.root = join(campaign.directory, id);
    this.mark = `${process.pid}-${id}`;
    this.variant = variant;
    this.#campaign = campaign;
    for (const path of [this.home, this.temporary, this.work, this.results, this.target]) {
      mkdirSync(path, { recursive: true });
    }
    this.state = new PreloadState(join(this.root, 'state'));
    writeUserFiles(this);
    this.addEarlierRun();
    this.expectedFiles = this.userFiles();
  }

  get home(): string {
    return join(this.root, 'home');
  }
  /** TMPDIR. */
  get temporary(): string {
    return join(this.root, 'tmp');
  }
  /** The directory in which commands run. */
  get work(): string {
    return join(this.root, 'work');
  }
  get results(): string {
    return join(this.root, 'results', 'r');
  }
  get target(): string {
    return join(this.root, 'mnt', 't');
  }
  /** What was changed outside of this scene, a line each. */
  get outside(): string {
    return join(this.root, 'outside');
  }

  /** The words that name the target; none for the default one. */
  get targetWords(): string[] {
    return this.variant === 'named' ? ['-t', this.target] : [];
  }

  /** Starts a command here, under the library. */
  start(words: readonly string[], { kill, log }: CommandOptions = {}): LiveRun {
    const run = new LiveRun(words, {
      cwd: this.work,
      environment: {
        HOME: this.home,
        TMPDIR: this.temporary,
        FEEDRATE_FAULTS_MARK: this.mark,
        LD_PRELOAD: this.#campaign.library,
        FAULTS_STATE: this.state.path,
        FAULTS_BELOW: this.root,
        FAULTS_OUTSIDE: this.outside,
        ...(log !== undefined && { FAULTS_LOG: log }),
        ...(kill && { FAULTS_ROLE: kill.role, FAULTS_AT: String(kill.at) }),
      },
    });
    const timer = setTimeout(() => {
      this.hung.push(words.join(' '));
      this.#killAll();
    }, HANG_MS);
    void run.outcome().finally(() => clearTimeout(timer));
    return run;
  }

  #killAll(): void {
    for (const pid of this.processes()) process.kill(pid, 'SIGKILL');
  }

  /** Starts the run that the fault meets. */
  startRun(workload: string, options?: CommandOptions): LiveRun {
    writeFileSync(join(this.work, 'workload.yaml'), workload);
    this.state.reset();
    const words = ['run', 'workload.yaml', ...this.targetWords, '-o', this.results, '--progress', 'json'];
    return this.start(words, options);
  }

  startNextRun(): LiveRun {
    return this.start(['run', 'next.yaml', ...this.targetWords, '-o', this.results, '--progress', 'json']);
  }

  /** The processes of this scene that are alive. */
  processes(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => environmentOf(pid).includes(`FEEDRATE_FAULTS_MARK=${this.mark}\0`))
      .map(Number);
  }

  /**
   * The user's own files and directories, each with all that must stay as it is. What feedrate may make is left out: the
   * results, and its own names in the target.
   */
  userFiles(): string[] {
    return [
      ...describe(this.home, 'home'),
      ...describe(this.work, 'work'),
      ...describe(join(this.results, '..'), 'results', (name) => name === 'r'),
      ...describe(join(this.target, '..'), 'mnt', (name) => name === 't'),
      ...describe(this.target, 't', isOwnName),
    ];
  }

  /** Puts a finished run into the results, so that there is something to lose. */
  addEarlierRun(): void {
    const { earlierRun } = this.#campaign;
    if (earlierRun === null) return;
    cpSync(earlierRun, join(this.results, EARLIER), { recursive: true, preserveTimestamps: true });
  }

  /** Ends what still runs here, and removes everything. */
  remove(): void {
    this.#killAll();
    for (const place of this.mounted) place.remove();
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Names in the target that are feedrate's. */
  ownNames(): string[] {
    return namesIn(this.target).filter(isOwnName);
  }
}

export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

/** The user has a file whose name begins as feedrate's do. */
function isOwnName(name: string): boolean {
  return name.startsWith('.feedrate-') && name !== '.feedrate-notes';
}

/** Puts a user's files into a new scene, or into what was just mounted there. */
export function writeUserFiles(scene: Scene): void {
  const put = (path: string, content: string | Buffer) => {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
  };
  put(join(scene.target, 'model', 'weights.bin'), Buffer.alloc(100_000, 7));
  put(join(scene.target, 'notes.txt'), 'mine\n');
  put(join(scene.target, '.feedrate-notes'), 'mine too, whatever its name\n');
  put(join(scene.target, 's1r1t1', 'data.bin'), 'named as a trial’s directory is\n');
  symlinkSync('model/weights.bin', join(scene.target, 'latest'));
  put(join(scene.root, 'mnt', 'beside', 'data.bin'), 'beside the target\n');
  put(join(scene.root, 'results', 'notes.txt'), 'beside the results\n');
  put(join(scene.home, '.profile'), 'export PS1=$\n');
  put(join(scene.work, 'notes.txt'), 'where I work\n');
  writeFileSync(join(scene.work, 'workload.yaml'), '');
  writeFileSync(join(scene.work, 'next.yaml'), NEXT);
}

/** Older than all others. */
export const EARLIER = '20200101T000000Z_earlier_0001';

/** The scene writes it again for each run. */
const VOLATILE = new Set(['workload.yaml']);

/** One line for each entry below a directory: type, mode, size, time of change, inode and content. */
function describe(directory: string, path: string, leaveOut: (name: string) => boolean = () => false): string[] {
  return namesIn(directory).flatMap((name) => {
    const [full, label] = [join(directory, name), `${path}/${name}`];
    if (leaveOut(name) || VOLATILE.has(name)) return [];
    const status = lstatSync(full, { bigint: true });
    const facts = `${label} ${status.mode.toString(8)} inode ${status.ino} changed ${status.mtimeNs}`;
    if (status.isDirectory()) return [facts, ...describe(full, label)];
    if (status.isSymbolicLink()) return [`${facts} -> ${readlinkSync(full)}`];
    return [`${facts} ${createHash('sha256').update(readFileSync(full)).digest('hex')}`];
  });
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}
