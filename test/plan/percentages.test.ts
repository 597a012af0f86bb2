/** A percentage of a dataset: each worker reads the first blocks of its share, and everything planned is in proportion. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ASSUMED_RATES } from '../../src/plan/assumed-rate.js';
import { planIo } from '../../src/plan/jobs/io.js';
import { bytesToMove, createPattern } from '../../src/plan/patterns.js';
import { feedrateError } from '../support/feedrate-error.js';
import { armOf, datasetOf, GIB, ioJob, KIB, listedFilesOf, MIB } from './jobs.js';
import { passOf } from './passes.js';

const test = suite('plan/percentages');
const BLOCK_BYTES = 4 * KIB;

const shape = fc.record({
  nrfiles: fc.integer({ min: 1, max: 9 }),
  blocks: fc.integer({ min: 40, max: 200 }),
  numjobs: fc.integer({ min: 1, max: 4 }),
  percent: fc.constantFrom(10, 29, 50, 99.5, 100),
  rw: fc.constantFrom('read' as const, 'randread' as const),
});

test('each worker reads that part of its share once, to within a block, and nothing else', () => {
  void fc.assert(
    fc.property(shape, ({ nrfiles, blocks, numjobs, percent, rw }) => {
      const dataset = datasetOf(nrfiles, blocks * BLOCK_BYTES);
      const whole = listedFilesOf(armOf(ioJob({ rw, numjobs })), dataset);
      const job = ioJob({ rw, numjobs, sizeBytes: { share: percent / 100 } });
      const { extents, files } = listedFilesOf(armOf(job), dataset);
      assert.equal(files, whole.files);
      extents.forEach((part, worker) => {
        const all = (whole.extents[worker] ?? []).reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
        const blocksRead = passOf(createPattern(job, part, 7, worker)).map(
          ({ file, offsetBytes }) => `${file}:${offsetBytes}`,
        );
        assert.is(blocksRead.length, Math.floor(Math.round((all * percent) / 100) / BLOCK_BYTES));
        assert.is(new Set(blocksRead).size, blocksRead.length);
        const first = passOf(createPattern(ioJob({ rw: 'read' }), whole.extents[worker] ?? [], 7, worker))
          .slice(0, blocksRead.length)
          .map(({ file, offsetBytes }) => `${file}:${offsetBytes}`);
        assert.equal([...blocksRead].sort(), first.sort());
      });
    }),
    { numRuns: 60 },
  );
});

test('io_size is a part of the pass, over all files', () => {
  const extents = [{ file: 0, startBytes: 0, lengthBytes: MIB + 100 }];
  const half = { share: 0.5 };
  assert.is(bytesToMove(ioJob({ ioSizeBytes: half }), extents), MIB / 2 + 50);
  assert.is(bytesToMove(ioJob({ ioSizeBytes: half, direct: true }), extents), MIB / 2, 'the rest is left out');
  assert.is(bytesToMove(ioJob({ rw: 'read', ioSizeBytes: half }), extents), MIB / 2 + 50);
  assert.is(bytesToMove(ioJob({ ioSizeBytes: { share: 1 } }), extents), MIB + 100);
  assert.is(bytesToMove(ioJob({ ioSizeBytes: 3 * MIB }), extents), 3 * MIB);
  assert.is(bytesToMove(ioJob(), extents), null);
});

test('progress, expected time and written bytes follow', () => {
  const share = (percent: number) => ({ share: percent / 100 });
  const read = (changes: Parameters<typeof ioJob>[0]) => {
    const plan = planIo(ioJob({ rw: 'read', bs: [{ blockBytes: MIB, share: 1 }], numjobs: 2, ...changes }));
    return [plan.movedBytes(8 * GIB), plan.expectedTime(8 * GIB, ASSUMED_RATES, []).estimatedNs] as const;
  };
  const [, wholeNs] = read({});
  assert.equal(read({ sizeBytes: share(25) }), [2 * GIB, wholeNs / 4]);
  assert.equal(read({ sizeBytes: share(50), ioSizeBytes: share(50) }), [2 * GIB, wholeNs / 4]);
  assert.equal(read({ ioSizeBytes: GIB }), [2 * GIB, wholeNs / 4]);
  const write = planIo(ioJob({ rw: 'write', sizeBytes: GIB, ioSizeBytes: share(25) }));
  assert.is(write.writtenBytes(GIB), GIB / 4);
});

test('a part without a block is refused', () => {
  const refused = (changes: Parameters<typeof ioJob>[0], message: RegExp) =>
    assert.throws(
      () => listedFilesOf(armOf(ioJob(changes)), datasetOf(2, 8 * BLOCK_BYTES)),
      feedrateError('workload', message),
    );
  refused({ sizeBytes: { share: 0.05 } }, /size leaves a worker less than a block of 4096 bytes; use a larger perc/);
  refused({ sizeBytes: { share: 0.5 }, numjobs: 16 }, /size leaves a worker less than a block/);
  refused({ ioSizeBytes: { share: 0.05 } }, /io_size leaves a worker less than a block/);
});

test.run();
