/** What warnings about trials advise, followed on the simulated engine: a job that raises it, beside jobs that follow it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type WarningCode, warning } from '../../src/record/warning.js';
import { feedrate } from '../support/command-thread.js';
import { trialsOf } from '../support/run-directory.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('record/followed-warnings');

interface Row {
  readonly code: WarningCode;
  /** The advice, as the list of warnings has it. */
  readonly says: string;
  /** The fields of a job that raises the warning. */
  readonly fields: Readonly<Record<string, string | number | boolean>>;
  /** Fields that follow the advice, each by itself. */
  readonly follow: readonly Row['fields'][];
}

const ROWS: readonly Row[] = [
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

/** Jobs by name: the one that raises the warning of a row, and those that follow it. */
const jobs = ROWS.flatMap(({ code, fields, follow }) =>
  [{}, ...follow].map((more, index) => ({ name: `${code}-${index}`, fields: { ...fields, ...more } })),
);

test('each warning is raised, and by no job that follows it', () =>
  withTemporaryDirectory((directory) => {
    mkdirSync(join(directory, 't'));
    const workload = {
      name: 'followed',
      trials: { rounds: 1 },
      defaults: { ioengine: 'simulated', rw: 'randread', cache: 'as-is' },
      jobs: Object.fromEntries(jobs.map(({ name, fields }) => [name, fields])),
    };
    // JSON is YAML.
    writeFileSync(join(directory, 'w.yaml'), JSON.stringify(workload));
    const { stderr } = feedrate(['run', 'w.yaml', '-t', 't', '-o', 'r', '--progress', 'none'], directory);
    const trials = trialsOf(join(directory, 'r'));
    assert.is(trials.length, jobs.length, stderr);
    for (const { code, says } of ROWS) {
      assert.is(warning(code, 'm').remedy, says);
      const raising = trials.filter(({ warnings }) => warnings.some((found) => found.code === code));
      assert.equal(
        raising.map(({ job }) => job),
        [`${code}-0`],
      );
    }
  }));

test.run();
