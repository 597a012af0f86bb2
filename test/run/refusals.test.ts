/** Runs for which the kernel, or a missing koffi, refuses io_uring: the load is kept up, labelled, and counts the same. */
import { existsSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { totalCount } from '../../src/histogram/histogram.js';
import { decodeHistogram } from '../../src/histogram/sparse-counts.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { type Confinement, confinedFeedrate } from '../support/confined.js';
import { trialsOf } from '../support/run-directory.js';
import { skipTest } from '../support/skip.js';
import { withBarePlace } from './place.js';

const test = suite('run/refusals');
const KIB = 1024;
const MIB = 1024 * KIB;
const RATE_IOPS = 2000;
/** Of every job but `deep`. Few threads, as each takes a while to start, and no divisor of the operations. */
const DEPTH = 3;

const QUEUED = `
name: queued
trials: {sessions: SESSIONS, rounds: 1}
dataset: {nrfiles: 2, filesize: 1MiB}
defaults: {verify: true, bs: 4KiB, iodepth: ${DEPTH}}
jobs:
  random: {rw: randread}
  shared: {rw: randread, numjobs: 2}
  part: {rw: randread, bs: 16KiB, io_size: 320KiB}
  deep: {rw: randread, size: 1MiB, iodepth: DEEP}
  write: {rw: write, bs: 64KiB, size: 1MiB, end_fsync: true}
  overwrite: {rw: randwrite, size: 256KiB, fdatasync: 16}
  mix: {rw: randrw, size: 1MiB}
  paced: {rw: randread, io_size: 512KiB, rate_iops: ${RATE_IOPS}}
`;

/** Bytes and operations of each job, all its workers together: what was asked for, once. */
const EXPECTED: Readonly<Record<string, { readonly bytes: number; readonly blockBytes: number }>> = {
  random: { bytes: 2 * MIB, blockBytes: 4 * KIB },
  shared: { bytes: 2 * MIB, blockBytes: 4 * KIB },
  part: { bytes: 320 * KIB, blockBytes: 16 * KIB },
  deep: { bytes: MIB, blockBytes: 4 * KIB },
  write: { bytes: MIB, blockBytes: 64 * KIB },
  overwrite: { bytes: 256 * KIB, blockBytes: 4 * KIB },
  mix: { bytes: MIB, blockBytes: 4 * KIB },
  paced: { bytes: 512 * KIB, blockBytes: 4 * KIB },
};

/** What the command says once, as a line of progress. */
function notesOf(stderr: string): string[] {
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('{"type":"note"'))
    .map((line) => (JSON.parse(line) as { text: string }).text);
}

function assertCounts({ job, window, latency }: TrialRecord): void {
  const { bytes, blockBytes } = EXPECTED[job] as (typeof EXPECTED)[string];
  assert.is(window.totalReadBytes + window.totalWriteBytes, bytes, `bytes of ${job}`);
  const operations = window.totalReadOps + window.totalWriteOps;
  assert.is(operations, bytes / blockBytes, `operations of ${job}`);
  const counted = (['read', 'write'] as const).map((kind) => latency[kind]).filter((counts) => counts !== undefined);
  assert.is(
    counted.reduce((sum, counts) => sum + totalCount(decodeHistogram(counts)), 0),
    operations,
    `latencies of ${job}`,
  );
  // The first operation is due at once, and none before its time.
  if (job === 'paced') assert.ok(window.lastDoneNs >= ((operations - 1) / RATE_IOPS) * 1e9, 'no faster than its rate');
}

/** Of a queue that is a ring. */
const LONG = 128;
/** Longer than the other jobs' queues, and with few threads, too. */
const SHORT = 5;

/** Enough where the jobs are tested with another refusal, as the threads that do them do not know of it. */
const FEW: readonly string[] = ['part', 'deep'];

interface Queued {
  readonly sessions: number;
  /** Of the job `deep`. */
  readonly depth: number;
  readonly jobs: readonly string[];
}

