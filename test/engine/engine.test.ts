import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OperationKind } from '../../src/base/latency-kinds.js';
import { Counters } from '../../src/engine/core/counters.js';
import { WorkerPool } from '../../src/engine/pool.js';
import { meanNs, quantileNs, totalCount } from '../../src/histogram/histogram.js';
import { decodeHistogram } from '../../src/histogram/sparse-counts.js';
import type { DataFile } from '../../src/plan/plan.js';
import { type EngineRun, layOut, runEngine, stopOnceMeasuring } from '../support/engine.js';
import {
  blocks,
  checkpointRestoreJob,
  checkpointWriteJob,
  ioJob,
  SHARD_BYTES,
  smallFilesJob,
} from '../support/jobs.js';
import { skipTest } from '../support/skip.js';

const MIB = 1024 ** 2;
const engine = suite('engine');
const pool = new WorkerPool(2);
const made: string[] = [];

function temporaryDirectory(root = tmpdir()): string {
  const directory = mkdtempSync(join(root, 'feedrate-test-'));
  made.push(directory);
  return directory;
}

engine.after.each(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
});
engine.after(() => pool.close());

const FIRST_MIB = { file: 0, startBytes: 0, lengthBytes: MIB };
const file = (bytes: number, contentSeed = 7, path = `f${contentSeed}`): DataFile => ({ path, bytes, contentSeed });

function countOf(run: EngineRun, kind: OperationKind): number {
  const counts = run.latency[kind];
  return counts === undefined ? 0 : totalCount(decodeHistogram(counts));
}

function faultOf(run: EngineRun) {
  return run.outcomes.find(({ fault }) => fault !== null)?.fault ?? null;
}

for (const root of [undefined, '/dev/shm']) {
  const where = root ?? 'the temporary directory';
  engine(`each block is read once, checked, and counted: ${where}`, async () => {
    if (root !== undefined && !existsSync(root)) skipTest(`no ${root}`);
    const directory = temporaryDirectory(root);
    const files = await layOut(directory, [file(4 * MIB, 1), file(4 * MIB, 2)]);
    for (const rw of ['read', 'randread'] as const) {
      const run = await runEngine(pool, ioJob({ rw, verify: true }), { files });
      assert.is(faultOf(run), null);
      assert.is(run.window.totalReadBytes, 8 * MIB);
      assert.is(countOf(run, 'read'), 2048);
      assert.is(countOf(run, 'open'), 2);
      assert.is(countOf(run, 'close'), 2);
    }
  });
}

engine('two workers start together and move what each was given', async () => {
  const files = await layOut(temporaryDirectory(), [file(2 * MIB)]);
  const extents = [0, 1].map((half) => [{ file: 0, startBytes: half * MIB, lengthBytes: MIB }]);
  const run = await runEngine(pool, ioJob({ numjobs: 2, verify: true }), { files, extents });
  assert.is(faultOf(run), null);
  assert.is(run.window.totalReadBytes, 2 * MIB);
  assert.ok(run.window.firstDoneNs <= run.window.lastDoneNs);
});

engine('a worker that is ready waits for one that still opens its files', async () => {
  const files = await layOut(temporaryDirectory(), [file(MIB)]);
  const many = new Array<DataFile>(500).fill(files[0] as DataFile);
  const shares: number[] = [];
  // A scheduler can keep one of two threads that start together from its core for as long as it likes: not each time.
  while (shares.length < 20 && !shares.some((share) => share < 0.5)) {
    const filesOf = (worker: number) => (worker === 0 ? files : many);
    const run = await runEngine(pool, ioJob({ numjobs: 2 }), {
      files,
      filesOf,
      extents: [0, 1].map(() => [FIRST_MIB]),
    });
    assert.is(faultOf(run), null);
    const opening = decodeHistogram(run.latency.open ?? []);
    shares.push(run.window.barrierSkewNs / (meanNs(opening) * totalCount(opening)));
  }
  assert.ok(
    shares.some((share) => share < 0.5),
    `the starts lie ${shares.join(', ')} of the time of opening apart`,
  );
});

engine('a flipped byte is found, with its place', async () => {
  const files = await layOut(temporaryDirectory(), [file(MIB)]);
  const path = (files[0] as DataFile).path;
  const bytes = readFileSync(path);
  bytes[700_001] = (bytes[700_001] as number) ^ 1;
  writeFileSync(path, bytes);
  const fault = faultOf(await runEngine(pool, ioJob({ rw: 'read', verify: true }), { files }));
  assert.is(fault?.code, 'EBADDATA');
  assert.is(fault?.offsetBytes, 700_001);
  assert.is(fault?.path, path);
});

