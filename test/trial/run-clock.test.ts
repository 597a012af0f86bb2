/** What is said of the time left: of a phase by its work, of a run by its trials. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RunClock } from '../../src/trial/run-clock.js';
import { WorkMeter } from '../../src/trial/work-meter.js';
import { ioJob } from '../plan/jobs.js';
import { makeArm, withSpec } from '../support/records.js';

const test = suite('trial/run-clock');

test('a tenth of a phase tells its end within 30 %, also when large files come last', () => {
  const totals = { totalFiles: 1000, totalBytes: 0 };
  const shapes = [(index: number) => 10_000 + (index % 7) * 1000, (index: number) => (index < 500 ? 4096 : 16_384)];
  for (const bytesOf of shapes) {
    const sizes = Array.from({ length: totals.totalFiles }, (_, index) => bytesOf(index));
    const totalBytes = sizes.reduce((sum, bytes) => sum + bytes, 0);
    const clock = { ms: 0 };
    const meter = new WorkMeter({ ...totals, totalBytes }, () => clock.ms);
    // 10 ms a file and 100 MB/s.
    const msOf = (bytes: number) => 10 + bytes / 1e5;
    const allMs = sizes.reduce((sum, bytes) => sum + msOf(bytes), 0);
    let doneBytes = 0;
    for (const [index, bytes] of sizes.entries()) {
      clock.ms += msOf(bytes);
      doneBytes += bytes;
      const { fraction, leftNs } = meter.at(index + 1, doneBytes);
      if (fraction < 0.1) continue;
      const saidMs = clock.ms + (leftNs ?? Number.NaN) / 1e6;
      assert.ok(Math.abs(saidMs / allMs - 1) < 0.3, `${saidMs} instead of ${allMs} at ${fraction}`);
    }
    assert.is(meter.at(1000, totalBytes).leftNs, 0);
  }
});

test('nothing is said of a phase that has only just begun', () => {
  assert.is(new WorkMeter({ totalFiles: 10, totalBytes: 10 }, () => 0).at(1, 1).leftNs, null);
});

test('trials that were measured tell how long later ones of their arm take', () => {
  const clock = { ms: 0 };
  const job = ioJob({ sizeBytes: 2 ** 20, timeBased: true, runtimeNs: 2e9 });
  const trials = [1, 2, 3].map((round) => ({
    id: `s1r${round}t1`,
    session: 1,
    round,
    place: 1,
    arm: 0,
    warmup: false,
  }));
  const plan = { arms: [withSpec(makeArm('read'), job)], trials };
  const run = new RunClock(plan, null, 1, () => clock.ms);
  const [first, second] = trials;
  if (first === undefined || second === undefined) throw new Error('the plan has three trials');
  assert.is(run.leftNs(), 6e9);
  run.begin(first);
  clock.ms += 1500;
  assert.is(run.leftNs(), 4.5e9);
  clock.ms += 3500;
  assert.is(run.leftNs(), 4e9, 'a trial that takes longer than planned has no time left');
  run.end();
  assert.is(run.leftNs(), 10e9);
  run.begin(second);
  clock.ms += 1000;
  assert.is(run.leftNs(), 9e9);
  assert.is(new RunClock(plan, null, 2).leftNs(), 0, 'earlier sessions do not count');
});

test('an arm that was not measured yet is as much slower than planned as the others were', () => {
  const clock = { ms: 0 };
  const jobs = [
    ioJob({ sizeBytes: 2 ** 28 }),
    ioJob({ sizeBytes: 2 ** 29 }),
    ioJob({ timeBased: true, runtimeNs: 2e9 }),
  ];
  const arms = jobs.map((job, i) => withSpec(makeArm(`read${i}`), { ...job, sizeBytes: job.sizeBytes ?? 2 ** 20 }));
  const trials = arms.map((_, arm) => ({ id: `t${arm}`, session: 1, round: 1, place: arm + 1, arm, warmup: false }));
  const run = new RunClock({ arms, trials }, null, 1, () => clock.ms);
  assert.is(run.leftNs(), 1e9 + 2e9 + 2e9);
  run.begin(trials[0] as (typeof trials)[number]);
  clock.ms += 10_000;
  run.end();
  assert.is(run.leftNs(), 20e9 + 2e9, 'ten times as long, but for what the workload sets');
});

test.run();
