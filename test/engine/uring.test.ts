import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OperationKind } from '../../src/base/latency-kinds.js';
import { Content } from '../../src/engine/content/buffers.js';
import { MonotonicClock } from '../../src/engine/core/clock.js';
import { Counters } from '../../src/engine/core/counters.js';
import { WorkerPool } from '../../src/engine/pool.js';
import { uringRefusal } from '../../src/engine/uring/availability.js';
import { OPCODE, SQE, SQE_WORDS } from '../../src/engine/uring/entry.js';
import { Ring } from '../../src/engine/uring/ring.js';
import { UringBackend } from '../../src/engine/uring/uring-backend.js';
import { meanNs, quantileNs, totalCount } from '../../src/histogram/histogram.js';
import { decodeHistogram } from '../../src/histogram/sparse-counts.js';
import { type Libc, libc } from '../../src/host/system/libc.js';
import { READ } from '../../src/plan/batch.js';
import type { DataFile } from '../../src/plan/plan.js';
import { type EngineRun, layOut, runEngine, runEngineWell, stopOnceMeasuring } from '../support/engine.js';
import { blocks, checkpointWriteJob, ioJob, SHARD_BYTES } from '../support/jobs.js';
import { skipTest } from '../support/skip.js';

const MIB = 1024 ** 2;
const uring = suite('io_uring');
const pool = new WorkerPool(2);
let directory = '';

uring.before.each(() => {
  const refusal = uringRefusal();
  if (refusal !== null) skipTest(refusal);
  directory = mkdtempSync(join(tmpdir(), 'feedrate-test-'));
});
uring.after.each(() => rmSync(directory, { recursive: true, force: true }));
uring.after(() => pool.close());

const calls = (): Libc => libc() as Libc;
const file = (bytes: number, contentSeed = 7): DataFile => ({ path: `f${contentSeed}`, bytes, contentSeed });
const uringJob = (changes: Parameters<typeof ioJob>[0]) => ioJob({ ioengine: 'io_uring', ...changes });

function countOf(run: EngineRun, kind: OperationKind): number {
  const counts = run.latency[kind];
  return counts === undefined ? 0 : totalCount(decodeHistogram(counts));
}

uring('completions that find no place in the queue are kept by the kernel and come later', () => {
  const ring = new Ring(calls(), 4);
  const pushed = 40;
  for (let i = 0; i < pushed; i++) {
    const entry = i % 4;
    ring.sqes.fill(0, entry * SQE_WORDS, (entry + 1) * SQE_WORDS);
    ring.sqes[entry * SQE_WORDS + SQE.opcode] = OPCODE.nop;
    ring.sqes[entry * SQE_WORDS + SQE.userData] = i;
    ring.push(entry);
    ring.enter(0);
  }
  const seen: number[] = [];
  while (ring.inFlight > 0) {
    const count = ring.completions();
    for (let i = 0; i < count; i++) seen.push(ring.userDataAt(i));
    ring.take(count);
    ring.enter(0);
  }
  ring.close();
  assert.equal(
    seen.sort((a, b) => a - b),
    Array.from({ length: pushed }, (_, i) => i),
  );
});

uring('a ring is not closed before what is in flight has come back', async () => {
  const [data] = (await layOut(directory, [file(4 * MIB)])) as [DataFile];
  const places = 64;
  const content = new Content([data], { maxBlockBytes: 65_536, wholeSectors: true, places, checks: false });
  const backend = new UringBackend(calls(), content, new MonotonicClock(), places);
  backend.open(0, data.path, { write: false, create: false, direct: true });
  for (let place = 0; place < places; place++) {
    backend.beginEntry(place, OPCODE.read, backend.fdOf(0));
    backend.aim(place, place * 65_536, 65_536);
    backend.pointTo(place, content.placeAt(place));
    backend.ring.push(place);
  }
  backend.ring.enter(0);
  backend.dispose();
  assert.is(backend.ring.inFlight, 0);
  const found = Buffer.from(content.bytes.buffer, content.bytes.byteOffset + content.placeAt(0), places * 65_536);
  assert.ok(found.equals(readFileSync(data.path)), 'every read has ended, in its own place');
});