engine('a file that is shorter than planned is a fault that names the place', async () => {
  const files = await layOut(temporaryDirectory(), [file(MIB)]);
  const path = (files[0] as DataFile).path;
  truncateSync(path, 500_000);
  const fault = faultOf(await runEngine(pool, ioJob({ rw: 'read' }), { files }));
  assert.equal(
    { code: fault?.code, syscall: fault?.syscall, path: fault?.path, at: fault?.offsetBytes },
    {
      code: 'EOF',
      syscall: 'pread',
      path,
      at: 500_000,
    },
  );
});

engine('errors of system calls come back with their code', async () => {
  const directory = temporaryDirectory();
  const missing = faultOf(await runEngine(pool, ioJob(), { files: [file(MIB, 1, join(directory, 'none'))] }));
  assert.is(missing?.code, 'ENOENT');
  assert.is(missing?.syscall, 'open');
  mkdirSync(join(directory, 'd'));
  const isDirectory = faultOf(await runEngine(pool, ioJob(), { files: [file(MIB, 1, join(directory, 'd'))] }));
  assert.is(isDirectory?.code, 'EISDIR');
  // The first page of a process is mapped by nobody: the kernel answers EIO.
  const broken = faultOf(await runEngine(pool, ioJob({ rw: 'read' }), { files: [file(MIB, 1, '/proc/self/mem')] }));
  assert.is(broken?.code, 'EIO');
  assert.is(broken?.offsetBytes, 0);
});

engine('a fault of one worker ends the others', async () => {
  const files = await layOut(temporaryDirectory(), [file(MIB)]);
  const run = await runEngine(pool, ioJob({ numjobs: 2, runtimeNs: 60e9, timeBased: true }), {
    files,
    filesOf: (worker) => (worker === 0 ? files : [file(MIB, 1, '/nonexistent')]),
  });
  assert.is(faultOf(run)?.code, 'ENOENT');
});

engine('a full disk is a fault', async () => {
  const directory = temporaryDirectory();
  if (process.getuid?.() !== 0) skipTest('mounting a small file system needs root');
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory], { encoding: 'utf8' });
  if (mounted.status !== 0) skipTest(`cannot mount a tmpfs: ${mounted.stderr}`);
  try {
    const job = ioJob({ rw: 'write', bs: blocks(65_536), refillBuffers: true });
    const run = await runEngine(pool, job, { files: [file(4 * MIB, 1, join(directory, 'f'))], laidOut: false });
    const fault = faultOf(run);
    assert.is(fault?.code, 'ENOSPC');
    assert.is(fault?.syscall, 'pwrite');
    assert.ok((fault?.offsetBytes ?? 0) > 0);
  } finally {
    spawnSync('umount', [directory]);
  }
});

engine('a stop ends a worker that waits', async () => {
  const files = await layOut(temporaryDirectory(), [file(MIB)]);
  const counters = Counters.allocate(1);
  const runtimeNs = 3600e9;
  const job = ioJob({ rateIops: 1, runtimeNs, timeBased: true });
  const [run] = await Promise.all([runEngine(pool, job, { files }, counters), stopOnceMeasuring(counters)]);
  assert.is(faultOf(run), null);
  assert.ok(run.window.lastDoneNs < runtimeNs);
});

engine('writes are verified afterwards, and carry what the content says', async () => {
  const files = [file(2 * MIB, 3, join(temporaryDirectory(), 'w'))];
  for (const rw of ['write', 'randwrite'] as const) {
    const run = await runEngine(pool, ioJob({ rw, verify: true }), { files, laidOut: false });
    assert.is(faultOf(run), null);
    assert.is(run.window.totalWriteBytes, 2 * MIB);
  }
});

engine('fsync after every N writes, and at the end', async () => {
  const files = [file(MIB, 3, join(temporaryDirectory(), 'w'))];
  const job = ioJob({ rw: 'write', bs: blocks(65_536), fsync: 4, endFsync: true });
  const run = await runEngine(pool, job, { files, laidOut: false });
  assert.is(countOf(run, 'write'), 16);
  assert.is(countOf(run, 'fsync'), 5);
});

engine('io_size ends a job early or lets it go round again', async () => {
  const files = await layOut(temporaryDirectory(), [file(MIB)]);
  for (const ioSizeBytes of [MIB / 2, 3 * MIB]) {
    const run = await runEngine(pool, ioJob({ ioSizeBytes }), { files });
    assert.is(run.window.totalReadBytes, ioSizeBytes);
  }
});

const simulated = { ioengine: 'simulated', simulatedLatencyNs: 100_000 } as const;
const paper = [file(64 * MIB, 1, '/nonexistent')];

engine('the simulated engine repeats itself to the byte', async () => {
  const job = ioJob({ ...simulated, numjobs: 2 });
  const [first, second] = [await runEngine(pool, job, { files: paper }), await runEngine(pool, job, { files: paper })];
  assert.equal(first.latency, second.latency);
  assert.equal({ ...first.window, barrierSkewNs: 0 }, { ...second.window, barrierSkewNs: 0 });
  const other = await runEngine(pool, job, { files: paper, seed: 99 });
  assert.not.equal(first.latency, other.latency);
});

