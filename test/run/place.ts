/** Where the tests of faults run: a target with files of a user in it, results, and workloads written by the test. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

/** A short trial, then one that outlasts every test. Seed 1 puts them in this order. */
export const SHORT_THEN_LONG = `
name: short-then-long
seed: 1
trials: {rounds: 1}
jobs:
  short: {rw: read, bs: 64KiB, size: 1MiB}
  long: {rw: randrw, bs: 4KiB, size: 1MiB, runtime: 1h, time_based: true, rate_iops: 1000}
`;

export interface Place {
  /** Holds all of it; commands run here. */
  readonly directory: string;
  /** `t`, with a user's files in it. */
  readonly target: string;
  /** `r`. */
  readonly results: string;
  /** Writes a workload file and returns the words `run FILE -t t -o r --progress json`. */
  readonly runWords: (workload: string, ...more: string[]) => string[];
}

/** A place whose target must hold the user's files unchanged, and nothing else of this run but data files, at the end. */
export function withPlace(use: (place: Place) => Promise<void> | void): Promise<void> {
  return withTemporaryDirectory(async (directory) => {
    const target = join(directory, 't');
    mkdirSync(target);
    writeUserFiles(target);
    const before = userFilesOf(target);
    await use(placeIn(directory));
    assert.equal(userFilesOf(target), before, 'the files of the user are as they were');
    assert.equal(ownNamesIn(target), [], 'nothing but data files is left');
  });
}

/** The same without files of a user, and without what is asserted of them. */
export function withBarePlace(use: (place: Place) => Promise<void> | void): Promise<void> {
  return withTemporaryDirectory(async (directory) => {
    mkdirSync(join(directory, 't'));
    await use(placeIn(directory));
  });
}

function placeIn(directory: string): Place {
  const runWords = (workload: string, ...more: string[]) => {
    writeFileSync(join(directory, 'workload.yaml'), workload);
    return ['run', 'workload.yaml', '-t', 't', '-o', 'r', '--progress', 'json', ...more];
  };
  return { directory, target: join(directory, 't'), results: join(directory, 'r'), runWords };
}

function writeUserFiles(target: string): void {
  mkdirSync(join(target, 'model'));
  writeFileSync(join(target, 'model', 'weights.bin'), Buffer.alloc(100_000, 7));
  writeFileSync(join(target, 'notes.txt'), 'mine\n');
  writeFileSync(join(target, '.feedrate-notes'), 'mine too, whatever its name\n');
  // Named as a trial's scratch directory is.
  mkdirSync(join(target, 's1r1t1'));
  writeFileSync(join(target, 's1r1t1', 'data.bin'), 'mine as well\n');
  symlinkSync('model/weights.bin', join(target, 'latest'));
}

/** What a user has below the target, each file with the hash of its content. */
function userFilesOf(target: string): string[] {
  return readdirSync(target, { recursive: true, withFileTypes: true })
    .map((entry) => ({ entry, path: join(entry.parentPath, entry.name).slice(target.length + 1) }))
    .filter(({ path }) => !path.startsWith('.feedrate-') || path === '.feedrate-notes')
    .map(({ entry, path }) => `${path} ${contentOf(join(target, path), entry)}`)
    .sort();
}

function contentOf(path: string, entry: { isSymbolicLink(): boolean; isDirectory(): boolean }): string {
  if (entry.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
  return entry.isDirectory() ? 'directory' : createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Names of feedrate's directories directly below a target, without the data directory, which stays. */
export function ownNamesIn(target: string): string[] {
  const kept = ['.feedrate-data', '.feedrate-notes'];
  return readdirSync(target).filter((name) => name.startsWith('.feedrate-') && !kept.includes(name));
}

/** The data files on a target, absolute, in the order of their names. */
export function dataFilesIn(target: string): string[] {
  return readdirSync(join(target, '.feedrate-data'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('FEEDRATE'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function mount(...args: string[]): void {
  const { status, stderr, error } = spawnSync('mount', args, { encoding: 'utf8' });
  if (status !== 0) skipTest(`this machine lets no test mount: ${error?.message ?? stderr.split('\n')[0]}`);
}

/** Mounts a file system in memory on a directory while the test runs. Skips the test where that is not allowed. */
export async function withTmpfs(path: string, options: string, use: () => Promise<void> | void): Promise<void> {
  mount('-t', 'tmpfs', '-o', options, 'feedrate-test', path);
  try {
    await use();
  } finally {
    spawnSync('umount', [path]);
  }
}

/** Makes a directory read-only by a mount of itself while the test runs. Skips the test where that is not allowed. */
export async function withReadOnly(path: string, use: () => Promise<void> | void): Promise<void> {
  mount('--bind', path, path);
  try {
    mount('-o', 'remount,bind,ro', path);
    await use();
  } finally {
    spawnSync('umount', [path]);
  }
}
