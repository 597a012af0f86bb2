/** Latencies whose truth is known, from the engine's model through the whole command to what is kept and printed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { meanNs, quantileNs, totalCount } from '../../src/histogram/histogram.js';
import { decodeHistogram } from '../../src/histogram/sparse-counts.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { feedrate } from '../support/command-thread.js';
import { directoryIn, runFile, trialsOf } from '../support/run-directory.js';
import { needTool } from '../support/skip.js';

const test = suite('run/simulated-truth');

const MEDIAN_NS = 400_000;
/** Of the logarithm. */
const SIGMA = 0.25;
const BLOCK_BYTES = 65_536;
const BYTES_PER_SECOND = 2 ** 30;
const TRANSFER_NS = (BLOCK_BYTES / BYTES_PER_SECOND) * 1e9;
const TOLERANCE = 0.02;
/** Of the mean service time: the share of the time in which the simulated storage is busy. */
const LOAD = 0.6;

/** The normal distribution's quantiles, which Python's standard library knows. */
function normalQuantiles(probabilities: readonly number[]): number[] {
  needTool('python3');
  const script =
    'import json, statistics, sys; print(json.dumps([statistics.NormalDist().inv_cdf(p) for p in json.loads(sys.argv[1])]))';
  const { stdout, stderr } = spawnSync('python3', ['-c', script, JSON.stringify(probabilities)], { encoding: 'utf8' });
  assert.is(stderr, '');
  return JSON.parse(stdout) as number[];
}

function within(actual: number, truth: number, what: string): void {
  assert.ok(Math.abs(actual / truth - 1) <= TOLERANCE, `${what}: ${actual}, in truth ${truth}`);
}

/** Mean of the service time S and of S², from the moments of the lognormal distribution. */
const logMean = MEDIAN_NS * Math.exp(SIGMA ** 2 / 2);
const logSquare = MEDIAN_NS ** 2 * Math.exp(2 * SIGMA ** 2);
const SERVICE_NS = logMean + TRANSFER_NS;
const SERVICE_SQUARE = logSquare + 2 * logMean * TRANSFER_NS + TRANSFER_NS ** 2;
const RATE_IOPS = Math.round((LOAD / SERVICE_NS) * 1e9);

const WORKLOAD = `
name: truth
trials: {rounds: 2}
defaults:
  {rw: randread, bs: ${BLOCK_BYTES}, size: 16GiB, ioengine: simulated, simulated_latency: ${MEDIAN_NS}ns, simulated_bandwidth: 1GiB/s}
jobs:
  closed: {numjobs: 2}
  open: {rate_iops: ${RATE_IOPS}, rate_process: poisson}
`;

/** Where the run of all tests was measured, its results, and what it printed. */
const directory = mkdtempSync(join(tmpdir(), 'feedrate-truth-'));
const results = join(directory, 'r');
let printed = '';

test.before(() => {
  directoryIn(directory, 't');
  writeFileSync(join(directory, 'w.yaml'), WORKLOAD);
  const words = ['run', 'w.yaml', '-t', 't', '-o', 'r', '--progress', 'none', '--format', 'json'];
  const { status, stdout, stderr } = feedrate(words, directory);
  assert.is(status, 0, stderr);
  printed = stdout;
});
test.after(() => rmSync(directory, { recursive: true }));

test('quantiles are those of the model, in each record and in the table', () => {
  const probabilities = [0.5, 0.99, 0.999];
  const truths = normalQuantiles(probabilities).map((z) => MEDIAN_NS * Math.exp(SIGMA * z) + TRANSFER_NS);
  const closed = trialsOf(results).filter(({ job }) => job === 'closed');
  assert.is(closed.length, 2);
  for (const { latency } of closed) {
    const histogram = decodeHistogram(latency.read ?? []);
    assert.is(totalCount(histogram), 2 * 2 ** 18);
    probabilities.forEach((q, i) => {
      within(quantileNs(histogram, q), truths[i] as number, `p${q * 100} of the record`);
    });
  }
  const columns = ['latency_p50_ns', 'latency_p99_ns', 'latency_p999_ns'];
  const [head = '', ...rows] = runFile(results, 'summary.csv').trimEnd().split('\n');
  const row = rows.find((line) => line.includes('closed'))?.split(',') ?? [];
  columns.forEach((column, i) => {
    within(Number(row[head.split(',').indexOf(column)]), truths[i] as number, column);
  });
  assert.is(JSON.parse(printed).workload, 'truth');
});

test('at a rate, latency holds the time of waiting that queueing theory gives', () => {
  // Pollaczek–Khinchine: Poisson arrivals, one server, any service time.
  const waitNs = ((RATE_IOPS / 1e9) * SERVICE_SQUARE) / (2 * (1 - (RATE_IOPS / 1e9) * SERVICE_NS));
  const open = trialsOf(results).filter(({ job }) => job === 'open');
  assert.is(open.length, 2);
  for (const { latency } of open as TrialRecord[]) {
    const mean = (kind: 'read' | 'slat' | 'clat') => meanNs(decodeHistogram(latency[kind] ?? []));
    within(mean('clat'), SERVICE_NS, 'clat');
    within(mean('slat'), waitNs, 'slat');
    within(mean('read'), waitNs + SERVICE_NS, 'lat');
  }
});

test.run();
