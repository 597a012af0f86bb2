/** Jobs that end within their ramp: refused where it is certain, and named where it is likely. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { rampNotes } from '../../src/plan/ramps.js';
import { skippedEndsNotes } from '../../src/plan/skipped-ends.js';
import type { Job } from '../../src/workload/workload.js';
import { blocks } from '../support/jobs.js';
import { armOf, datasetOf, ioJob, MIB, smallFilesJob } from './jobs.js';

const test = suite('plan/ramps');
const SECOND = 1e9;
const planOf = (...jobs: readonly Job[]) => ({
  arms: jobs.map((job, i) => ({ ...armOf(job, `read/bs=${i}`, 'data'), job: 'read' })),
});

function outcome(job: Job): 'refused' | 'likely' | 'fine' {
  try {
    return rampNotes(planOf(job), datasetOf(1000, 1000)).length > 0 ? 'likely' : 'fine';
  } catch (error) {
    assert.match((error as Error).message, /^read\/bs=0: the job ends within its ramp_time of [^;]*; use time_based/);
    return 'refused';
  }
}

test('what a job certainly does is told from what it may do', () => {
  const ramp = { sizeBytes: MIB, rampTimeNs: SECOND };
  const simulated = { ioengine: 'simulated' } as const;
  const rows: readonly [Job, ReturnType<typeof outcome>][] = [
    [ioJob({ sizeBytes: MIB }), 'fine'],
    [ioJob(ramp), 'likely'],
    [ioJob({ ...ramp, runtimeNs: SECOND }), 'likely'],
    [ioJob({ ...ramp, sizeBytes: 1024 * MIB }), 'fine'],
    [ioJob({ ...ramp, timeBased: true, runtimeNs: 1 }), 'fine'],
    // One block, for which the storage would have to take a minute.
    [ioJob({ ...ramp, bs: blocks(MIB), rampTimeNs: 60 * SECOND }), 'refused'],
    // 256 operations of at most 0.9 ms.
    [ioJob({ ...ramp, ...simulated }), 'refused'],
    [ioJob({ ...ramp, ...simulated, simulatedLatencyNs: 1e6 }), 'likely'],
    [ioJob({ ...ramp, ...simulated, simulatedBytesPerSecond: MIB / 2 }), 'likely'],
    // The pace of the job makes it last.
    [ioJob({ ...ramp, ...simulated, rateIops: 100 }), 'fine'],
    [ioJob({ ...ramp, ...simulated, rateIops: 1024 }), 'refused'],
    [ioJob({ ...ramp, ...simulated, rateIops: 1024, rateProcess: 'poisson' }), 'likely'],
    [ioJob({ ...ramp, ...simulated, thinktimeNs: 1e7 }), 'fine'],
    [smallFilesJob({ rampTimeNs: SECOND }), 'likely'],
    [smallFilesJob({ rampTimeNs: SECOND, ioengine: 'simulated', nrfiles: 10, filesizeBytes: 1000 }), 'refused'],
  ];
  assert.equal(
    rows.map(([job]) => outcome(job)),
    rows.map(([, expected]) => expected),
  );
});

test('the note names each job once, whatever its arms', () => {
  const ramp = { sizeBytes: MIB, rampTimeNs: SECOND };
  assert.equal(rampNotes(planOf(ioJob(ramp), ioJob({ ...ramp, bs: blocks(8192) })), null), [
    'read: the job is likely to end within its ramp_time of 1 s and measure nothing; use time_based with a runtime, or a shorter ramp_time',
  ]);
});

test('ends that direct I/O leaves out are told before the run', () => {
  const direct = { sizeBytes: 4 * MIB + 512, direct: true } as const;
  assert.equal(
    skippedEndsNotes(planOf(ioJob({ ...direct, direct: false }), ioJob({ ...direct, sizeBytes: MIB })), null),
    [],
  );
  const jobs = [
    ioJob(direct),
    ioJob({ ...direct, sizeBytes: 5 * MIB, bs: blocks(2 * MIB) }),
    ioJob({ sizeBytes: MIB }),
  ];
  assert.equal(skippedEndsNotes(planOf(...jobs), null), [
    'read/bs=1: direct I/O will skip the ends of files behind their last whole block: 1 MiB of 5 MiB (and in 1 other arms); use a bs that divides every file size, or no direct I/O',
  ]);
});

test.run();
