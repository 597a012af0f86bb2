import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseEngine, engineRefusal } from '../../src/engine/choose.js';
import { checkpointWriteJob, ioJob } from '../support/jobs.js';

const test = suite('engine/choose');
const LIBNFS = { path: 'nfs://fs1/train?version=3' };
const MOUNT = { path: '/mnt/train' };

test('without a mount libnfs does the operations, a thread for each in flight', () => {
  const one = chooseEngine(ioJob({ ioengine: 'auto' }), LIBNFS);
  assert.equal([one.used, one.threadsPerJob, one.iodepth, one.reason], ['nfs', 1, 1, null]);
  const many = chooseEngine(ioJob({ ioengine: 'auto', iodepth: 8 }), LIBNFS);
  assert.equal([many.used, many.threadsPerJob, many.iodepth], ['nfs', 8, 8]);
  assert.is(many.reason, 'libnfs makes one call at a time');
  assert.is(chooseEngine(checkpointWriteJob({ ioengine: 'auto' }), LIBNFS).used, 'nfs');
  assert.is(chooseEngine(ioJob({ ioengine: 'auto' }), MOUNT).used, 'psync');
});

test('64 threads at most take the place of a longer queue, and 256 those of all jobs', () => {
  for (const [iodepth, numjobs, threads] of [
    [64, 1, 64],
    [65, 1, 64],
    [128, 1, 64],
    [128, 8, 32],
    [512, 200, 1],
    [512, 300, 1],
  ] as const) {
    const use = chooseEngine(ioJob({ ioengine: 'auto', iodepth, numjobs }), LIBNFS);
    assert.equal([use.threadsPerJob, use.iodepth], [threads, threads], `${iodepth} × ${numjobs}`);
  }
});

test('engines of the kernel are refused without a mount, those without I/O are not', () => {
  for (const ioengine of ['psync', 'io_uring', 'mmap'] as const)
    assert.match(
      engineRefusal(ioJob({ ioengine }), LIBNFS) ?? '',
      /works on mounts only, and an nfs:\/\/ target is not mounted/,
    );
  for (const ioengine of ['auto', 'null', 'simulated'] as const)
    assert.is(engineRefusal(ioJob({ ioengine }), LIBNFS), null);
  assert.is(engineRefusal(ioJob({ ioengine: 'psync' }), MOUNT), null);
});

test.run();
