/** Whole runs with real I/O: what was asked is what was moved, and where it came from is proven. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { libc } from '../../src/host/system/libc.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { feedrate } from '../support/command-thread.js';
import { feedrate as feedrateProcess, onTerminal } from '../support/feedrate-cli.js';
import { repositoryRoot } from '../support/repository.js';
import { latestRun, trialsOf } from '../support/run-directory.js';
import { needTool, skipTest } from '../support/skip.js';
import { dataFilesIn, withPlace } from './place.js';

const test = suite('run/end-to-end');
const KIB = 1024;
const MIB = 1024 * KIB;

/** A table as Python's csv module reads it: rows by column name. */
function csvRows(path: string): Record<string, string>[] {
  needTool('python3');
  const script = 'import csv, json, sys; print(json.dumps(list(csv.DictReader(open(sys.argv[1], newline="")))))';
  const { stdout, stderr } = spawnSync('python3', ['-c', script, path], { encoding: 'utf8' });
  assert.is(stderr, '');
  return JSON.parse(stdout) as Record<string, string>[];
}

const EVERY_KIND = `
name: every-kind
trials: {rounds: 1}
dataset: {nrfiles: 2, filesize: 1MiB}
defaults: {verify: true}
jobs:
  sequential: {rw: read, bs: 64KiB}
  shared: {rw: randread, bs: 4KiB, numjobs: 3}
  part: {rw: randread, bs: 4k/50:16k/50, random_distribution: 'zipf:1.1', io_size: 512KiB}
  write: {rw: write, bs: 64KiB, size: 1MiB, nrfiles: 3, end_fsync: true}
  overwrite: {rw: randwrite, bs: 4KiB, size: 256KiB, fdatasync: 16}
  mix: {rw: randrw, bs: 4KiB, size: 1MiB, rwmixread: 75}
  checkpoint:
    {kind: checkpoint-write, numjobs: 2, shards: 2, shard_size: 300KiB, bs: 128KiB, checkpoints: 3, keep_last: 1, read_back: true}
  restore: {kind: checkpoint-restore, numjobs: 2, shards: 2, shard_size: 300KiB, bs: 128KiB}
  samples: {kind: small-files, nrfiles: 30, filesize: 5KiB}
`;

/** Bytes read and written by all workers of each job, and operations of some kinds. */
const EXPECTED: Readonly<Record<string, { read: number; write: number; counts?: Readonly<Record<string, number>> }>> = {
  sequential: { read: 2 * MIB, write: 0, counts: { read: 32, open: 2, close: 2 } },
  shared: { read: 2 * MIB, write: 0, counts: { read: 512 } },
  part: { read: 512 * KIB, write: 0 },
  write: { read: 0, write: MIB, counts: { write: 16, open: 3, fsync: 3 } },
  overwrite: { read: 0, write: 256 * KIB, counts: { write: 64, fsync: 4 } },
  checkpoint: { read: 0, write: 3 * 4 * 300 * KIB, counts: { write: 3 * 4 * 3, fsync: 12, rename: 12, dirsync: 6 } },
  restore: { read: 4 * 300 * KIB, write: 0, counts: { read: 12, open: 4 } },
  samples: { read: 30 * 5 * KIB, write: 0, counts: { read: 30, open: 30, close: 30 } },
};

