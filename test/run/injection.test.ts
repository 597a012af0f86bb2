/** What `--inject` says is what the records show, on the simulated engine; in the page cache it says that it is not. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { meanNs } from '../../src/histogram/histogram.js';
import { decodeHistogram } from '../../src/histogram/sparse-counts.js';
import { feedrate } from '../support/command-thread.js';
import { directoryIn, trialsOf } from '../support/run-directory.js';
import { skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('run/injection');
/** So many operations that the mean latency of both sides together is known to 0.2 %. */
const WORKLOAD = `
name: slowed
trials: {filesets: 1}
defaults: {ioengine: simulated, rw: randread, simulated_latency: 100us, simulated_bandwidth: 1GiB/s, cache: as-is}
jobs:
  4k: {bs: 4k, size: 128MiB}
  64k: {bs: 64k, size: 2GiB}
  1m: {bs: 1m, size: 32GiB}
`;
const TOLERANCE = 0.01;

/** Other slow-downs are checked without a whole command, in `engine/slowed`. */
const PART = 0.2;

test(`${PART * 100} %: throughput is divided by ${1 + PART}, and latencies are multiplied by it`, () =>
  withTemporaryDirectory((directory) => {
    directoryIn(directory, 't');
    writeFileSync(join(directory, 'w.yaml'), WORKLOAD);
    const words = ['-t', 't', '-o', 'r', '--sessions', '2', '--rounds', '1', '--progress', 'none'];
    const { status, stderr } = feedrate(['calibrate', 'w.yaml', ...words, '--inject', `${PART * 100}%`], directory);
    assert.is(status, 3, 'two sessions are too few for a verdict');
    assert.match(stderr, /^B was slowed down by \d+% \(--inject\): detected in 0 of 3 cells\n$/);
    for (const job of ['4k', '64k', '1m']) {
      const of = (target: string) => {
        const trials = trialsOf(join(directory, 'r')).filter((trial) => trial.job === job && trial.target === target);
        assert.is(trials.length, 2);
        const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
        return {
          throughput:
            sum(trials.map(({ window }) => window.readBytes)) /
            sum(trials.map(({ window }) => window.endNs - window.startNs)),
          latency: sum(trials.map(({ latency }) => meanNs(decodeHistogram(latency.read ?? [])))),
        };
      };
      const [a, b] = [of('A'), of('B')];
      const off = (found: number, said: number) => Math.abs(found / said - 1);
      assert.ok(off(b.throughput / a.throughput, 1 / (1 + PART)) < TOLERANCE, `${job}: ${b.throughput / a.throughput}`);
      assert.ok(off(b.latency / a.latency, 1 + PART) < TOLERANCE, `${job}: ${b.latency / a.latency}`);
    }
  }));

/** Reads that take their bytes from the page cache, unless an option says otherwise. */
const CACHED = `
name: cached
trials: {filesets: 1}
jobs:
  read: {rw: randread, bs: 4k, size: 4MiB, ioengine: psync, cache: warm}
`;

test('in the page cache the slow-down is said to be inexact, and with the remedy it is not', () =>
  withTemporaryDirectory((directory) => {
    directoryIn(directory, 't');
    writeFileSync(join(directory, 'w.yaml'), CACHED);
    const words = ['calibrate', 'w.yaml', '-t', 't', '--sessions', '2', '--rounds', '1', '--progress', 'none'];
    const cached = feedrate([...words, '-o', 'r', '--inject', '20%'], directory);
    assert.is(cached.status, 3, cached.stderr);
    assert.match(
      cached.stderr,
      /\nsome bytes came from the page cache, where A and B differ .*; use --set cache=direct or --set cache=cold to check/,
    );
    for (const state of ['cold', 'direct']) {
      const followed = feedrate([...words, '-o', state, '--inject', '20%', '--set', `cache=${state}`], directory);
      assert.is(followed.status, 3, followed.stderr);
      const verdicts = trialsOf(join(directory, state)).map(({ cache }) => cache.verdict);
      if (verdicts.some((verdict) => verdict !== 'proven')) skipTest('the temporary directory lies on no block device');
      assert.match(followed.stderr, /^B was slowed down by 20% \(--inject\): detected in 0 of 1 cells\n$/);
    }
  }));

test.run();
