import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { filesOf } from '../../src/plan/arm-files.js';
import { directMisfit } from '../../src/plan/direct-misfit.js';
import type { Job } from '../../src/workload/workload.js';
import { blocks } from '../support/jobs.js';
import { armOf, checkpointRestoreJob, checkpointWriteJob, datasetOf, ioJob, KIB, MIB, smallFilesJob } from './jobs.js';

const test = suite('plan/direct-io');

const mix = [
  { blockBytes: 4 * KIB, share: 0.5 },
  { blockBytes: 6 * KIB, share: 0.5 },
];

function misfitOf(job: Job, unitBytes: number, dataset = datasetOf(3, MIB)): string | null {
  const misfit = directMisfit(job, filesOf(armOf(job), dataset), unitBytes);
  return misfit === null ? null : `${misfit.word}: ${misfit.what}`;
}

test('blocks must be multiples, each of a mix', () => {
  assert.is(misfitOf(ioJob({ bs: blocks(512), sizeBytes: MIB }), 512), null);
  assert.is(misfitOf(ioJob({ bs: blocks(512), sizeBytes: MIB }), 4096), 'bs: blocks of 512 bytes');
  assert.is(misfitOf(ioJob({ bs: mix, sizeBytes: MIB }), 2048), null);
  assert.is(misfitOf(ioJob({ bs: mix, sizeBytes: MIB }), 4096), 'bs: blocks of 6144 bytes');
  const range = [{ blockBytes: 65536, leastBytes: 2048, share: 1 }];
  assert.is(misfitOf(ioJob({ bs: range, sizeBytes: MIB }), 4096), 'bs: blocks of 2048 bytes');
  assert.is(misfitOf(ioJob({ rw: 'randrw', bsWrite: range, sizeBytes: MIB }), 2048), null);
});

test('the end of a file that no block reaches does not matter', () => {
  assert.is(misfitOf(ioJob({ rw: 'read', bs: blocks(4096), sizeBytes: MIB + 100 }), 4096), null);
});

test('parts of files that workers share begin at whole blocks', () => {
  const job = ioJob({ bs: blocks(4096), numjobs: 7 });
  assert.is(misfitOf(job, 4096, datasetOf(2, MIB + 777)), null);
  const files = filesOf(armOf(job), datasetOf(2, MIB));
  const shifted = files.extents.map((share) => [...share].map((extent) => ({ ...extent, startBytes: 512 })));
  const misfit = directMisfit(job, { ...files, extents: shifted }, 4096);
  assert.is(misfit?.what, 'a part of a file that begins at byte 512');
});

test('shards must be multiples, as they are moved whole', () => {
  const shards = { bs: blocks(MIB), shardBytes: 10 * MIB + 512 };
  for (const job of [checkpointWriteJob(shards), checkpointRestoreJob(shards)]) {
    assert.is(misfitOf(job, 512), null);
    assert.is(misfitOf(job, 4096), 'shard_size: shards of 10486272 bytes');
  }
});

test('files that are read whole must be multiples, of a job or a dataset', () => {
  const small = { nrfiles: 4, filesizeBytes: 100_000 };
  assert.is(misfitOf(smallFilesJob(small), 1), null, 'NFS takes any');
  assert.is(misfitOf(smallFilesJob(small), 512), 'filesize: a file of 100000 bytes');
  assert.is(misfitOf(smallFilesJob({ ...small, filesizeBytes: 102_400 }), 512), null);
  const fromDataset = smallFilesJob({ nrfiles: null, filesizeBytes: null });
  assert.is(misfitOf(fromDataset, 4096, datasetOf(2, 8192)), null);
  assert.is(misfitOf(fromDataset, 4096, datasetOf(2, 8193)), 'filesize: a file of 8193 bytes');
});

test.run();
