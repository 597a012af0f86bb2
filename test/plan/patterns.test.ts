import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Batch, READ, WRITE } from '../../src/plan/batch.js';
import { meanBlockBytes } from '../../src/plan/blocks.js';
import { planIo } from '../../src/plan/jobs/io.js';
import { bytesToMove, createPattern, restBytes } from '../../src/plan/patterns.js';
import type { Extent } from '../../src/plan/plan.js';
import { chiSquareZ, countIn } from '../support/chi-square.js';
import { feedrateError } from '../support/feedrate-error.js';
import { GIB, ioJob, KIB, MIB } from './jobs.js';
import { anyExtents, blocksOf, oneFile, passOf, placeOf } from './passes.js';

const patterns = suite('patterns');

patterns('random without replacement visits each block exactly once, every pass anew', () => {
  void fc.assert(
    fc.property(anyExtents, fc.nat(), fc.nat({ max: 64 }), ({ extents, blockBytes }, seed, worker) => {
      const pattern = createPattern(ioJob({ bs: [{ blockBytes, share: 1 }] }), extents, seed, worker);
      const blocks = blocksOf(extents, blockBytes).sort();
      for (let pass = 0; pass < 3; pass++) {
        const operations = passOf(pattern);
        assert.is(pattern.pass, pass);
        assert.equal(operations.map(placeOf).sort(), blocks);
        assert.ok(operations.every(({ kind }) => kind === READ));
      }
    }),
    { seed: 1, numRuns: 150 },
  );
});

patterns('random orders differ by pass, seed and worker, and repeat with them', () => {
  const order = (seed: number, worker: number) =>
    passOf(createPattern(ioJob(), oneFile(4 * MIB), seed, worker))
      .map(placeOf)
      .join();
  const pattern = createPattern(ioJob(), oneFile(4 * MIB), 1, 0);
  const orders = [order(1, 1), order(2, 0), ...[0, 1, 2].map(() => passOf(pattern).map(placeOf).join())];
  assert.is(new Set(orders).size, orders.length);
  assert.is(order(1, 0), orders[2]);
});

patterns('sequential reads go file after file, each to its end', () => {
  void fc.assert(
    fc.property(anyExtents, fc.nat(), ({ extents, blockBytes }, seed) => {
      const pattern = createPattern(ioJob({ rw: 'read', bs: [{ blockBytes, share: 1 }] }), extents, seed, 0);
      for (let pass = 0; pass < 2; pass++) {
        assert.equal(passOf(pattern).map(placeOf), blocksOf(extents, blockBytes));
        assert.is(pattern.pass, pass);
      }
    }),
    { seed: 2, numRuns: 100 },
  );
});

patterns('direct I/O leaves out what is shorter than a block, and says how much that is', () => {
  void fc.assert(
    fc.property(anyExtents, fc.constantFrom('read', 'randread'), ({ extents, blockBytes }, rw) => {
      const job = ioJob({ rw, bs: [{ blockBytes, share: 1 }], direct: true });
      const operations = passOf(createPattern(job, extents, 1, 0));
      assert.equal(operations.map(placeOf).sort(), blocksOf(extents, blockBytes, 'left out').sort());
      const total = extents.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
      const moved = operations.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
      assert.is(restBytes(job, extents), total - moved);
      assert.is(restBytes({ ...job, direct: false }, extents), 0);
    }),
    { seed: 4, numRuns: 50 },
  );
});

patterns('a quarter of the bytes of files of 5 to 9 KiB is behind their last whole block of 4 KiB', () => {
  const dataset = {
    kind: 'generated',
    nrfiles: 500,
    filesizeMinBytes: 5 * KIB,
    filesizeMaxBytes: 9 * KIB,
    seed: 1,
    fallocate: 'none',
  } as const;
  const { files, extents } = planIo(ioJob({ sizeBytes: null, numjobs: 3 })).shares('read', dataset);
  for (const changes of [{ rw: 'read' }, { rw: 'randread' }, { rw: 'read', bs: MIX_OF_SMALL }] as const) {
    const operations = extents.flatMap((part, worker) => passOf(createPattern(ioJob(changes), [...part], 1, worker)));
    const moved = operations.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
    assert.is(moved, files.sums.totalBytes);
  }
});

