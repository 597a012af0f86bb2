// serial
/** The workers of a plan are held against the limits of the machine: what is let through runs, what would not is refused. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ArmLoad, type MachineNeeds, needsOf } from '../../src/plan/needs.js';
import { mainPath } from '../support/feedrate-cli.js';
import { needTool } from '../support/skip.js';
import { withBarePlace } from './place.js';

const test = suite('run/worker-limits');

/** Few, as each takes a while to start. With so many files open, they need more than the command itself opens. */
const WORKERS = 6;
const FILES = 20;
const WORKLOAD = `
name: many
trials: {rounds: 1}
jobs:
  j: {rw: randread, bs: 4k, size: 160k, nrfiles: ${FILES}, runtime: 300ms, time_based: true, rate_iops: 1000, numjobs: ${WORKERS}, ioengine: psync}
`;
const LOAD: ArmLoad = {
  jobs: WORKERS,
  threadsPerJob: 1,
  blockBytes: 4096,
  buffers: 1,
  openFiles: FILES,
  sharedFiles: 0,
  holdsRing: false,
  mapsFiles: false,
};

function placed(action: (directory: string, args: readonly string[]) => void | Promise<void>): Promise<void> {
  return withBarePlace(async ({ directory }) => {
    const workload = join(directory, 'many.yaml');
    writeFileSync(workload, WORKLOAD);
    const target = join(directory, 'target');
    mkdirSync(target);
    await action(directory, ['run', workload, '-t', target, '-o', join(directory, 'results'), '--progress', 'none']);
  });
}

interface Outcome {
  readonly status: number | null;
  readonly stderr: string;
}

/** Runs feedrate with one resource limited by prlimit(1). */
function limited(limit: string, args: readonly string[]): Outcome {
  needTool('prlimit');
  const { status, stderr } = spawnSync('prlimit', [limit, process.execPath, mainPath, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stderr };
}

function assertRefused({ status, stderr }: Outcome, directory: string, message: RegExp): void {
  assert.is(status, 2, stderr);
  assert.match(stderr, message);
  assert.is(stderr.trim().split('\n').length, 1, stderr);
  assert.is(existsSync(join(directory, 'results')), false, 'no run directory was made');
  assert.equal(readdirSync(join(directory, 'target')), [], 'nothing was written to the target');
}

test('with as many open files as the plan needs it runs, with one fewer it is refused', () =>
  placed((directory, args) => {
    const { descriptors } = needsOf([LOAD]);
    const refused = limited(`--nofile=${descriptors - 1}:${descriptors - 1}`, args);
    assertRefused(
      refused,
      directory,
      /^feedrate: numjobs: 6 workers need 184 open files, .*ulimit -n.* allows 183; use at most --set numjobs=5/,
    );
    const { status, stderr } = limited(`--nofile=${descriptors}:${descriptors}`, args);
    assert.is(status, 0, stderr);
    const fewer = limited(`--nofile=${descriptors - 1}:${descriptors - 1}`, [...args, '--set', 'numjobs=5']);
    assert.is(fewer.status, 0, fewer.stderr);
  }));

test('beyond the limit of open files, the message names a number of files and a kind of job that work', () =>
  placed((directory, args) => {
    const [, workload = '', , target = ''] = args;
    for (let i = 0; i < 200; i++) writeFileSync(join(target, `${i}`), 'x'.repeat(100));
    const run = (job: string, ...more: string[]) => {
      writeFileSync(workload, `name: files\ndataset: {path: .}\njobs: {j: {numjobs: 8, cache: as-is, ${job}}}\n`);
      return limited('--nofile=200:200', [...args, '--dry-run', ...more]);
    };
    const { status, stderr } = run('rw: read, bs: 1k');
    assert.is(status, 2, stderr);
    const [, limit] =
      /^feedrate: dataset: jobs that have 200 files open at once need 272 open files, .* use at most --set dataset.limit=(\d+), /m.exec(
        stderr,
      ) ?? [];
    assert.is(limit, '128', stderr);
    assert.match(stderr, /kind: small-files, .* or raise the hard limit with ulimit -n$/m);
    assert.is(existsSync(join(directory, 'results')), false, 'no run directory was made');
    assert.is(run('rw: read, bs: 1k', '--set', `dataset.limit=${limit}`).status, 0);
    assert.is(run('kind: small-files').status, 0);
  }));

test('with the address space that the plan needs it runs, with less it is refused', () =>
  placed((directory, args) => {
    const { addressBytes } = needsOf([LOAD]);
    const refused = limited(`--as=${addressBytes - 1}`, args);
    assertRefused(
      refused,
      directory,
      /6 workers need \d+ GiB of address space, .*ulimit -v.* use at most --set numjobs=5/,
    );
    const { status, stderr } = limited(`--as=${addressBytes}`, args);
    assert.is(status, 0, stderr);
  }));

test('a dry run refuses as a run does; prepare measures nothing and is not refused', () =>
  placed((directory, args) => {
    const limit = '--nofile=110:110';
    assertRefused(limited(limit, [...args, '--dry-run']), directory, /numjobs/);
    const prepare = limited(limit, ['prepare', args[1] ?? '', '-t', join(directory, 'target')]);
    assert.is(prepare.status, 0, prepare.stderr);
  }));

/** What the process of the session has taken so far; null when it is not there. */
function takenBy(parent: number): MachineNeeds | null {
  try {
    const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ');
    const session = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('session-process'));
    if (session === undefined) return null;
    const status = readFileSync(`/proc/${session}/status`, 'utf8');
    const of = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    return {
      memoryBytes: of('VmHWM') * 1024,
      addressBytes: of('VmPeak') * 1024,
      threads: of('Threads'),
      descriptors: readdirSync(`/proc/${session}/fd`).length,
      mappings: readFileSync(`/proc/${session}/maps`, 'latin1').split('\n').length - 1,
    };
  } catch {
    return null;
  }
}

test('what a session really takes is what was reckoned: not more, and not a small part of it', () =>
  placed(async (_, args) => {
    const child = spawn(process.execPath, [mainPath, ...args], { stdio: 'ignore' });
    const most: Record<string, number> = {};
    const status = new Promise<number | null>((resolve) => child.on('exit', resolve));
    while (child.exitCode === null && child.signalCode === null) {
      for (const [resource, taken] of Object.entries(takenBy(child.pid ?? 0) ?? {}))
        most[resource] = Math.max(most[resource] ?? 0, taken);
      await wait(20);
    }
    assert.is(await status, 0);
    for (const [resource, need] of Object.entries(needsOf([LOAD]))) {
      const taken = most[resource] ?? 0;
      assert.ok(taken <= need, `${resource}: took ${taken} of ${need}`);
      assert.ok(taken >= need / 3, `${resource}: took only ${taken} of ${need}`);
    }
  }));

test.run();