function queued({ sessions, depth, jobs }: Queued): string {
  return QUEUED.split('\n')
    .filter((line) => !/^ {2}\w+: \{/.test(line) || jobs.some((job) => line.startsWith(`  ${job}:`)))
    .join('\n')
    .replace('SESSIONS', `${sessions}`)
    .replace('DEEP', `${depth}`);
}

/** All sessions of the workload, all well. */
function runQueued(
  confinement: Confinement,
  asked: Queued,
  check: (trials: TrialRecord[], stderr: string) => void,
): Promise<void> {
  return withBarePlace(({ directory, results, runWords }) => {
    const workload = queued(asked);
    // What killed processes left in the machine's own temporary directory is told in a note.
    const environment = { TMPDIR: directory, ...confinement.environment };
    const { status, stderr } = confinedFeedrate(runWords(workload), directory, { ...confinement, environment });
    assert.is(status, 0, stderr);
    const trials = trialsOf(results);
    assert.is(trials.length, asked.sessions * asked.jobs.length);
    for (const trial of trials) {
      assert.is(trial.status, 'ok', trial.fault?.message);
      assertCounts(trial);
    }
    check(trials, stderr);
  });
}

/** `auto` has taken threads, says so once, and why. */
function assertReplaced(trials: readonly TrialRecord[], stderr: string, reason: RegExp, depth: number): void {
  for (const { job, engine, warnings } of trials) {
    const threads = job === 'deep' ? depth : DEPTH;
    assert.equal(
      [engine.asked, engine.used, engine.threadsPerJob, engine.iodepth, engine.ring],
      ['auto', 'psync', threads, threads, null],
      job,
    );
    assert.match(engine.reason ?? '', reason);
    assert.is(warnings.filter(({ code }) => code === 'queue-replaced').length, 1);
  }
  assert.is(notesOf(stderr).filter((text) => reason.test(text)).length, 1, stderr);
}

/** With the engine forced: one line that says why, status 5, and nothing measured. */
function assertForcedFails(confinement: Confinement, engine: string, reason: RegExp): Promise<void> {
  return withBarePlace(({ directory, results, runWords }) => {
    const words = runWords(queued({ sessions: 1, depth: LONG, jobs: FEW }), '--engine', engine, '--progress', 'line');
    const { status, stdout, stderr } = confinedFeedrate(words, directory, confinement);
    assert.is(status, 5, stderr + stdout);
    assert.match(stderr, reason);
    // `runQueued` has followed it: under the same restrictions, auto measures.
    assert.match(stderr, /; use ioengine: auto to choose an engine that is available\n$/);
    assert.is(stderr.trimEnd().split('\n').length, 1, stderr);
    if (existsSync(results)) assert.equal(trialsOf(results), []);
  });
}

for (const [refuseIoUring, sessions, jobs] of [
  ['EPERM', 2, FEW],
  ['ENOSYS', 1, Object.keys(EXPECTED)],
] as const) {
  const reason = new RegExp(`io_uring .*\\(${refuseIoUring}\\)`);

  test(`a seccomp filter that answers ${refuseIoUring}: threads do what the queue was to do`, () =>
    runQueued({ refuseIoUring }, { sessions, depth: SHORT, jobs }, (trials, stderr) => {
      for (const { engine } of trials) assert.is(engine.calls, 'koffi');
      assertReplaced(trials, stderr, reason, SHORT);
    }));

  test(`a seccomp filter that answers ${refuseIoUring}: a forced io_uring is an error`, () =>
    assertForcedFails({ refuseIoUring }, 'io_uring', reason));
}

const NO_KOFFI = { environment: { FEEDRATE_NO_KOFFI: '1' } };

test('without koffi threads do what the queue was to do, through fs', () =>
  runQueued(NO_KOFFI, { sessions: 1, depth: SHORT, jobs: Object.keys(EXPECTED) }, (trials, stderr) => {
    for (const { engine } of trials) assert.is(engine.calls, 'fs');
    assertReplaced(trials, stderr, /io_uring .*koffi/, SHORT);
  }));

test('without koffi a forced io_uring is an error', () => assertForcedFails(NO_KOFFI, 'io_uring', /io_uring .*koffi/));

/** Smaller than the buffers of 32 operations of 16 KiB; an ordinary user has this much on many systems. */
const MEMLOCK_BYTES = 65_536;

const DEEP = `
name: deep
trials: {rounds: 1}
jobs:
  read: {rw: randread, bs: 16KiB, size: 2MiB, iodepth: 32, verify: true}
`;

test('an ordinary user who may lock little memory has a ring without registered buffers', () =>
  withBarePlace(({ directory, results, runWords }) => {
    const { status, stderr } = confinedFeedrate(runWords(DEEP), directory, { memlockBytes: MEMLOCK_BYTES });
    assert.is(status, 0, stderr);
    const [trial] = trialsOf(results) as [TrialRecord];
    if (trial.engine.used !== 'io_uring') skipTest(`this kernel grants no io_uring: ${trial.engine.reason}`);
    assert.is(trial.engine.ring?.registeredBuffers, false);
    assert.equal([trial.engine.threadsPerJob, trial.engine.iodepth, trial.engine.reason], [1, 32, null]);
    assert.equal([trial.window.totalReadOps, trial.window.totalReadBytes], [128, 2 * MIB]);
    assert.equal(notesOf(stderr), []);
    const forced = confinedFeedrate(runWords(DEEP, '--engine', 'io_uring'), directory, { memlockBytes: MEMLOCK_BYTES });
    assert.is(forced.status, 0, forced.stderr);
  }));

/** The smallest ring locks two pages. */
const ONE_RING_BYTES = 3 * 4096;

test('what a user may lock is enough for one ring, but not for all: threads take their place', () =>
  withBarePlace(({ directory, results, runWords }) => {
    const many = DEEP.replace('iodepth: 32', 'iodepth: 2, numjobs: 2');
    const { status, stderr } = confinedFeedrate(runWords(many), directory, { memlockBytes: ONE_RING_BYTES });
    assert.is(status, 0, stderr);
    const [trial] = trialsOf(results) as [TrialRecord];
    assert.is(trial.status, 'ok', trial.fault?.message);
    assert.equal([trial.engine.used, trial.engine.threadsPerJob], ['psync', 2]);
    assert.match(trial.engine.reason ?? '', /io_uring .*(ENOMEM|EPERM|ENOSYS)/);
    assert.equal(trial.window.totalReadOps, 2 * 128);
  }));

test('without restrictions the queue is a ring, and counts the same', () =>
  runQueued({}, { sessions: 1, depth: LONG, jobs: Object.keys(EXPECTED) }, (trials, stderr) => {
    const refused = trials[0]?.engine.reason;
    if (refused != null) skipTest(`this kernel grants no io_uring: ${refused}`);
    for (const { job, engine } of trials) {
      assert.equal(
        [engine.used, engine.threadsPerJob, engine.iodepth],
        ['io_uring', 1, job === 'deep' ? LONG : DEPTH],
        job,
      );
      assert.ok((engine.ring?.enters ?? 0) > 0);
    }
    assert.equal(notesOf(stderr), []);
  }));

test.run();