patterns('begin the next pass with the call after the one that ended it', () => {
  for (const rw of ['read', 'randread'] as const) {
    const pattern = createPattern(ioJob({ rw }), oneFile(300 * 4 * KIB), 1, 0);
    const batch = new Batch();
    const counts: [boolean, number, number][] = [];
    for (let i = 0; i < 5; i++) counts.push([pattern.fill(batch), batch.count, pattern.pass]);
    assert.equal(counts, [
      [true, 256, 0],
      [true, 44, 0],
      [false, 0, 0],
      [true, 256, 1],
      [true, 44, 1],
    ]);
  }
});

const MIX_OF_SMALL = [
  { blockBytes: 4 * KIB, share: 0.5 },
  { blockBytes: 1 * KIB, share: 0.5 },
];

const MIX = [
  { blockBytes: 4 * KIB, share: 0.5 },
  { blockBytes: 64 * KIB, share: 0.2 },
  { blockBytes: 24 * KIB, share: 0.3 },
];

/** At least one of them holds a block. */
const anySizes = fc
  .array(fc.integer({ min: 0, max: 5_000_000 }), { minLength: 1, maxLength: 5 })
  .filter((sizes) => Math.max(...sizes) >= 4 * KIB);

patterns('a sequential mix is contiguous up to the end of each file', () => {
  void fc.assert(
    fc.property(anySizes, fc.nat(), (sizes, seed) => {
      const extents = sizes.map((lengthBytes, file): Extent => ({ file, startBytes: 64 * KIB, lengthBytes }));
      const operations = passOf(createPattern(ioJob({ rw: 'write', bs: MIX }), extents, seed, 0));
      for (const { file, startBytes, lengthBytes } of extents) {
        let at = startBytes;
        for (const operation of operations.filter((one) => one.file === file)) {
          assert.is(operation.offsetBytes, at);
          assert.is(operation.kind, WRITE);
          at += operation.lengthBytes;
        }
        assert.is(at, startBytes + lengthBytes);
      }
    }),
    { seed: 3, numRuns: 100 },
  );
});

patterns('a random mix uses each slot once, at an aligned place within it', () => {
  const extents = [64 * KIB * 40 + 100, 64 * KIB * 7].map((lengthBytes, file) => ({
    file,
    startBytes: 0,
    lengthBytes,
  }));
  const operations = passOf(createPattern(ioJob({ bs: MIX }), extents, 9, 0));
  const slots = operations.map(({ file, offsetBytes }) => `${file}:${Math.floor(offsetBytes / (64 * KIB)) * 64 * KIB}`);
  const expected = blocksOf(extents, 64 * KIB).map((block) => block.split('+')[0]);
  assert.equal(slots.sort(), expected.sort());
  assert.equal(operations.filter(({ lengthBytes }) => lengthBytes % (4 * KIB) !== 0).map(placeOf), [
    `0:${64 * KIB * 40}+100`,
  ]);
  for (const { offsetBytes, lengthBytes } of operations) {
    const within = offsetBytes % (64 * KIB);
    assert.is(within % lengthBytes, 0);
    assert.ok(within + lengthBytes <= 64 * KIB);
  }
});

patterns('lengths come by their shares, at every place of a slot alike', () => {
  for (const rw of ['read', 'randread'] as const) {
    const operations = passOf(createPattern(ioJob({ rw, bs: MIX }), oneFile(256 * MIB), 4, 0));
    const counts = MIX.map(
      ({ blockBytes }) => operations.filter(({ lengthBytes }) => lengthBytes === blockBytes).length,
    );
    assert.ok(
      chiSquareZ(
        counts,
        MIX.map(({ share }) => share),
      ) < 4,
      `${rw}: ${counts}`,
    );
    if (rw === 'read') continue;
    const places = new Float64Array(16);
    for (const { offsetBytes, lengthBytes } of operations) {
      if (lengthBytes === 4 * KIB) countIn(places, (offsetBytes % (64 * KIB)) / (4 * KIB));
    }
    assert.ok(chiSquareZ(places) < 4);
  }
});