test('every kind of job moves the bytes that were asked for, and verifies them', () =>
  withPlace(({ directory, results, runWords }) => {
    const { status, stderr } = feedrate(runWords(EVERY_KIND), directory);
    assert.is(status, 0, stderr);
    const trials = trialsOf(results);
    const rows = csvRows(join(latestRun(results), 'summary.csv'));
    assert.is(rows.length, 9);
    for (const [job, { read, write, counts = {} }] of Object.entries(EXPECTED)) {
      const trial = trials.find((record) => record.job === job) as TrialRecord;
      assert.equal([trial.window.totalReadBytes, trial.window.totalWriteBytes], [read, write], job);
      const row = rows.find((fields) => fields['job'] === job) ?? {};
      for (const [kind, count] of Object.entries(counts))
        assert.is(row[`${kind}_count`], String(count), `${job} ${kind}`);
      if (trial.engine.numjobs > 1) continue;
      // With one worker all of its time is measured.
      assert.equal([row['read_bytes'], row['write_bytes']], [String(read), String(write)], job);
      const seconds = Number(row['window_ns']) / 1e9;
      assert.ok(Math.abs((Number(row['throughput_bytes_per_s']) * seconds) / (read + write) - 1) < 1e-9, job);
    }
    const mix = trials.find(({ job }) => job === 'mix') as TrialRecord;
    assert.is(mix.window.totalReadBytes + mix.window.totalWriteBytes, MIB);
    assert.ok(mix.window.totalReadBytes > mix.window.totalWriteBytes);
  }));

const CLAIMS = `
name: claims
trials: {rounds: 1}
dataset: {nrfiles: 2, filesize: 2MiB}
jobs:
  read: {rw: read, bs: 64KiB, cache: [cold, warm, direct]}
`;

function byClaim(results: string): Record<string, TrialRecord['cache']> {
  return Object.fromEntries(trialsOf(results).map(({ cache }) => [cache.claim, cache]));
}

test('cold, warm and direct are proven on a disk', () =>
  withPlace(({ directory, results, runWords }) => {
    const { stdout } = feedrate(runWords(CLAIMS), directory);
    const { cold, warm, direct } = byClaim(results);
    if (cold?.blockDevice == null) skipTest('the temporary directory lies on no block device');
    assert.is(cold.verdict, 'proven', cold.detail);
    assert.is(cold.residentBytesBefore, 0);
    assert.ok((cold.processDeviceReadBytes ?? 0) >= 4 * MIB);
    assert.is(warm?.verdict, 'proven', warm?.detail);
    assert.is(warm?.residentBytesBefore, 4 * MIB);
    assert.is(direct?.verdict, 'proven', direct?.detail);
    for (const claim of ['Cold cache', 'Warm cache', 'Direct I/O']) assert.match(stdout, `✓ ${claim} confirmed`);
    if (libc() !== null) assert.not.match(stdout, /koffi-missing/);
  }));

test('a cold claim on a file system in memory is contradicted', () => {
  try {
    accessSync('/dev/shm', constants.W_OK);
  } catch {
    skipTest('/dev/shm cannot be written');
  }
  return withPlace(({ directory, results, runWords }) => {
    const target = mkdtempSync('/dev/shm/feedrate-test-');
    try {
      const words = runWords(CLAIMS.replace('[cold, warm, direct]', 'cold')).with(3, target);
      const { status, stdout } = feedrate(words, directory);
      assert.is(status, 0);
      assert.is(byClaim(results)['cold']?.verdict, 'contradicted');
      assert.match(
        stdout,
        /✗ Cold cache contradicted: 100 % of the files' bytes were in the page cache before the trial/,
      );
      const [told] = trialsOf(results)[0]?.warnings.filter(({ code }) => code === 'cache-contradicted') ?? [];
      // The test above follows it: its files are on a disk, or are skipped over.
      assert.is(told?.remedy, 'choose a directory that is not in memory, or end the programs that use these files');
    } finally {
      rmSync(target, { recursive: true });
    }
  });
});

test('without koffi all works, and is labelled', () =>
  withPlace(({ directory, results, runWords }) => {
    const { status, stdout } = feedrateProcess(runWords(CLAIMS), directory, { FEEDRATE_NO_KOFFI: '1' });
    assert.is(status, 0);
    for (const { engine, warnings, status: end } of trialsOf(results)) {
      assert.is(end, 'ok');
      assert.is(engine.calls, 'fs');
      assert.ok(warnings.some(({ code }) => code === 'koffi-missing'));
    }
    assert.match(stdout, /koffi-missing/);
    const { cold } = byClaim(results);
    assert.is(cold?.evictedBy, 'dd');
    if (cold?.blockDevice != null) assert.is(cold.verdict, 'proven', cold.detail);
  }));