engine('simulated latencies are those of the model', async () => {
  const job = ioJob({ ...simulated, runtimeNs: 20e9, timeBased: true });
  const run = await runEngine(pool, job, { files: paper });
  const histogram = decodeHistogram(run.latency.read ?? []);
  // Lognormal, sigma 0.25: quantile = median · exp(0.25 · z).
  for (const [q, z] of [
    [0.5, 0],
    [0.9, 1.2815515655],
    [0.99, 2.326347874],
    [0.999, 3.090232306],
  ] as const) {
    const truth = 100_000 * Math.exp(0.25 * z);
    const found = quantileNs(histogram, q);
    assert.ok(Math.abs(found / truth - 1) < 0.02, `p${q * 100}: ${found}, expected ${truth}`);
  }
});

engine('a rate is kept, and what comes late counts from when it was due', async () => {
  const kept = await runEngine(pool, ioJob({ ...simulated, rateIops: 1000, runtimeNs: 2e9, timeBased: true }), {
    files: paper,
  });
  assert.ok(Math.abs(kept.window.totalReadOps - 2000) <= 1, String(kept.window.totalReadOps));
  const slow = ioJob({ ...simulated, rateIops: 20_000, runtimeNs: 1e9, timeBased: true });
  const late = await runEngine(pool, slow, { files: paper });
  // 20,000 are due, about 9,700 can be done: at the end the last ones have waited for half a second.
  assert.ok(quantileNs(decodeHistogram(late.latency.read ?? []), 1) > 4e8);
  assert.ok(quantileNs(decodeHistogram(late.latency.clat ?? []), 0.5) < 110_000);
});

engine('thinktime is no latency', async () => {
  const job = ioJob({ ...simulated, thinktimeNs: 900_000, runtimeNs: 1e9, timeBased: true });
  const run = await runEngine(pool, job, { files: paper });
  assert.ok(Math.abs(run.window.totalReadOps - 1000) < 20, String(run.window.totalReadOps));
  assert.ok(quantileNs(decodeHistogram(run.latency.read ?? []), 0.5) < 110_000);
});

engine('checkpoints: the last ones stay, under their own names, and read back', async () => {
  const scratchDirectory = temporaryDirectory();
  const job = checkpointWriteJob({ numjobs: 2, readBack: true });
  const shard = (worker: number, number: number) =>
    file(SHARD_BYTES, worker * 10 + number, `worker-${worker}/shard-${number}.pt`);
  const filesOf = (worker: number) =>
    [0, 1].map((n) => ({ ...shard(worker, n), path: join(scratchDirectory, shard(worker, n).path) }));
  const run = await runEngine(pool, job, { files: [], filesOf, laidOut: false, scratchDirectory });
  assert.is(faultOf(run), null);
  assert.is(run.window.totalWriteBytes, 2 * 2 * 5 * SHARD_BYTES);
  assert.equal(
    (['checkpoint', 'open', 'fsync', 'rename', 'close', 'dirsync'] as const).map((kind) => countOf(run, kind)),
    [5, 20, 20, 20, 20, 10],
  );
  const kept = readdirSync(scratchDirectory, { recursive: true }).map(String).sort();
  assert.equal(
    kept.filter((name) => !name.includes('/')),
    ['checkpoint-000004', 'checkpoint-000005'],
  );
  assert.is(kept.filter((name) => name.endsWith('.pt')).length, 8);
  assert.is(kept.filter((name) => name.endsWith('.tmp')).length, 0);
  assert.is(statSync(join(scratchDirectory, 'checkpoint-000005/worker-1/shard-0.pt')).size, SHARD_BYTES);
});

engine('a restore reads each shard whole', async () => {
  const job = checkpointRestoreJob();
  const files = await layOut(temporaryDirectory(), [file(SHARD_BYTES, 1), file(SHARD_BYTES, 2)]);
  const run = await runEngine(pool, job, { files });
  assert.is(faultOf(run), null);
  assert.is(run.window.totalReadBytes, 2 * SHARD_BYTES);
});

engine('small files: as many opens as closes, each file once', async () => {
  const files = await layOut(
    temporaryDirectory(),
    Array.from({ length: 50 }, (_, i) => file(3000 + i, i + 1)),
  );
  const run = await runEngine(pool, smallFilesJob(), { files });
  assert.is(faultOf(run), null);
  assert.equal(
    (['open', 'read', 'close'] as const).map((kind) => countOf(run, kind)),
    [50, 50, 50],
  );
  assert.is(
    run.window.totalReadBytes,
    files.reduce((sum, { bytes }) => sum + bytes, 0),
  );
});

engine.run();