patterns('a range draws multiples of its shortest length, all equally often, as fio does', () => {
  for (const rw of ['read', 'randread'] as const) {
    const bs = [{ blockBytes: 64 * KIB, leastBytes: 4 * KIB, share: 1 }];
    const operations = passOf(createPattern(ioJob({ rw, bs }), oneFile(256 * MIB), 4, 0));
    const counts = new Float64Array(16);
    for (const { lengthBytes, offsetBytes } of operations) {
      assert.is(offsetBytes % (4 * KIB), 0);
      countIn(counts, lengthBytes / (4 * KIB) - 1);
    }
    assert.ok(chiSquareZ(counts) < 4, `${rw}: ${counts}`);
  }
  // fio --bsrange=4k-10k: 40 % of 4k, 40 % of 8k, and 20 % of 10k, the cut-off rest of 12k.
  const bs = [{ blockBytes: 10 * KIB, leastBytes: 4 * KIB, share: 1 }];
  const operations = passOf(createPattern(ioJob({ rw: 'read', bs }), oneFile(64 * MIB), 4, 0));
  const counts = [4, 8, 10].map((kib) => operations.filter(({ lengthBytes }) => lengthBytes === kib * KIB).length);
  assert.ok(chiSquareZ(counts, [0.4, 0.4, 0.2]) < 4, `${counts}`);
});

patterns('reads and writes have lengths of their own', () => {
  for (const rw of ['rw', 'randrw'] as const) {
    const job = ioJob({ rw, bsWrite: [{ blockBytes: 64 * KIB, leastBytes: 16 * KIB, share: 1 }] });
    const operations = passOf(createPattern(job, oneFile(16 * MIB), 1, 0));
    const reads = operations.filter(({ kind }) => kind === READ);
    const writes = operations.filter(({ kind }) => kind === WRITE);
    assert.ok(reads.length > 50 && writes.length > 50);
    assert.equal([...new Set(reads.map(({ lengthBytes }) => lengthBytes / KIB))], [4]);
    assert.equal(
      [...new Set(writes.slice(0, -1).map(({ lengthBytes }) => lengthBytes / KIB))].sort(),
      [16, 32, 48, 64],
    );
  }
});

patterns('a job with several lengths moves the bytes of its files, in as many operations as their mean says', () => {
  const bs = [
    { blockBytes: 64 * KIB, leastBytes: 4 * KIB, share: 0.5 },
    { blockBytes: 4 * KIB, share: 0.5 },
  ];
  const job = ioJob({ bs });
  assert.is(bytesToMove(job, oneFile(MIB + 100)), MIB + 100);
  assert.is(bytesToMove({ ...job, direct: true }, oneFile(MIB + 100)), MIB);
  assert.is(bytesToMove({ ...job, rw: 'read' }, oneFile(MIB)), null);
  assert.is(bytesToMove(ioJob(), oneFile(MIB)), null);
  const operations = passOf(createPattern(job, oneFile(256 * MIB), 3, 0));
  const mean = operations.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0) / operations.length;
  assert.ok(Math.abs(mean / meanBlockBytes(job) - 1) < 0.05, `${mean}`);
  assert.is(meanBlockBytes(ioJob({ bs: [{ blockBytes: 10, leastBytes: 4, share: 1 }] })), 6.8);
});

patterns('mixed jobs read rwmixread per cent of their blocks, each block once', () => {
  for (const rw of ['rw', 'randrw'] as const) {
    for (const rwmixread of [0, 1, 30, 99, 100]) {
      const operations = passOf(createPattern(ioJob({ rw, rwmixread }), oneFile(80 * MIB), 6, 1));
      assert.is(operations.length, 20_480);
      // In order, reads and writes each have a position of their own.
      const once = new Set(operations.map((one) => `${rw === 'rw' ? one.kind : ''} ${placeOf(one)}`));
      assert.is(once.size, 20_480);
      const reads = operations.filter(({ kind }) => kind === READ).length;
      const expected = (20_480 * rwmixread) / 100;
      const deviation = Math.sqrt((expected * (100 - rwmixread)) / 100);
      assert.ok(Math.abs(reads - expected) <= 4 * deviation, `${rw} ${rwmixread}: ${reads}`);
    }
  }
});

