/** The measured time of a trial: the one that its job asks for, whatever was in flight when it began or ended. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Counters } from '../../src/engine/core/counters.js';
import { Meter } from '../../src/engine/core/meter.js';
import type { WorkerReport } from '../../src/engine/core/protocol.js';
import { meanNs, totalCount } from '../../src/histogram/histogram.js';
import { decodeHistogram } from '../../src/histogram/sparse-counts.js';
import { throughputBytesPerSecond, windowNs } from '../../src/record/trial-values.js';
import { assembleLatency, assembleWindow } from '../../src/trial/assemble.js';
import { junitOf, outcomesOf } from '../support/ci-formats.js';
import { feedrate } from '../support/command-thread.js';
import { directoryIn, trialsOf } from '../support/run-directory.js';

const test = suite('trial/measured-time');

const SECOND = 1e9;
const BYTES = 4096;
const [RAMP_NS, DEADLINE_NS] = [1 * SECOND, 3 * SECOND];

/** Runs operations that end at these times, each right after the one before it, and returns the worker's report. */
function worker(counters: Counters, index: number, endsNs: readonly number[], deadlineNs = DEADLINE_NS): WorkerReport {
  const meter = new Meter(counters, index, RAMP_NS, deadlineNs, true);
  let startNs = 0;
  for (const endNs of endsNs) {
    meter.record('read', endNs - startNs);
    meter.countRead(BYTES);
    startNs = endNs;
    if (meter.isDue(endNs) && !meter.tick(endNs)) break;
  }
  const total = meter.finish(startNs);
  const { rampEnd, deadlineEnd, allBusyEnd } = meter;
  const unused = { startDelayNs: 0, busyNs: null, seconds: [], usage: null, gcNs: 0, gcCount: 0, ring: null };
  return { total, rampEnd, deadlineEnd, allBusyEnd, ...unused, shortTransfers: 0 };
}

function reads(counters: Counters): { readonly count: number; readonly meanNs: number } {
  const histogram = decodeHistogram(assembleLatency(counters).read ?? []);
  return { count: totalCount(histogram), meanNs: meanNs(histogram) };
}

test('an operation in flight from the ramp to after the deadline is measured, as a stall of the whole time', () => {
  const counters = Counters.allocate(1);
  const window = assembleWindow([
    worker(
      counters,
      0,
      [0.5, 61].map((s) => s * SECOND),
    ),
  ]);
  assert.equal([window.startNs, window.endNs], [RAMP_NS, DEADLINE_NS]);
  assert.is(window.readBytes, Math.round((BYTES * 2) / 60.5));
  assert.is(window.readOps, 0.033);
  const { count, meanNs } = reads(counters);
  assert.is(count, 1);
  assert.ok(Math.abs(meanNs / (60.5 * SECOND) - 1) < 1 / 256, String(meanNs));
});

test('a worker that stalls does not shorten the time in which the others are measured', () => {
  const counters = Counters.allocate(2);
  const quick = Array.from({ length: 301 }, (_, i) => (i + 1) * 0.01 * SECOND);
  const reports = [worker(counters, 0, quick), worker(counters, 1, [0.5 * SECOND, 61 * SECOND])];
  const window = assembleWindow(reports);
  assert.equal([window.startNs, window.endNs], [RAMP_NS, DEADLINE_NS]);
  assert.ok(Math.abs(window.readOps - 200.033) < 0.01, String(window.readOps));
  assert.is(reads(counters).count, 202);
});

test('short operations of the ramp are not counted, nor those after the deadline', () => {
  const counters = Counters.allocate(1);
  const ends = Array.from({ length: 400_000 }, (_, i) => (i + 1) * 10_000);
  const window = assembleWindow([worker(counters, 0, ends)]);
  assert.is(window.readOps, 200_000);
  const { count } = reads(counters);
  assert.ok(count >= 200_000 && count <= 200_501, String(count));
});

test('a worker that is done within the ramp has measured nothing', () => {
  const counters = Counters.allocate(1);
  const window = assembleWindow([worker(counters, 0, [0.1 * SECOND, 0.2 * SECOND])]);
  assert.is(window.endNs - window.startNs, 0);
  assert.equal([window.readOps, window.readBytes, window.totalReadOps], [0, 0, 2]);
  assert.is(reads(counters).count, 0);
});

const directory = mkdtempSync(join(tmpdir(), 'feedrate-measured-'));
test.before(() => void directoryIn(directory, 't'));
test.after(() => rmSync(directory, { recursive: true }));

function run(name: string, jobs: string, ...words: string[]) {
  writeFileSync(
    join(directory, `${name}.yaml`),
    `name: ${name}\njobs:\n  read: {ioengine: simulated, rw: randread, ${jobs}}\n`,
  );
  const line = ['run', `${name}.yaml`, '-t', 't', '-o', name, '--progress', 'none', ...words];
  return { ...feedrate(line, directory), trials: () => trialsOf(join(directory, name)) };
}

test('with operations as long as the ramp, every trial measures what the storage does', () => {
  const { status, stderr, trials } = run(
    'long',
    'size: 1m, simulated_latency: 1450ms, ramp_time: 1s, runtime: 2s, time_based: true',
    '--set',
    'trials.rounds=24',
  );
  assert.is(status, 0, stderr);
  const all = trials();
  assert.equal(
    all.map((trial) => windowNs(trial)),
    all.map(() => 2 * SECOND),
  );
  assert.ok(all.every((trial) => throughputBytesPerSecond(trial) > 0));
  // The mean of the lognormal latencies of the model. 24 trials have about 33 operations of 25 % deviation.
  const truth = BYTES / (1.45 * Math.exp(0.25 ** 2 / 2));
  assert.ok(Math.abs(throughputBytesPerSecond(...all) / truth - 1) < 0.15, String(throughputBytesPerSecond(...all)));
  assert.ok(all.every(({ warnings }) => warnings.some(({ code }) => code === 'few-operations')));
});

test('a ramp that outlasts the job: nothing measured, no threshold passes, status 5, an error in JUnit', () => {
  const { status, stdout, trials } = run(
    'ramp',
    'size: 1m, simulated_latency: 600us, ramp_time: 1s, thresholds: ["throughput >= 0MiB/s", "p99(latency) < 10s"]',
    '--junit',
    'ramp.xml',
  );
  assert.is(status, 5);
  assert.match(stdout, /✗ throughput >= 0MiB\/s: nothing measured in 5 of 5 trials/);
  assert.match(stdout, /✗ p99\(latency\) < 10s: nothing measured/);
  assert.match(stdout, /0 of 5/);
  assert.match(stdout, /nothing-measured: .* within the ramp_time of 1 s/);
  assert.ok(
    trials().every((trial) => trial.status === 'ok' && windowNs(trial) === 0 && trial.latency.read === undefined),
  );
  const outcomes = [...outcomesOf(junitOf(readFileSync(join(directory, 'ramp.xml'), 'utf8')))];
  assert.equal(
    outcomes.map(([, outcome]) => outcome),
    ['error threshold', 'error threshold', 'error broken', 'passed'],
  );
});

test.run();
