import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readsDataFiles } from '../../src/plan/arm-files.js';
import type { DataFile } from '../../src/plan/plan.js';
import type { IoJob } from '../../src/workload/workload.js';
import { feedrateError } from '../support/feedrate-error.js';
import {
  armOf,
  checkpointRestoreJob,
  checkpointWriteJob,
  datasetOf,
  listedFilesOf as filesOf,
  GIB,
  ioJob,
  KIB,
  type ListedFiles,
  MIB,
  smallFilesJob,
} from './jobs.js';

function ioFiles(changes: Partial<IoJob>): ListedFiles {
  return filesOf(armOf(ioJob(changes)), null);
}

const sizesOf = (files: readonly DataFile[]): number[] => files.map(({ bytes }) => bytes);
const block = (blockBytes: number) => [{ blockBytes, share: 1 }];

const own = suite("a worker's own files");

own('hold size exactly and as many blocks as one file would, whatever nrfiles is', () => {
  const shape = fc.record({
    blockBytes: fc.integer({ min: 1, max: 100_000 }),
    nrfiles: fc.integer({ min: 1, max: 20 }),
    extraBlocks: fc.integer({ min: 0, max: 100 }),
    rest: fc.integer({ min: 0, max: 99_999 }),
    numjobs: fc.integer({ min: 1, max: 4 }),
  });
  void fc.assert(
    fc.property(shape, ({ blockBytes, nrfiles, extraBlocks, rest, numjobs }) => {
      const sizeBytes = (nrfiles + extraBlocks) * blockBytes + (rest % blockBytes);
      const { files, extents } = ioFiles({ bs: block(blockBytes), nrfiles, sizeBytes, numjobs });
      assert.is(extents.length, numjobs);
      assert.is(files.length, numjobs * nrfiles);
      extents.forEach((share, worker) => {
        const sizes = share.map(({ lengthBytes }) => lengthBytes);
        assert.is(
          sizes.reduce((sum, bytes) => sum + bytes, 0),
          sizeBytes,
        );
        const blocks = sizes.map((bytes) => Math.floor(bytes / blockBytes));
        assert.is(
          blocks.reduce((sum, each) => sum + each, 0),
          nrfiles + extraBlocks,
        );
        assert.ok(Math.max(...blocks) - Math.min(...blocks) <= 1);
        share.forEach(({ file, startBytes, lengthBytes }, i) => {
          assert.equal([file, startBytes, lengthBytes], [worker * nrfiles + i, 0, files[file]?.bytes]);
        });
      });
    }),
    { seed: 1, numRuns: 200 },
  );
});

own('are the first of those that more workers have', () => {
  const four = ioFiles({ sizeBytes: GIB, nrfiles: 3, numjobs: 4 });
  assert.equal(ioFiles({ sizeBytes: GIB, nrfiles: 3, numjobs: 1 }).files, four.files.slice(0, 3));
});

own('are the same for every block size that divides them', () => {
  const sweep = [4 * KIB, 128 * KIB, MIB, 16 * MIB].map((bytes) =>
    sizesOf(ioFiles({ bs: block(bytes), sizeBytes: GIB, nrfiles: 4 }).files),
  );
  for (const sizes of sweep) assert.equal(sizes, [256 * MIB, 256 * MIB, 256 * MIB, 256 * MIB]);
});

own('refuse a size without a block for each file', () => {
  assert.throws(
    () => ioFiles({ bs: block(MIB), sizeBytes: 3 * MIB, nrfiles: 4 }),
    feedrateError('workload', /^job: a size of 3145728 bytes has no block of 1048576 bytes for each of 4 files; use/),
  );
});

own('lie in data when only read, in scratch when written, filled if there is something to overwrite', () => {
  const places = (['read', 'randread', 'write', 'randwrite', 'rw', 'randrw'] as const).map((rw) => {
    const { place, laidOut } = ioFiles({ rw, sizeBytes: MIB });
    return `${rw} ${place} ${laidOut}`;
  });
  assert.equal(places, [
    'read data true',
    'randread data true',
    'write scratch false',
    'randwrite scratch true',
    'rw scratch true',
    'randrw scratch true',
  ]);
});

