/** What warnings about trials advise, followed on the simulated engine: a job that raises it, beside jobs that follow it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { WarningCode } from '../../src/record/warning.js';
import { feedrate } from '../support/command-thread.js';
import { trialsOf } from '../support/run-directory.js';
import { skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('record/followed-warnings');

interface Row {
  readonly code: WarningCode;
  /** The advice. */
  readonly says: string;
  /** The fields of a job that raises the warning. */
  readonly fields: Readonly<Record<string, string | number | boolean>>;
  /** Fields that follow the advice, each by itself. */
  readonly follow: readonly Row['fields'][];
}

/** Of jobs whose time is that of this machine. */
const REAL = { ioengine: 'psync' };
const EVEN = 'use time_based with a runtime, so that all workers stop at the same time';
const SOON = 'the workers stop after their last operation: use a smaller bs, or a longer runtime';
const STEPS = {
  kind: 'training',
  record_length_bytes: '1k',
  computation_time: '10ms',
  num_files_train: 100,
  batch_size: 4,
};

const ROWS: readonly Row[] = [
  {
    code: 'nothing-measured',
    says: 'shorten ramp_time, or increase size, so that the job is still running when its ramp is over',
    fields: { bs: '4k', size: '1m', simulated_latency: '600us', ramp_time: '1s', cache: 'cold' },
    follow: [{ ramp_time: '10ms' }, { size: '16m' }],
  },
  {
    code: 'straggler',
    says: EVEN,
    fields: { bs: '4k', size: '8k', numjobs: 8, simulated_latency: '1ms' },
    follow: [{ time_based: true, runtime: '1s' }],
  },
  {
    code: 'straggler',
    says: SOON,
    fields: {
      bs: '1m',
      size: '16m',
      numjobs: 8,
      simulated_bandwidth: '16MiB/s',
      simulated_latency: '40ms',
      time_based: true,
      runtime: '100ms',
    },
    follow: [{ runtime: '10s' }, { bs: '4k', simulated_latency: '1ms' }],
  },
  {
    code: 'short-epochs',
    says: 'use the steady AU, or at least 50 steps per epoch (more files, or a smaller batch_size)',
    fields: STEPS,
    follow: [{ num_files_train: 400 }, { batch_size: 1 }],
  },
  {
    code: 'short-window',
    says: 'increase `size`, or set `time_based` and `runtime`, so that each trial takes at least one second',
    fields: { ...REAL, rw: 'read', bs: '4k', size: '32k', rate_iops: 1000 },
    follow: [{ size: '2m' }, { time_based: true, runtime: '500ms' }],
  },
  {
    code: 'short-window',
    says: 'increase `nrfiles`, `runtime` or `passes` so that each phase takes at least a tenth of a second',
    fields: { ...REAL, kind: 'metadata', nrfiles: 1, operations: 'create:stat:unlink' },
    follow: [{ nrfiles: 2000 }],
  },
  {
    code: 'nothing-measured',
    says: 'shorten ramp_time, or set time_based and runtime, so that the job is still running when its ramp is over',
    fields: { bs: '4k', size: '1m', simulated_latency: '600us', ramp_time: '1s' },
    follow: [{ ramp_time: '10ms' }, { time_based: true, runtime: '2s' }],
  },
  {
    code: 'few-operations',
    says: 'increase runtime or size, use smaller blocks, or find what stalled',
    fields: { bs: '1m', size: '2m', simulated_latency: '100ms' },
    follow: [{ time_based: true, runtime: '10s' }, { size: '32m' }, { bs: '64k' }],
  },
  {
    code: 'rate-missed',
    says: 'the storage cannot sustain this rate: reduce it, or add workers',
    fields: { bs: '4k', size: '4m', simulated_latency: '10ms', rate_iops: 200 },
    // Each worker has the rate: more of them at a lower one do as many operations together.
    follow: [{ rate_iops: 50 }, { rate_iops: 50, numjobs: 4 }],
  },
];

/** The job that raises the warning of a row, and those that follow it. A row's fields come after those of all simulated jobs. */
const jobs = ROWS.flatMap(({ code, fields, follow }, row) =>
  [{}, ...follow].map((more, index) => {
    const access = 'kind' in fields ? {} : { rw: 'randread' };
    const all = { ioengine: 'simulated', cache: 'as-is', ...access, ...fields, ...more };
    return { name: `${code}-${row}-${index}`, fields: all };
  }),
);

