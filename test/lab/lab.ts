/** The lab: real NFS mounts of a kernel that runs as a process. `nfs-lab` boots it, `inside.sh` works in it. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnosis } from '../../src/record/finding.js';
import type { RunRecord } from '../../src/record/run-record.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { mainPath } from '../support/feedrate-cli.js';
import type { ProgressEvent } from '../support/live-run.js';
import { repositoryRoot } from '../support/repository.js';
import { runOf, trialsOf } from '../support/run-directory.js';
import { skipTest } from '../support/skip.js';

export const LAB = join(repositoryRoot, 'test', 'lab');
/** Only ends what hangs: beside other tests the lab takes minutes. */
const TIMEOUT_S = 1100;
/** Of nfs-lab: the lab itself failed, not what ran in it. */
const LAB_FAILED = 125;

/** One run in the lab, and what others counted meanwhile. */
export interface LabRun {
  readonly run: RunRecord;
  readonly trials: readonly TrialRecord[];
  readonly report: string;
  /** What was told while it ran. */
  readonly events: readonly ProgressEvent[];
  /** READ and WRITE bytes by the server's own count, /proc/net/rpc/nfsd. */
  readonly serverBytes: { readonly read: number; readonly write: number };
  /** What mountstats(8) of nfs-utils makes of the READ calls on each mount, by target. */
  readonly reads: ReadonlyMap<string, { calls: number; queueMs: number; roundTripMs: number; executeMs: number }>;
}

export interface LabResult {
  /** /proc/self/mountinfo in the lab. */
  readonly mountinfo: string;
  /** At the link's own delay, and with 2 ms more. */
  readonly plain: LabRun;
  readonly delayed: LabRun;
  /** Of all mounts. */
  readonly all: RunRecord;
  /** What `doctor` says, with the delay. */
  readonly diagnoses: readonly Diagnosis[];
}

/** The command `feedrate` as the lab can start it. */
export function launcherIn(directory: string): string {
  const launcher = join(directory, 'feedrate');
  writeFileSync(launcher, `#!/bin/sh\nexec ${process.execPath} ${mainPath} "$@"\n`, { mode: 0o755 });
  return launcher;
}

/** The value that mountinfo shows of an option of a mount; null where it shows none. */
export function shownOption(mountinfo: string, mountPoint: string | undefined, option: string): string | null {
  const line = mountinfo.split('\n').find((text) => text.includes(` ${mountPoint} `)) ?? '';
  return new RegExp(`[, ]${option}=([^, \\n]+)`).exec(line)?.[1] ?? null;
}

/** Lines of mountinfo without what may change when the same is mounted again: ids, and the number of the superblock. */
export function withoutMountIds(mountinfo: string): string {
  return mountinfo.replaceAll(/^\d+ \d+ \d+:\d+ /gm, '');
}

/**
 * Boots the lab with a mount of each version (`more`: other words for nfs-lab) and runs a script in it, which leaves its
 * findings in the directory. Its arguments are the command, the workloads and the words.
 */
export function inLab(
  directory: string,
  versions: readonly string[],
  script: string,
  workloads: readonly string[],
  more: readonly string[] = [],
  words: readonly string[] = [],
): void {
  if (process.getuid?.() !== 0) skipTest('the lab takes root');
  const launcher = launcherIn(directory);
  const options = ['--versions', versions.join(','), '--dir', directory, '--timeout', `${TIMEOUT_S}`, ...more];
  const inside = [join(LAB, script), launcher, ...workloads.map((name) => join(LAB, name)), ...words];
  const { status, stdout, stderr } = spawnSync(join(LAB, 'nfs-lab'), ['run', ...options, '--', ...inside], {
    encoding: 'utf8',
  });
  if (status === LAB_FAILED) skipTest(`the lab does not boot: ${stderr.trim()}`, 'tool');
  if (status !== 0) throw new Error(`the lab ended with ${status}: ${stdout}${stderr}`);
}

/**
 * Runs `plain.yaml` on the mounts of versions 3 and 4.2, then `delayed.yaml` with 2 ms of delay, then `all.yaml` on mounts
 * of all versions with one connection and with two, and reads what came out.
 */
export function runLab(directory: string): LabResult {
  const workloads = ['plain.yaml', 'delayed.yaml', 'all.yaml'];
  inLab(directory, ['3', '4.0', '4.1', '4.2'], 'inside.sh', workloads, ['--nconnect', '2']);
  const file = (name: string) => readFileSync(join(directory, name), 'utf8');
  return {
    mountinfo: file('mountinfo'),
    plain: readRun(directory, '0ms'),
    delayed: readRun(directory, '2ms'),
    all: runOf(join(directory, 'all')),
    diagnoses: JSON.parse(file('doctor.json')) as Diagnosis[],
  };
}

function readRun(directory: string, delay: string): LabRun {
  const file = (name: string) => readFileSync(join(directory, name), 'utf8');
  const results = join(directory, delay);
  if (readdirSync(results).length === 0) throw new Error(`feedrate kept no run: ${file(`${delay}.stderr`)}`);
  const moved = (when: string) => /^io (\d+) (\d+)$/m.exec(file(`${delay}.${when}.nfsd`)) ?? [];
  const [before, after] = [moved('before'), moved('after')];
  const run = runOf(results);
  return {
    run,
    trials: trialsOf(results),
    report: file(`${delay}.report`),
    events: file(`${delay}.stderr`)
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as ProgressEvent),
    serverBytes: { read: Number(after[1]) - Number(before[1]), write: Number(after[2]) - Number(before[2]) },
    reads: new Map(run.environment.targets.map(({ name }) => [name, theirReads(file(`${delay}.${name}.theirs`))])),
  };
}

function theirReads(text: string) {
  const found = /^READ:\n\s*(\d+) ops.*\n.*\n\s*backlog wait: (\S+)\s+RTT: (\S+)\s+total execute time: (\S+)/m.exec(
    text,
  );
  const [calls, queueMs, roundTripMs, executeMs] = (found ?? []).slice(1).map(Number);
  if (calls === undefined || queueMs === undefined || roundTripMs === undefined || executeMs === undefined)
    throw new Error(`mountstats(8) says nothing of READ: ${text}`);
  return { calls, queueMs, roundTripMs, executeMs };
}
