/** Whole runs of several sessions with real I/O: which files they read, where these lie, and what the page cache holds. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { feedrate } from '../support/command-thread.js';
import { latestRun, trialsOf } from '../support/run-directory.js';
import { skipTest } from '../support/skip.js';
import { dataFilesIn, type Place, withBarePlace, withPlace, withReadOnly, withTmpfs } from './place.js';

const test = suite('run/filesets');
const MIB = 2 ** 20;

const SESSIONS = `
name: sessions
trials: {sessions: 2, rounds: 1}
dataset: {nrfiles: 2, filesize: 1MiB}
defaults: {bs: 64KiB, verify: true}
jobs:
  read: {rw: read, cache: [cold, warm]}
  write: {rw: write, size: 512KiB}
`;

const FILES = ['s42/000/000000-1048576', 's42/000/000001-1048576'];

function withoutWrites(workload: string): string {
  return workload.replace(/ {2}write: .*\n/, '');
}

/** Names of the data files on a target, below its data directory. */
function namesIn(target: string): string[] {
  return existsSync(join(target, '.feedrate-data'))
    ? dataFilesIn(target).map((path) => path.slice(join(target, '.feedrate-data/').length))
    : [];
}

/** `a1:0`: target a read set 0 in session 1. */
function setsRead(trials: readonly TrialRecord[]): string[] {
  const reads = trials.filter(({ job }) => job !== 'write');
  return [...new Set(reads.map(({ target, session, fileset }) => `${target}${session}:${fileset}`))].sort();
}

const SWAPPED = ['a1:0', 'a2:1', 'b1:1', 'b2:0'];

/** `run FILE -t a=… -t b=… -o r`. */
function onTwo({ runWords }: Place, workload: string, a: string, b: string, ...more: string[]): string[] {
  const [run = '', file = '', , , ...rest] = runWords(workload, ...more);
  return [run, file, '-t', `a=${a}`, '-t', `b=${b}`, ...rest];
}

test('two names of one directory read swapped sets, which both see and no one writes twice', () =>
  withPlace((place) => {
    const { directory, target, results } = place;
    const { status, stderr, stdout } = feedrate(onTwo(place, SESSIONS, 't', 't'), directory);
    assert.is(status, 0, stderr + stdout);
    const trials = trialsOf(results);
    assert.equal(setsRead(trials), SWAPPED);
    for (const { job, fileset } of trials) if (job === 'write') assert.is(fileset, undefined);
    assert.equal(namesIn(target), [...FILES, ...FILES.map((path) => `set1/${path}`)].sort());
    const contents = dataFilesIn(target).map((path) => readFileSync(path).toString('latin1'));
    assert.is(new Set(contents).size, 4, 'no two files are alike');
    const layouts = stderr.split('\n').filter((line) => line.startsWith('{"type":"layout"'));
    const last = JSON.parse(layouts.at(-1) as string) as { doneBytes: number; totalBytes: number; target: string };
    assert.equal([last.target, last.doneBytes, last.totalBytes], ['a', 4 * MIB, 4 * MIB], 'laid out once, all of it');
    const csv = readFileSync(join(latestRun(results), 'summary.csv'), 'utf8').split('\n');
    assert.ok(csv[0]?.includes(',direct,fileset,cache_claim,'));
  }));

test('every session of two directories begins in the stated cache state, with either set', () =>
  withBarePlace((place) => {
    const { directory, results } = place;
    for (const name of ['a', 'b']) mkdirSync(join(directory, name));
    const workload = withoutWrites(SESSIONS).replace('sessions: 2', 'sessions: 4');
    const { status, stderr } = feedrate(onTwo(place, workload, 'a', 'b'), directory);
    assert.is(status, 0, stderr);
    const reads = trialsOf(results);
    assert.equal(setsRead(reads), ['a1:0', 'a2:1', 'a3:0', 'a4:1', 'b1:1', 'b2:0', 'b3:1', 'b4:0']);
    for (const name of ['a', 'b']) assert.is(namesIn(join(directory, name)).length, 4);
    assert.is(reads.length, 4 * 2 * 2);
    if (reads[0]?.cache.blockDevice == null) skipTest('the temporary directory lies on no block device');
    for (const { id, cache } of reads) {
      assert.is(cache.verdict, 'proven', `${id} ${cache.claim}: ${cache.detail}`);
      assert.is(cache.fileBytes, 2 * MIB);
      assert.is(cache.residentBytesBefore, cache.claim === 'warm' ? 2 * MIB : 0, `${id} ${cache.claim}`);
    }
  }));

