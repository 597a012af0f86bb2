// ci

/** Whole runs on file systems that fail them: full, read-only, gone, changed under them. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { conduct } from '../../src/run/conduct.js';
import { feedrate } from '../support/command-thread.js';
import type { Outcome } from '../support/feedrate-cli.js';
import { LiveRun, withLiveRun } from '../support/live-run.js';
import { statusOf, trialsOf } from '../support/run-directory.js';
import { skipTest } from '../support/skip.js';
import { dataFilesIn, ownNamesIn, withBarePlace, withPlace, withReadOnly, withTmpfs } from './place.js';

const test = suite('run/faults');

const WRITES = `
name: writes
trials: {rounds: 1}
jobs:
  write: {rw: write, bs: 64KiB, size: 1MiB}
`;

const READS = `
name: reads
trials: {rounds: 1}
jobs:
  read: {rw: read, bs: 64KiB, size: 1MiB}
`;

/** One line on stderr that says what, where and how to mend it; nothing on stdout, no run kept. */
function assertRefused(outcome: Outcome, pattern: RegExp, results: string): void {
  assert.is(outcome.stdout, '');
  assert.match(outcome.stderr, pattern);
  assert.is(outcome.stderr.trimEnd().split('\n').length, 1, outcome.stderr);
  assert.is(outcome.status, 2);
  assert.not(existsSync(results), 'no run is kept');
}

/** Writes until the file system is full. */
function fill(path: string): void {
  const fd = openSync(path, 'w');
  const block = Buffer.alloc(4096);
  try {
    for (;;) writeSync(fd, block);
  } catch (thrown) {
    assert.is((thrown as NodeJS.ErrnoException).code, 'ENOSPC');
  } finally {
    closeSync(fd);
  }
}

const FILLING = `
name: filling
trials: {rounds: 1}
jobs:
  # Slow enough that the file system can be filled while it writes.
  grow: {rw: write, bs: 64KiB, size: 8MiB, rate: 4MiB/s}
  read: {rw: read, bs: 64KiB, size: 1MiB}
`;

test('a file system that fills up fails the trial that writes, and no other', () =>
  withBarePlace(({ directory, target, results, runWords }) =>
    withTmpfs(target, 'size=16m', () =>
      withLiveRun(runWords(FILLING), { cwd: directory }, async (run) => {
        await run.untilMeasuring('grow');
        const ballast = join(target, 'ballast');
        fill(ballast);
        await run.until((event) => event.type === 'trial' && event.record.arm === 'grow');
        unlinkSync(ballast);
        const { status, stdout } = await run.outcome();
        assert.is(status, 5);
        assert.match(stdout, /complete, 2 of 2 trials/);
        assert.match(stdout, /│ grow +│ +failed │/);
        const trials = trialsOf(results);
        assert.is(trials.find(({ arm }) => arm === 'read')?.status, 'ok');
        const grow = trials.find(({ arm }) => arm === 'grow');
        assert.is(grow?.status, 'failed');
        assert.is(grow?.fault?.code, 'ENOSPC');
        assert.is(grow?.fault?.syscall, 'pwrite');
        assert.match(grow?.fault?.path ?? '', new RegExp(`^${target}/\\.feedrate-.*/s1r1t\\d/`));
        assert.ok((grow?.fault?.offsetBytes ?? 0) > 0);
        assert.equal(ownNamesIn(target), []);
      }),
    ),
  ));

test('a plan that does not fit is refused before anything is written', () =>
  withBarePlace(({ directory, target, results, runWords }) =>
    withTmpfs(target, 'size=16m', () => {
      const outcome = feedrate(runWords(WRITES, '--set', 'size=1GiB'), directory);
      assertRefused(
        outcome,
        /^feedrate: target t .*: the plan needs 1 GiB and a margin of .* are free; .*\n$/,
        results,
      );
      assert.equal(readdirSync(target), []);
    }),
  ));

const MANY_FILES = `
name: many-files
trials: {rounds: 1}
jobs:
  samples: {kind: small-files, nrfiles: 100, filesize: 1KiB}
`;

test('a file system that runs out of inodes while files are laid out fails the run', () =>
  withBarePlace(({ directory, target, results, runWords }) =>
    withTmpfs(target, 'size=16m,nr_inodes=200', async () => {
      const notes: string[] = [];
      // Somebody else takes what the plan has found to be enough.
      const takeInodes = (): void => {
        mkdirSync(join(target, 'theirs'));
        for (let i = 0; i < 150; i++) writeFileSync(join(target, 'theirs', String(i)), '');
      };
      const workload = { source: MANY_FILES, path: 'w.yaml' };
      const request = { workload, targets: [{ name: 't', path: target }], resultsDirectory: results };
      const { status } = await conduct(request, { prepared: takeInodes, note: (text) => notes.push(text) });
      assert.is(status, 'failed');
      assert.match(
        notes.join('\n'),
        /cannot lay out .*\/\.feedrate-data\/.*: ENOSPC in open; free some space or inodes \(df -h, df -i\), or use fewer files/,
      );
      assert.equal(ownNamesIn(target), []);
      assert.equal(
        dataFilesIn(target).filter((path) => !/-1024$/.test(path)),
        [],
        'no half-written file is left',
      );
      assert.is(statusOf(results), 'failed');
      assert.is(feedrate(runWords(MANY_FILES, '--set', 'nrfiles=20'), directory).status, 0, 'fewer files');
      rmSync(join(target, 'theirs'), { recursive: true });
      assert.is(feedrate(runWords(MANY_FILES), directory).status, 0, 'inodes are free');
    }),
  ));