test('each warning is raised, and by no job that follows it', () =>
  withTemporaryDirectory((directory) => {
    mkdirSync(join(directory, 't'));
    const workload = {
      name: 'followed',
      trials: { rounds: 1 },
      jobs: Object.fromEntries(jobs.map(({ name, fields }) => [name, fields])),
    };
    // JSON is YAML.
    writeFileSync(join(directory, 'w.yaml'), JSON.stringify(workload));
    const { stderr } = feedrate(['run', 'w.yaml', '-t', 't', '-o', 'r', '--progress', 'none'], directory);
    const trials = trialsOf(join(directory, 'r'));
    assert.is(trials.length, jobs.length, stderr);
    for (const [row, { code, says }] of ROWS.entries()) {
      const raised = trials
        .filter(({ job }) => job.startsWith(`${code}-${row}-`))
        .flatMap(({ job, warnings }) =>
          warnings.filter((found) => found.code === code).map(({ remedy }) => [job, remedy]),
        );
      assert.equal(raised, [[`${code}-${row}-0`, says]]);
    }
  }));

/** Jobs on a dataset: the fields, the option that follows the advice, and what does so without an option. */
const DATASETS: readonly (readonly [code: WarningCode, says: RegExp, text: string, follow: readonly string[]])[] = [
  [
    'straggler',
    /^find what slows one worker down, such as other programs on its CPU, or give each the same number of bytes to move$/,
    'dataset: {nrfiles: 3, filesize: 64k}\njobs: {a: {kind: small-files, numjobs: 2, cache: cold, bs: 4k, ioengine: simulated, simulated_latency: 1ms}}',
    ['--set', 'dataset.nrfiles=4'],
  ],
  [
    'short-window',
    /^read more files, or set `time_based` and `runtime`, so that each trial takes at least one second$/,
    "dataset: {path: d, include: '**/1*'}\njobs: {a: {rw: read, bs: 4k, cache: as-is, ioengine: psync, rate_iops: 100}}",
    ['--set', 'dataset.include=**/*'],
  ],
];

for (const [code, says, text, follow] of DATASETS)
  test(`${code} on a dataset: the advice ends it`, () =>
    withTemporaryDirectory((directory) => {
      mkdirSync(join(directory, 't', 'd'), { recursive: true });
      for (let i = 1; i <= 50; i++)
        writeFileSync(join(directory, 't', 'd', `${i === 1 ? '' : 'x'}${i}`), Buffer.alloc(4096, i));
      writeFileSync(join(directory, 'w.yaml'), `name: w\ntrials: {rounds: 1}\n${text}\n`);
      const raised = (results: string, ...words: string[]) => {
        const { stderr } = feedrate(
          ['run', 'w.yaml', '-t', 't', '-o', results, '--progress', 'none', ...words],
          directory,
        );
        const [trial] = trialsOf(join(directory, results));
        assert.is(trial?.status, 'ok', stderr);
        return trial?.warnings.find((found) => found.code === code)?.remedy;
      };
      assert.match(raised('before') ?? 'nothing', says);
      assert.is(raised('after', ...follow), undefined);
    }));

const CLAIMS = `
name: claims
trials: {rounds: 1}
defaults: {rw: read, bs: 64k, size: 1MiB, ioengine: psync}
jobs:
  again: {cache: cold, time_based: true, runtime: 300ms}
  once: {cache: cold}
  direct: {cache: direct, time_based: true, runtime: 300ms}
`;

test('a cold claim that a second pass makes false holds for one pass, and direct reads need none', () =>
  withTemporaryDirectory((directory) => {
    mkdirSync(join(directory, 't'));
    writeFileSync(join(directory, 'w.yaml'), CLAIMS);
    const { stderr } = feedrate(['run', 'w.yaml', '-t', 't', '-o', 'r', '--progress', 'none'], directory);
    const trials = trialsOf(join(directory, 'r'));
    if (trials.some(({ cache }) => cache.blockDevice === null))
      skipTest('the temporary directory lies on no block device');
    const told = trials.flatMap(({ job, warnings }) =>
      warnings.filter(({ code }) => code === 'cache-contradicted').map(({ remedy }) => [job, remedy]),
    );
    assert.equal(told, [['again', 'use files larger than memory, one pass (no time_based), or cache: direct']], stderr);
  }));

test.run();