uring('single operations read, write and sync', async () => {
  const [data] = (await layOut(directory, [file(MIB)])) as [DataFile];
  const content = new Content([data], { maxBlockBytes: 4096, wholeSectors: true, places: 1, checks: true });
  const backend = new UringBackend(calls(), content, new MonotonicClock(), 1);
  backend.open(0, data.path, { write: true, create: false, direct: false });
  backend.transfer(READ, 0, 8192, 4096, 0);
  content.check(0, 8192, 4096, 0);
  content.fill(0, 8192, 4096, 3);
  backend.transfer(1, 0, 8192, 4096, 0);
  backend.sync(0, false);
  backend.sync(0, true);
  backend.dispose();
  assert.ok(
    readFileSync(data.path)
      .subarray(8192, 12_288)
      .equals(Buffer.from(content.bytes.subarray(0, 4096))),
  );
});

for (const iodepth of [1, 7, 128, 1024]) {
  for (const direct of [false, true]) {
    uring(`each block is read once and checked: iodepth ${iodepth}, direct ${direct}`, async () => {
      const files = await layOut(directory, [file(3 * MIB, 1), file(2 * MIB, 2)]);
      for (const rw of ['read', 'randread'] as const) {
        const job = uringJob({ rw, iodepth, direct, verify: true, bs: blocks(8192), numjobs: 2 });
        const run = await runEngineWell(pool, job, { files });
        assert.is(countOf(run, 'read'), 2 * 640);
        assert.is(countOf(run, 'slat'), 2 * 640);
        assert.is(countOf(run, 'clat'), 2 * 640);
        assert.is(run.window.totalReadBytes, 2 * 5 * MIB);
        assert.ok(run.reports.every(({ ring }) => ring?.registeredFiles));
      }
    });
  }
}

uring('slat and clat add up to lat', async () => {
  const files = await layOut(directory, [file(4 * MIB)]);
  const { latency } = await runEngineWell(pool, uringJob({ iodepth: 16 }), { files });
  const mean = (kind: OperationKind) => meanNs(decodeHistogram(latency[kind] ?? []));
  assert.ok(Math.abs(mean('slat') + mean('clat') - mean('read')) <= 0.02 * mean('read'));
});

uring('what is written is verified afterwards: blocks of any length, syncs in between', async () => {
  const cases = [
    { rw: 'randwrite', bs: blocks(4096), iodepth: 32 },
    { rw: 'write', bs: blocks(131_072), iodepth: 8, fsync: 5, endFsync: true },
    { rw: 'write', bs: blocks(5000), iodepth: 4 },
    { rw: 'randwrite', bs: blocks(4096), iodepth: 16, direct: true },
  ] as const;
  for (const change of cases) {
    const files = await layOut(directory, [file(2 * MIB)]);
    const run = await runEngineWell(pool, uringJob({ ...change, verify: true, refillBuffers: true }), { files });
    const blocksOfFile = (2 * MIB) / (change.bs[0]?.blockBytes as number);
    assert.is(countOf(run, 'write'), Math.ceil(blocksOfFile));
  }
  const files = await layOut(directory, [file(2 * MIB)]);
  const synced = await runEngineWell(pool, uringJob({ rw: 'write', bs: blocks(131_072), iodepth: 8, fsync: 5 }), {
    files,
  });
  assert.is(countOf(synced, 'fsync'), 3);
});