test('a results directory that is full ends the run; its trials are saved, and the target is cleaned up', () =>
  withPlace(({ directory, target, results, runWords }) => {
    mkdirSync(results);
    const temporary = join(directory, 'temporary');
    mkdirSync(temporary);
    const options = { cwd: directory, environment: { TMPDIR: temporary } };
    return withTmpfs(results, 'size=1m', () =>
      withLiveRun(runWords(FILLING.replace('grow: {', 'grow: {io_size: 4MiB, ')), options, async (run) => {
        await run.untilMeasuring('grow');
        fill(join(results, 'ballast'));
        const { status, stdout, stderr } = await run.outcome();
        assert.is(status, 5);
        const saved = /cannot write \(ENOSPC.*Its 2 trials are saved; print the report with: feedrate show (\S+)"}\n$/;
        const [, fallback = ''] = saved.exec(stderr) ?? [];
        assert.ok(fallback.startsWith(`${temporary}/`), stderr);
        assert.match(stdout, /failed, 2 of 2 trials/);
        assert.match(feedrate(['show', fallback], directory).stdout, /failed, 2 of 2 trials/);
        assert.is(statusOf(dirname(fallback)), 'failed');
        assert.equal(ownNamesIn(target), []);
      }),
    );
  }));

test('a target on a read-only mount is refused', () =>
  withPlace(({ directory, target, results, runWords }) =>
    withReadOnly(target, () => {
      const outcome = feedrate(runWords(WRITES), directory);
      assertRefused(outcome, /^feedrate: target t: cannot write in \S+\/t \(EROFS\): .*is read-only; .*\n$/, results);
    }),
  ));

test('a workload that only reads what was prepared can use a read-only mount', () =>
  withPlace(({ directory, target, results, runWords }) => {
    const words = runWords(READS);
    assert.is(feedrate(['prepare', 'workload.yaml', '-t', 't'], directory).status, 0);
    return withReadOnly(target, () => {
      const { status, stderr } = feedrate(words, directory);
      assert.is(status, 0, stderr);
      assert.is(trialsOf(results)[0]?.status, 'ok');
      const again = feedrate(['prepare', 'workload.yaml', '-t', 't', '--progress', 'none'], directory);
      assert.is(again.stdout.replace(/ in .*,/, ','), '0 B written, 1 MiB reused\n');
    });
  }));

test('an engine without I/O leaves a target alone, and needs none that can be written in', () =>
  withPlace(({ directory, target, runWords }) => {
    const words = runWords(WRITES, '--set', 'ioengine=simulated');
    const before = readdirSync(target);
    assert.is(feedrate(words, directory).status, 0);
    assert.equal(readdirSync(target), before);
    return withReadOnly(target, () => assert.is(feedrate(words, directory).status, 0));
  }));

/** A user without rights, who can run Node and read this build. */
function uidOfNobody(directory: string): number {
  const uid = 65534;
  const { status } = spawnSync(process.execPath, [join(directory, 'probe.mjs')], { uid, gid: uid });
  if (status !== 0) skipTest('this user cannot start Node as another one');
  return uid;
}

test('a target that the user may not write in is refused', () =>
  withPlace(async ({ directory, target, results, runWords }) => {
    chmodSync(directory, 0o755);
    chmodSync(target, 0o555);
    writeFileSync(
      join(directory, 'probe.mjs'),
      `await import(${JSON.stringify(import.meta.url)}.replace(/[^/]*$/, 'place.js'));`,
    );
    const options = process.getuid?.() === 0 ? { uid: uidOfNobody(directory) } : {};
    const run = new LiveRun(runWords(WRITES), { cwd: directory, ...options });
    const outcome = await run.outcome();
    chmodSync(target, 0o755);
    assertRefused(outcome, /^feedrate: target t: cannot write in \S+\/t \(EACCES\): permission denied; .*\n$/, results);
  }));

test('a target that is missing, or no directory, is refused', () =>
  withPlace(({ directory, target, results, runWords }) => {
    const refused = (path: string, pattern: RegExp) =>
      assertRefused(feedrate([...runWords(READS), '-t', `x=${path}`], directory), pattern, results);
    refused(join(target, 'nowhere'), /^feedrate: target x: cannot use \S+ \(ENOENT\): it does not exist; .*\n$/);
    refused(join(target, 'notes.txt'), /^feedrate: target x: \S+ is not a directory; name a directory\n$/);
    refused(join(target, 'notes.txt', 'below'), /^feedrate: target x: cannot use \S+ \(ENOTDIR\): .*\n$/);
  }));

test('a data directory that is a link to elsewhere is refused, and elsewhere stays as it is', () =>
  withPlace(({ directory, target, results, runWords }) => {
    const elsewhere = join(directory, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'precious'), 'precious');
    symlinkSync(elsewhere, join(target, '.feedrate-data'));
    const outcome = feedrate(runWords(READS), directory);
    assertRefused(outcome, /^feedrate: \S+\/\.feedrate-data is a symbolic link, .* move it away\n$/, results);
    feedrate(['clean', '-t', target, '--yes', '--data'], directory);
    assert.equal(readdirSync(elsewhere), ['precious']);
    assert.ok(existsSync(join(target, '.feedrate-data')), 'the link is left, too');
  }));

test.run();