own('of checkpoints and small files are whole files per worker', () => {
  const write = filesOf(armOf(checkpointWriteJob({ numjobs: 2, shards: 2 })), null);
  assert.equal([write.place, write.laidOut], ['scratch', false]);
  assert.equal(
    write.files.map(({ path }) => path),
    ['worker-0000/shard-000.pt', 'worker-0000/shard-001.pt', 'worker-0001/shard-000.pt', 'worker-0001/shard-001.pt'],
  );
  const restore = filesOf(armOf(checkpointRestoreJob({ numjobs: 2, shards: 2 })), null);
  assert.equal([restore.place, restore.laidOut], ['data', true]);
  const small = filesOf(armOf(smallFilesJob({ numjobs: 2, nrfiles: 2, filesizeBytes: 10 * MIB })), datasetOf(1, 1));
  assert.equal([small.place, small.laidOut], ['data', true]);
  assert.equal(small.files, restore.files);
  for (const { extents } of [write, restore, small]) {
    assert.equal(
      extents.map((share) => share.map(({ file, lengthBytes }) => [file, lengthBytes])),
      [
        [
          [0, 10 * MIB],
          [1, 10 * MIB],
        ],
        [
          [2, 10 * MIB],
          [3, 10 * MIB],
        ],
      ],
    );
  }
});

own.run();

const names = suite('names of data files');

names('say seed, index and size, in folders of a thousand', () => {
  const { files } = filesOf(armOf(ioJob()), datasetOf(2001, 8 * KIB));
  assert.is(files[7]?.path, 's7/000/000007-8192');
  assert.is(files[2000]?.path, 's7/002/002000-8192');
  assert.is(new Set(files.map(({ path }) => path)).size, 2001);
});

names('determine the content: one seed for each, below 2^53', () => {
  const seedOfPath = new Map<string, number>();
  const arms = [1, 2, 3].flatMap((randseed) => [
    ioFiles({ randseed, sizeBytes: 8 * MIB, nrfiles: 4, numjobs: 3 }),
    ioFiles({ randseed, sizeBytes: 16 * MIB, nrfiles: 4, numjobs: 2 }),
    filesOf(armOf(ioJob()), datasetOf(12, 2 * MIB, 2 * MIB, randseed)),
  ]);
  for (const { path, contentSeed } of arms.flatMap(({ files }) => files)) {
    assert.ok(Number.isSafeInteger(contentSeed) && contentSeed >= 0);
    assert.is(seedOfPath.get(path) ?? contentSeed, contentSeed);
    seedOfPath.set(path, contentSeed);
  }
  assert.is(new Set(seedOfPath.values()).size, seedOfPath.size);
});

names('of another set are other files of other content, equal in size and shared alike', () => {
  const arms = [
    [armOf(ioJob({ numjobs: 3, fallocate: 'keep', sizeBytes: 8 * MIB, nrfiles: 2 })), null],
    [armOf(ioJob({ numjobs: 3 })), datasetOf(4, 10_000, 20_000)],
    [armOf(checkpointRestoreJob({ numjobs: 2, shards: 2 })), null],
    [armOf(smallFilesJob({ numjobs: 2, nrfiles: 2, filesizeBytes: 10 * KIB })), null],
  ] as const;
  for (const [arm, dataset] of arms) {
    assert.ok(readsDataFiles(arm));
    const sets = [0, 1, 2].map((fileset) => filesOf(arm, dataset, fileset));
    assert.equal(sets[0], filesOf(arm, dataset), 'the first one is where files were before there were sets');
    for (const { files, extents, ...place } of sets) {
      assert.equal(place, { place: 'data', laidOut: true });
      assert.equal(extents, sets[0]?.extents);
      assert.equal(sizesOf(files), sizesOf(sets[0]?.files ?? []));
    }
    const all = sets.flatMap(({ files }) => files);
    assert.is(new Set(all.map(({ path }) => path)).size, all.length);
    assert.is(new Set(all.map(({ contentSeed }) => contentSeed)).size, all.length);
    assert.is(sets[1]?.files[0]?.path, `set1/${sets[0]?.files[0]?.path}`);
    assert.ok(all.every(({ contentSeed }) => Number.isSafeInteger(contentSeed) && contentSeed >= 0));
  }
});

names('of scratch know no sets, as they are new for each trial', () => {
  for (const arm of [armOf(ioJob({ rw: 'randwrite', sizeBytes: MIB })), armOf(checkpointWriteJob())]) {
    assert.not(readsDataFiles(arm));
    assert.equal(filesOf(arm, null, 1), filesOf(arm, null));
  }
  assert.not(readsDataFiles(armOf(ioJob({ ioengine: 'simulated' }))));
});