uring('a flipped byte and a short file are faults that name the place', async () => {
  const [data] = (await layOut(directory, [file(MIB)])) as [DataFile];
  truncateSync(data.path, MIB - 6000);
  const short = await runEngine(pool, uringJob({ rw: 'read', iodepth: 8 }), { files: [data] });
  const fault = short.outcomes[0]?.fault;
  assert.is(fault?.code, 'EOF');
  assert.ok((fault?.offsetBytes ?? 0) >= MIB - 6000, `at ${fault?.offsetBytes}`);
  const [again] = (await layOut(directory, [file(MIB)])) as [DataFile];
  const bytes = readFileSync(again.path);
  bytes[500_000] = (bytes[500_000] as number) ^ 1;
  writeFileSync(again.path, bytes);
  const bad = await runEngine(pool, uringJob({ iodepth: 8, verify: true }), { files: [again] });
  assert.is(bad.outcomes[0]?.fault?.code, 'EBADDATA');
  assert.is(bad.outcomes[0]?.fault?.offsetBytes, 500_000);
});

uring('a write that the device refuses is a fault, and the next trial runs', async () => {
  const full = { path: '/dev/full', bytes: MIB, contentSeed: 1 };
  const run = await runEngine(pool, uringJob({ rw: 'write', iodepth: 8 }), { files: [full] });
  assert.is(run.outcomes[0]?.fault?.code, 'ENOSPC');
  const files = await layOut(directory, [file(MIB)]);
  assert.is(countOf(await runEngineWell(pool, uringJob({ iodepth: 8, verify: true }), { files }), 'read'), 256);
});

uring('a rate is kept, and think time pauses an empty queue', async () => {
  const files = await layOut(directory, [file(4 * MIB)]);
  const rated = { iodepth: 4, rateIops: 2000, runtimeNs: 5e8, timeBased: true };
  const counts: number[] = [];
  // Never more than are due. Where others hold the cores at the very end, the last that are due are not done any more.
  while (counts.length < 10 && !counts.some((ops) => ops >= 980)) {
    const run = await runEngineWell(pool, uringJob(rated), { files });
    counts.push(run.window.totalReadOps);
    // Where others hold the core at the end, the last look at the clock comes late.
    const mostOps = 1 + (2000 * run.window.lastDoneNs) / 1e9;
    assert.ok(run.window.totalReadOps <= mostOps, `${run.window.totalReadOps} operations, at most ${mostOps}`);
  }
  assert.ok(
    counts.some((ops) => ops >= 980),
    `${counts.join(', ')} of 1000 operations`,
  );
  const pausing = { iodepth: 8, thinktimeNs: 10e6, thinktimeBlocks: 8, runtimeNs: 5e8, timeBased: true };
  const { window, latency } = await runEngineWell(pool, uringJob(pausing), { files });
  assert.ok(window.totalReadOps <= 8 * 51, 'no more than 8 operations each 10 ms');
  assert.ok(quantileNs(decodeHistogram(latency.read ?? []), 0.5) < 5e6, 'pauses are no latency');
});

uring('a stop ends the job with every operation counted', async () => {
  const files = await layOut(directory, [file(8 * MIB)]);
  const job = uringJob({ iodepth: 64, direct: true, runtimeNs: 60e9, timeBased: true });
  const counters = Counters.allocate(1);
  const [run] = await Promise.all([runEngine(pool, job, { files }, counters), stopOnceMeasuring(counters)]);
  assert.is(run.outcomes[0]?.fault, null);
  assert.is(countOf(run, 'read'), run.window.totalReadOps);
});

uring('io_size counts what is issued', async () => {
  const files = await layOut(directory, [file(4 * MIB)]);
  const run = await runEngineWell(pool, uringJob({ iodepth: 32, ioSizeBytes: 1000 * 4096 }), { files });
  assert.is(run.window.totalReadOps, 1000);
});

uring('checkpoints are written and read back', async () => {
  const job = checkpointWriteJob({ ioengine: 'io_uring', readBack: true });
  const files = Array.from({ length: 2 }, (_, i) => ({
    ...file(SHARD_BYTES, i + 1),
    path: join(directory, `s${i}`),
  }));
  const run = await runEngineWell(pool, job, { files, scratchDirectory: directory, laidOut: false });
  assert.is(countOf(run, 'fsync'), 10);
});

uring.run();
