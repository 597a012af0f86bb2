import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Job } from '../../src/workload/workload.js';
import { armOf, checkpointWriteJob, datasetOf, ioJob, listedFilesOf, MIB, smallFilesJob } from './jobs.js';

const test = suite('plan/fallocate');

const filesFor = (job: Job, dataset = datasetOf(2, MIB)) => listedFilesOf(armOf(job), dataset).files;

test('a job hands its choice to the files that it has made', () => {
  for (const rw of ['randread', 'write', 'randwrite'] as const) {
    const chosen = filesFor(ioJob({ rw, sizeBytes: MIB, fallocate: 'keep' }));
    assert.equal(
      chosen.map(({ fallocate }) => fallocate),
      ['keep'],
    );
  }
  const shards = filesFor(checkpointWriteJob({ fallocate: 'native' }));
  assert.ok(shards.length > 0 && shards.every(({ fallocate }) => fallocate === 'native'));
});

test('files that are not preallocated say nothing of it', () => {
  assert.ok(filesFor(ioJob({ sizeBytes: MIB })).every((file) => !('fallocate' in file)));
});

test('a dataset hands its choice to its files', () => {
  const dataset = { ...datasetOf(2, MIB), fallocate: 'native' } as const;
  for (const job of [ioJob(), smallFilesJob({ nrfiles: null, filesizeBytes: null })]) {
    assert.equal(
      filesFor(job, dataset).map(({ fallocate }) => fallocate),
      ['native', 'native'],
    );
  }
});

test('files that lie otherwise on the disk have other names and the same content', () => {
  const [none, native, keep] = (['none', 'native', 'keep'] as const).map(
    (fallocate) => filesFor(ioJob({ sizeBytes: MIB, fallocate }))[0],
  );
  assert.is(new Set([none?.path, native?.path, keep?.path]).size, 3);
  assert.is(native?.contentSeed, none?.contentSeed);
  assert.is(keep?.contentSeed, none?.contentSeed);
});

test.run();