names('of a dataset keep when it grows, with sizes between the bounds', () => {
  const { files } = filesOf(armOf(ioJob()), datasetOf(500, 10_000, 20_000));
  assert.ok(sizesOf(files).every((bytes) => Number.isInteger(bytes) && bytes >= 10_000 && bytes <= 20_000));
  const mean = sizesOf(files).reduce((sum, bytes) => sum + bytes, 0) / 500;
  assert.ok(Math.abs(mean - 15_000) < 500);
  assert.equal(filesOf(armOf(ioJob()), datasetOf(20, 10_000, 20_000)).files, files.slice(0, 20));
});

names.run();

const shared = suite('a shared dataset');

shared('gives every byte to one worker and every block whole, to each worker some', () => {
  const shape = fc
    .record({
      blockBytes: fc.integer({ min: 1, max: 5000 }),
      nrfiles: fc.integer({ min: 1, max: 12 }),
      minBlocks: fc.integer({ min: 1, max: 40 }),
      spread: fc.integer({ min: 0, max: 50_000 }),
      numjobs: fc.integer({ min: 1, max: 12 }),
      seed: fc.nat(),
    })
    .filter(({ nrfiles, minBlocks, numjobs }) => nrfiles >= numjobs || minBlocks >= numjobs);
  void fc.assert(
    fc.property(shape, ({ blockBytes, nrfiles, minBlocks, spread, numjobs, seed }) => {
      const minBytes = minBlocks * blockBytes;
      const dataset = datasetOf(nrfiles, minBytes, minBytes + spread, seed);
      const { files, extents } = filesOf(armOf(ioJob({ bs: block(blockBytes), numjobs })), dataset);
      assert.is(extents.length, numjobs);
      const covered = files.map(() => 0);
      const blocks = extents.map((share) =>
        share.reduce((sum, { lengthBytes }) => sum + Math.floor(lengthBytes / blockBytes), 0),
      );
      const inOrder = extents.flat().sort((a, b) => a.file - b.file || a.startBytes - b.startBytes);
      for (const { file, startBytes, lengthBytes } of inOrder) {
        assert.is(startBytes, covered[file]);
        assert.is(startBytes % blockBytes, 0);
        covered[file] = startBytes + lengthBytes;
      }
      assert.equal(covered, sizesOf(files));
      assert.is(
        blocks.reduce((sum, each) => sum + each, 0),
        files.reduce((sum, { bytes }) => sum + Math.floor(bytes / blockBytes), 0),
      );
      assert.ok(Math.min(...blocks) > 0);
    }),
    { seed: 2, numRuns: 300 },
  );
});

shared('deals whole files when there are enough', () => {
  const { extents } = filesOf(armOf(ioJob({ numjobs: 2 })), datasetOf(5, MIB));
  assert.equal(
    extents.map((share) => share.map(({ file }) => file)),
    [
      [0, 2, 4],
      [1, 3],
    ],
  );
});

shared('evens out what files cannot be divided into', () => {
  const { extents } = filesOf(armOf(ioJob({ bs: block(KIB), numjobs: 4 })), datasetOf(3, 3 * KIB));
  const blocks = extents.map((share) => share.reduce((sum, { lengthBytes }) => sum + lengthBytes / KIB, 0));
  assert.equal(blocks.sort(), [2, 2, 2, 3]);
});

shared('refuses what cannot be shared', () => {
  const refusal = (job: Parameters<typeof armOf>[0], dataset: ReturnType<typeof datasetOf> | null, pattern: RegExp) =>
    assert.throws(() => filesOf(armOf(job), dataset), feedrateError('workload', pattern));
  refusal(ioJob(), null, /there is nothing to read; add size to the job or a dataset to the workload/);
  refusal(smallFilesJob(), null, /there is nothing to read/);
  refusal(ioJob(), datasetOf(3, 4095), /a file of 4095 bytes, too short for a block of 4096 bytes/);
  refusal(ioJob({ numjobs: 8 }), datasetOf(1, 7 * 4096), /fewer blocks of 4096 bytes than the job has workers \(8\)/);
  refusal(smallFilesJob({ numjobs: 4 }), datasetOf(3, MIB), /4 workers cannot share 3 files/);
});

shared.run();