const SHORT = `
name: short
trials: {rounds: 2}
jobs:
  read: {rw: read, bs: 64KiB, size: 1MiB, runtime: 400ms, time_based: true, rate_iops: 1000}
`;

test('progress as JSON is a line for each event', () =>
  withPlace(({ directory, runWords }) => {
    const { stderr } = feedrate(runWords(SHORT), directory);
    const events = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; [field: string]: unknown });
    // A busy machine starts threads slowly, which is an event of its own.
    const types = events.map(({ type }) => type).filter((type) => type !== 'starting');
    assert.equal([...new Set(types)], ['layout', 'prepare', 'progress', 'trial']);
    assert.is(types.filter((type) => type === 'trial').length, 2);
    const progress = events.filter(({ type }) => type === 'progress');
    for (const { bytesPerSecond, p99Ns, fraction, totalTrials } of progress) {
      assert.ok(Number(bytesPerSecond) > 0 && Number(p99Ns) > 0 && Number(fraction) > 0);
      assert.is(totalTrials, 2);
    }
    const layout = events.filter(({ type }) => type === 'layout');
    assert.equal(
      layout.slice(-1).map(({ doneBytes, totalBytes }) => [doneBytes, totalBytes]),
      [[MIB, MIB]],
    );
  }));

test('in a notebook progress is appended, though it says that it is a terminal', () => {
  needTool('python3');
  return withPlace(({ directory, runWords }) => {
    const words = runWords(SHORT, '--progress', 'auto');
    const notebook = onTerminal(words, { cwd: directory, columns: 120 }, { JPY_PARENT_PID: '1' });
    assert.is(notebook.status, 0);
    assert.not.match(notebook.stdout, '\x1b');
    assert.match(notebook.stdout, /^1\/2 s1r1t1 read .*\r\n2\/2 s1r2t1 read /);
    assert.match(onTerminal(words, { cwd: directory, columns: 120 }).stdout, '\x1b[K', 'as a terminal does not');
  });
});

test('prepare lays out what run then finds', () =>
  withPlace(({ directory, target, runWords }) => {
    const words = runWords(EVERY_KIND);
    const prepare = () => feedrate(['prepare', words[1] ?? '', '-t', 't', '--progress', 'none'], directory);
    const first = prepare();
    assert.is(first.status, 0, first.stderr);
    assert.match(first.stdout, /^\S+ MiB written in .*, 0 B reused\n$/);
    const files = dataFilesIn(target);
    assert.match(prepare().stdout, /^0 B written in .*, \S+ MiB reused\n$/);
    const run = feedrate(words, directory);
    assert.is(run.status, 0);
    assert.not.match(run.stderr, '"type":"layout"');
    assert.equal(dataFilesIn(target), files);
  }));

test('the quick workload runs in a fresh temporary directory and leaves nothing there', () =>
  withPlace(({ directory, results }) => {
    const workload = join(repositoryRoot, 'workloads', 'quick.yaml');
    const temporary = join(directory, 'tmp');
    mkdirSync(temporary);
    const words = [
      'run',
      workload,
      '-o',
      'r',
      '--progress',
      'none',
      '--set',
      'trials.rounds=1',
      '--set',
      'runtime=100ms',
    ];
    const { status, stdout, stderr } = feedrate(words, directory, { TMPDIR: temporary });
    assert.is(status, 0, stderr);
    assert.match(stdout, /complete, \d+ of \d+ trials/);
    assert.equal(readdirSync(temporary), []);
    assert.ok(trialsOf(results).every((trial) => trial.status === 'ok'));
    assert.ok(existsSync(join(latestRun(results), 'latency.hlog')));
  }));

test.run();
