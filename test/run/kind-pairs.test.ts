/**
 * Every two optional fields of the kinds of jobs without a pace, on the simulated engine: the workload is refused in one
 * line, or the job moves the bytes that its fields ask for, in the time that they ask for, and measures the storage's
 * latency alone. `engine/field-pairs` has those of `io`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../src/base/errors.js';
import { meanNs, totalCount } from '../../src/histogram/histogram.js';
import { decodeHistogram } from '../../src/histogram/sparse-counts.js';
import { buildPlan } from '../../src/plan/schedule.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { parseWorkload } from '../../src/workload/parse.js';
import { resolveJob } from '../../src/workload/resolve.js';
import type { Job } from '../../src/workload/workload.js';
import { feedrate } from '../support/command-thread.js';
import { directoryIn, trialsOf } from '../support/run-directory.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('run/kind-pairs');

type Fields = Readonly<Record<string, string>>;

interface PairsOf {
  /** What the pairs are added to. */
  readonly base: Fields;
  /** A value of each field that differs from its default. */
  readonly values: Fields;
  /** The bytes that a job moves if no time limits it. */
  readonly bytes: (job: Job) => number;
}

const SIMULATED = { ioengine: 'simulated', simulated_latency: '100us' };
const SHARED = {
  numjobs: '2',
  cache: 'cold',
  direct: 'true',
  simulated_latency: '150us',
  simulated_bandwidth: '400MiB/s',
};
const FILES = 40;
const FILE_BYTES = 16_384;
const SHARD_BYTES = 262_144;

const KINDS: Readonly<Record<string, PairsOf>> = {
  'small-files': {
    base: { ...SIMULATED, kind: 'small-files', bs: '8k', nrfiles: `${FILES}`, filesize: `${FILE_BYTES}` },
    values: {
      ...SHARED,
      bs: '4k',
      runtime: '60ms',
      time_based: 'true',
      ramp_time: '3ms',
      shuffle: 'false',
      verify: 'true',
    },
    bytes: ({ numjobs }) => numjobs * FILES * FILE_BYTES,
  },
  'checkpoint-write': {
    base: { ...SIMULATED, kind: 'checkpoint-write', bs: '64k', shard_size: `${SHARD_BYTES}` },
    values: {
      ...SHARED,
      bs: '128k',
      shards: '2',
      checkpoints: '3',
      keep_last: '1',
      interval: '5ms',
      fsync: 'false',
      rename: 'none',
      fsync_directories: 'false',
    },
    bytes: (job) => (job.kind === 'checkpoint-write' ? job.numjobs * job.shards * job.checkpoints * SHARD_BYTES : 0),
  },
  'checkpoint-restore': {
    base: { ...SIMULATED, kind: 'checkpoint-restore', bs: '64k', shard_size: `${SHARD_BYTES}` },
    values: { ...SHARED, bs: '128k', shards: '2', verify: 'true' },
    bytes: (job) => (job.kind === 'checkpoint-restore' ? job.numjobs * job.shards * SHARD_BYTES : 0),
  },
};

const textOf = (name: string, fields: Fields) =>
  `  ${name}: {${Object.entries(fields)
    .map(([word, value]) => `${word}: ${value}`)
    .join(', ')}}\n`;

/** The job with these fields. Null: it is refused, in a line for each reason. */
function accepted(fields: Fields): Job | null {
  try {
    const workload = parseWorkload(`name: pair\njobs:\n${textOf('j', fields)}`, 'w.yaml');
    return buildPlan(workload, [{ name: 't', path: '/t' }], resolveJob, 1).arms[0]?.spec ?? null;
  } catch (thrown) {
    assert.instance(thrown, FeedrateError, JSON.stringify(fields));
    assert.ok((thrown as Error).message.split('\n').length <= 3, (thrown as Error).message);
    return null;
  }
}

function check({ status, window, latency }: TrialRecord, job: Job, bytes: number, what: string): void {
  assert.is(status, 'ok', what);
  assert.ok(window.endNs > window.startNs, `${what}: nothing measured`);
  const moved = window.totalReadBytes + window.totalWriteBytes;
  const runtimeNs = 'runtimeNs' in job && job.kind === 'small-files' ? job.runtimeNs : null;
  if (runtimeNs === null) assert.is(moved, bytes, what);
  else if (job.kind === 'small-files' && job.timeBased) assert.is(window.endNs - window.startNs, runtimeNs, what);
  const transferNs =
    job.simulatedBytesPerSecond === null
      ? 0
      : ((job as { bs: readonly { blockBytes: number }[] }).bs[0]?.blockBytes ?? 0) / job.simulatedBytesPerSecond;
  for (const kind of ['read', 'write'] as const) {
    const histogram = decodeHistogram(latency[kind] ?? []);
    const count = totalCount(histogram);
    if (count < 30) continue;
    // The simulated latency is lognormal with a deviation of 0.25. Five deviations of the mean are allowed.
    const expected = job.simulatedLatencyNs * Math.exp(0.25 ** 2 / 2) + transferNs * 1e9;
    const off = Math.abs(meanNs(histogram) / expected - 1);
    assert.ok(off < 0.02 + 1.25 / Math.sqrt(count), `${what}: mean ${kind} ${meanNs(histogram)}, expected ${expected}`);
  }
}

for (const [kind, { base, values, bytes }] of Object.entries(KINDS)) {
  test(`each two fields of ${kind}`, () =>
    withTemporaryDirectory((directory) => {
      const choices = Object.entries(values);
      const jobs = new Map<string, { readonly fields: Fields; readonly job: Job }>();
      choices.forEach(([word, value], i) => {
        for (const [other, another] of choices.slice(i + 1)) {
          const fields = { ...base, [word]: value, [other]: another };
          const job = accepted(fields);
          if (job !== null) jobs.set(`p${jobs.size}`, { fields, job });
        }
      });
      assert.ok(jobs.size > (choices.length * (choices.length - 1)) / 4, String(jobs.size));
      const text = [...jobs].map(([name, { fields }]) => textOf(name, fields)).join('');
      writeFileSync(join(directory, 'w.yaml'), `name: pairs\ntrials: {rounds: 1, filesets: 1}\njobs:\n${text}`);
      directoryIn(directory, 't');
      const words = ['run', 'w.yaml', '-t', 't', '-o', 'r', '--progress', 'none'];
      const { status, stderr } = feedrate(words, directory);
      assert.is(status, 0, stderr);
      const trials = trialsOf(join(directory, 'r'));
      assert.is(trials.length, jobs.size);
      for (const trial of trials) {
        const { fields, job } = jobs.get(trial.job) as { readonly fields: Fields; readonly job: Job };
        check(trial, job, bytes(job), JSON.stringify(fields));
      }
    }));
}

test.run();
