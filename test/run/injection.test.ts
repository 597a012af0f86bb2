/** What `--inject` says is what the records show, for blocks of three sizes, on the simulated engine. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { meanNs } from '../../src/histogram/histogram.js';
import { decodeHistogram } from '../../src/histogram/sparse-counts.js';
import { feedrate } from '../support/command-thread.js';
import { directoryIn, trialsOf } from '../support/run-directory.js';
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

test.run();