patterns('reads and writes in order each go through the files from the start, and on in the next pass', () => {
  const bsWrite = [{ blockBytes: 10_000, share: 1 }];
  void fc.assert(
    fc.property(anySizes, fc.nat(), fc.nat({ max: 100 }), fc.boolean(), (sizes, seed, rwmixread, direct) => {
      const extents = [16 * KIB, ...sizes].map((lengthBytes, file) => ({ file, startBytes: 0, lengthBytes }));
      const job = ioJob({ rw: 'rw', rwmixread, bsWrite, direct });
      const pattern = createPattern(job, extents, seed, 0);
      const totalBytes = extents.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
      const passes = [passOf(pattern), passOf(pattern)];
      for (const operations of passes) {
        const moved = operations.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
        assert.ok(moved <= totalBytes && (direct ? moved > totalBytes - 10_000 : moved === totalBytes), `${moved}`);
      }
      for (const kind of [READ, WRITE]) {
        const own = passes.flat().filter((one) => one.kind === kind);
        for (const [index, { file, offsetBytes }] of own.entries()) {
          const before = own[index - 1];
          const isNext = before?.file === file && offsetBytes === before.offsetBytes + before.lengthBytes;
          assert.ok(isNext || offsetBytes === 0, `${kind}: ${placeOf(own[index] as (typeof own)[number])}`);
        }
      }
    }),
    { seed: 5, numRuns: 60 },
  );
});

patterns('reads and writes that may overlap each begin at multiples of their own shortest length', () => {
  const job = ioJob({ rw: 'randrw', norandommap: true, bsWrite: [{ blockBytes: 64 * KIB, share: 1 }] });
  const operations = passOf(createPattern(job, oneFile(16 * MIB), 1, 0));
  for (const kind of [READ, WRITE]) {
    const own = operations.filter((one) => one.kind === kind);
    const bytes = kind === READ ? 4 * KIB : 64 * KIB;
    assert.ok(own.length > 1500);
    assert.ok(own.every(({ lengthBytes, offsetBytes }) => lengthBytes === bytes && offsetBytes % bytes === 0));
  }
});

patterns(
  'random blocks of several lengths that may overlap begin at multiples of the shortest, in their shares',
  () => {
    const extents = [64 * MIB, 64 * MIB + 100].map((lengthBytes, file) => ({ file, startBytes: 0, lengthBytes }));
    const operations = passOf(createPattern(ioJob({ bs: MIX, norandommap: true }), extents, 4, 0));
    assert.is(operations.length, 2 * 16_384 + 1);
    const counts = MIX.map(
      ({ blockBytes }) => operations.filter(({ lengthBytes }) => lengthBytes === blockBytes).length,
    );
    // A few begin so close to the end of a file that the longest length does not fit.
    const shares = MIX.map(({ share }) => share);
    assert.ok(chiSquareZ(counts, shares) < 4, `${counts}`);
    const places = new Float64Array(16);
    for (const { file, offsetBytes, lengthBytes } of operations) {
      assert.ok(offsetBytes + lengthBytes <= (extents[file] as Extent).lengthBytes);
      assert.is(offsetBytes % (4 * KIB), 0);
      if (lengthBytes === 64 * KIB) countIn(places, (offsetBytes % (64 * KIB)) / (4 * KIB));
    }
    assert.ok(chiSquareZ(places) < 4, `${places}`);
  },
);

patterns('reach far into large files and refuse more than 2^31 blocks of random access', () => {
  const large = (bytes: number) => createPattern(ioJob(), oneFile(bytes), 1, 0);
  const batch = new Batch();
  assert.ok(large(8192 * GIB).fill(batch));
  const offsets = [...batch.offsetBytes];
  assert.ok(Math.max(...offsets) > 7000 * GIB && Math.max(...offsets) < 8192 * GIB);
  assert.ok(offsets.every((offset) => offset % 4096 === 0 && offset >= 0));
  assert.throws(
    () => large(8192 * GIB + 4096),
    feedrateError('workload', /2147483649 blocks .* supports at most 2\^31; use a larger bs/),
  );
});

patterns('refuse extents without a block', () => {
  for (const rw of ['read', 'randread'] as const) {
    assert.throws(
      () => createPattern(ioJob({ rw }), oneFile(4095), 1, 0),
      feedrateError('workload', /every file is shorter than a block of 4096 bytes/),
    );
  }
});

patterns.run();