test('one session reads and lays out one set, which sessions of before have left', () =>
  withPlace(({ directory, target, results, runWords }) => {
    const one = feedrate(runWords(SESSIONS, '--set', 'trials.sessions=1'), directory);
    assert.is(one.status, 0, one.stderr);
    assert.equal(namesIn(target), FILES);
    assert.equal(setsRead(trialsOf(results)), ['t1:0']);
    const prepared = feedrate(['prepare', 'workload.yaml', '-t', 't', '--progress', 'none'], directory);
    assert.match(prepared.stdout, /^2 MiB written in .*, 2 MiB reused\n$/);
    assert.is(namesIn(target).length, 4);
    const listed = feedrate(['clean', '-t', 't', '--yes', '--data'], directory);
    assert.match(listed.stdout, /\.feedrate-data +4(\.\d+)? MiB /);
    assert.equal(namesIn(target), []);
  }));

test('prepared sets are read from a read-only mount, with direct I/O too', () =>
  withBarePlace((place) => {
    const { directory, target, results } = place;
    const workload = withoutWrites(SESSIONS).replace('[cold, warm]', 'direct');
    // In the only session the second name reads the second set and no other.
    const words = onTwo(place, workload, 't', 't', '--set', 'trials.sessions=1', '--set', 'trials.filesets=2');
    const prepare = ['prepare', 'workload.yaml', '--set', 'trials.sessions=1', '--set', 'trials.filesets=2'];
    const prepared = feedrate([...prepare, '-t', 'a=t', '-t', 'b=t', '--progress', 'none'], directory);
    assert.is(prepared.status, 0, prepared.stderr);
    return withReadOnly(target, () => {
      const { status, stderr, stdout } = feedrate(words, directory);
      assert.is(status, 0, stderr + stdout);
      assert.equal(setsRead(trialsOf(results)), ['a1:0', 'b1:1']);
    });
  }));

test('a file system with space for one set and not for two is refused before anything is written', () =>
  withBarePlace(({ directory, target, results, runWords }) =>
    withTmpfs(target, 'size=16m', () => {
      const words = runWords(SESSIONS, '--set', 'dataset.filesize=5MiB');
      const { status, stderr } = feedrate(words, directory);
      assert.is(status, 2);
      assert.match(stderr, /^feedrate: target t .*: the plan needs 20\.5 MiB and a margin of .* are free; .*\n$/);
      assert.equal(readdirSync(target), []);
      assert.not(existsSync(results));
      const prepared = feedrate(['prepare', 'workload.yaml', '-t', 't', '--set', 'dataset.filesize=5MiB'], directory);
      assert.is(prepared.status, 2);
      assert.equal(readdirSync(target), []);
      const one = feedrate([...words, '--set', 'trials.filesets=1', '--set', 'read.cache=as-is'], directory);
      assert.is(one.status, 0, one.stderr);
      assert.equal(setsRead(trialsOf(results)), ['t1:0', 't2:0']);
    }),
  ));

test('two names of one directory need its space once', () =>
  withBarePlace((place) => {
    const { directory, target } = place;
    return withTmpfs(target, 'size=16m', () => {
      const more = ['--set', 'dataset.filesize=3MiB', '--set', 'read.cache=as-is'];
      const { status, stderr } = feedrate(onTwo(place, SESSIONS, 't', 't', ...more), directory);
      assert.is(status, 0, stderr);
      assert.is(namesIn(target).length, 4);
    });
  }));

test('a later set that was removed comes back with the same content', () =>
  withPlace(({ directory, target, runWords }) => {
    const prepare = ['prepare', 'workload.yaml', '-t', 't', '--progress', 'none'];
    runWords(SESSIONS);
    assert.is(feedrate(prepare, directory).status, 0);
    const [first, , second] = dataFilesIn(target) as [string, string, string];
    const content = readFileSync(second);
    feedrate(['clean', '-t', 't', '--yes', '--data'], directory);
    assert.not(existsSync(first));
    assert.is(feedrate(prepare, directory).status, 0);
    assert.ok(readFileSync(second).equals(content), 'the same content under the same name');
  }));

test.run();
