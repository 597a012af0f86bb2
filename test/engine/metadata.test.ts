/** The program of `kind: metadata`: what it does to directories, what is counted, and how each fault is reported. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PsyncBackend } from '../../src/engine/backends/psync.js';
import { simulatedFactory } from '../../src/engine/backends/simulated.js';
import { SlowedBackend } from '../../src/engine/backends/slowed.js';
import { Content } from '../../src/engine/content/buffers.js';
import { type Backend, IoFault } from '../../src/engine/core/backend.js';
import { transferCalls } from '../../src/engine/core/calls.js';
import { MonotonicClock, monotonicNs } from '../../src/engine/core/clock.js';
import { Counters } from '../../src/engine/core/counters.js';
import { Meter } from '../../src/engine/core/meter.js';
import { MissedByWorker } from '../../src/engine/core/missed-by-worker.js';
import type { WorkerTask } from '../../src/engine/core/protocol.js';
import { filesOfTask } from '../../src/engine/core/worker-files.js';
import type { Program } from '../../src/engine/jobs/job-program.js';
import { metadataProgram } from '../../src/engine/jobs/metadata.js';
import { WorkerPool } from '../../src/engine/pool.js';
import { totalCount } from '../../src/histogram/histogram.js';
import { decodeHistogram } from '../../src/histogram/sparse-counts.js';
import { jobPlanOf } from '../../src/plan/jobs/registry.js';
import { assembleLatency, assemblePhases } from '../../src/trial/assemble.js';
import { ENTRY_OPERATIONS } from '../../src/workload/entry-operations.js';
import type { MetadataJob } from '../../src/workload/workload.js';
import { runEngine } from '../support/engine.js';
import { metadataJob } from '../support/jobs.js';
import { skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('engine/metadata');
const pool = new WorkerPool(3);
test.after(() => pool.close());

interface Prepared {
  readonly program: Program;
  readonly backend: Backend;
  readonly counters: Counters;
}

/** One worker on this thread, prepared for `job` below a directory. */
function prepared(job: MetadataJob, directory: string, slowed = false): Prepared {
  const counters = Counters.allocate(1);
  const files = Array.from({ length: job.nrfiles }, (_, i) => ({
    path: `f${i}`,
    bytes: job.filesizeBytes,
    contentSeed: i,
  }));
  const task: WorkerTask = {
    memory: counters.memory,
    worker: 0,
    workers: 1,
    thread: 0,
    threads: 1,
    backend: 'psync',
    job,
    files,
    extents: null,
    laidOut: false,
    scratchDirectory: directory,
    seed: 1,
    slowdown: null,
  };
  const content = new Content([], { maxBlockBytes: 4096, wholeSectors: true, places: 1, checks: false });
  const psync = new PsyncBackend(transferCalls(content.bytes), new MonotonicClock());
  const backend = slowed ? new SlowedBackend(psync, { part: 0, delayNs: 1000 }) : psync;
  const meter = new Meter(counters, 0, 0, Number.POSITIVE_INFINITY, false);
  const createDrain = simulatedFactory.create(task, new MonotonicClock(), content).createDrain;
  const program = metadataProgram.create(
    { ...filesOfTask(task), task, backend, createDrain, meter, content, counters, missed: new MissedByWorker() },
    job,
  );
  program.prepare();
  backend.clock.startAt(monotonicNs());
  return { program, backend, counters };
}

function faultOf(call: () => void): IoFault['fault'] {
  try {
    call();
  } catch (thrown) {
    if (thrown instanceof IoFault) return thrown.fault;
    throw thrown;
  }
  throw new Error('no fault');
}

/** Every entry below a directory. */
const below = (directory: string): string[] => (readdirSync(directory, { recursive: true }) as string[]).sort();

test('files are created in the last level of the tree, renamed where they are, and removed in the end', () =>
  withTemporaryDirectory((directory) => {
    const job = metadataJob({ operations: ['create', 'rename'], nrfiles: 5, depth: 2, branch: 2, filesizeBytes: 5000 });
    for (const slowed of [false, true]) {
      const { program, backend } = prepared(job, directory, slowed);
      assert.equal(below(directory), [
        'tree',
        'tree/d0',
        'tree/d0/d0',
        'tree/d0/d1',
        'tree/d1',
        'tree/d1/d0',
        'tree/d1/d1',
      ]);
      assert.ok((program.run() ?? 0) > 0);
      const files = below(directory).filter((path) => path.includes('-'));
      assert.equal(files, [
        'tree/d0/d0/r0-0',
        'tree/d0/d0/r0-1',
        'tree/d0/d1/r0-2',
        'tree/d1/d0/r0-3',
        'tree/d1/d1/r0-4',
      ]);
      assert.is(
        spawnSync('find', [join(directory, 'tree'), '-name', 'r*', '-size', '-5001c', '-size', '+4999c'])
          .stdout.toString()
          .trim()
          .split('\n').length,
        5,
      );
      program.complete();
      backend.dispose();
      assert.equal(
        below(directory).filter((path) => path.includes('-')),
        [],
      );
      rmSync(join(directory, 'tree'), { recursive: true });
    }
  }));

test('items that the job does not create are there before it begins', () =>
  withTemporaryDirectory((directory) => {
    const { program, backend } = prepared(
      metadataJob({ operations: ['stat', 'readdir'], items: 'directories' }),
      directory,
    );
    assert.is(readdirSync(join(directory, 'tree')).length, 10);
    program.run();
    assert.equal(
      program.phases?.map(({ operation, operations, entries }) => [operation, operations, entries]),
      [
        ['stat', 10, undefined],
        ['readdir', 1, 10],
      ],
    );
    program.complete();
    backend.dispose();
    assert.equal(readdirSync(join(directory, 'tree')), []);
  }));

test('a phase ends at its runtime, and the next ones take what exists', () =>
  withTemporaryDirectory((directory) => {
    const { program, backend } = prepared(
      metadataJob({ nrfiles: 1_000_000, runtimeNs: 3e6, depth: 1, branch: 10 }),
      directory,
    );
    program.run();
    const [create, stat, , rename, unlink] = (program.phases ?? []).map(({ operations }) => operations);
    assert.ok((create ?? 0) > 0 && (create ?? 0) < 1_000_000, String(create));
    for (const later of [stat, rename, unlink]) assert.ok((later ?? 0) > 0 && (later ?? 0) <= (create ?? 0));
    program.complete();
    backend.dispose();
    assert.equal(
      below(directory).filter((path) => path.includes('-')),
      [],
    );
  }));

const someJobs = fc.record({
  numjobs: fc.integer({ min: 1, max: 3 }),
  nrfiles: fc.integer({ min: 1, max: 30 }),
  depth: fc.integer({ min: 0, max: 2 }),
  branch: fc.integer({ min: 1, max: 3 }),
  stride: fc.integer({ min: 0, max: 4 }),
  passes: fc.integer({ min: 1, max: 3 }),
  directories: fc.constantFrom('shared', 'per-worker'),
  items: fc.constantFrom('files', 'directories'),
  operations: fc.subarray([...ENTRY_OPERATIONS], { minLength: 1 }),
  ioengine: fc.constantFrom('psync', 'simulated'),
} as const);

test('whatever the fields are, each item is visited once in each phase and nothing is left', async () => {
  await fc.assert(
    fc.asyncProperty(someJobs, async (fields) => {
      const depth = fields.branch ** fields.depth > fields.nrfiles ? 0 : fields.depth;
      const job = metadataJob({ ...fields, depth });
      const { numjobs, nrfiles, passes, operations, branch } = job;
      await withTemporaryDirectory(async (directory) => {
        const counters = Counters.allocate(numjobs);
        const files = Array.from({ length: nrfiles }, (_, i) => ({ path: `f${i}`, bytes: 0, contentSeed: i }));
        const run = await runEngine(pool, job, { files, laidOut: false, scratchDirectory: directory }, counters);
        assert.equal(
          run.outcomes.map(({ fault }) => fault),
          run.outcomes.map(() => null),
        );
        const leaves = branch ** depth;
        const phases = assemblePhases(run.reports) ?? [];
        const trees = job.directories === 'shared' ? numjobs : 1;
        assert.equal(
          phases.map((phase) => [phase.operation, phase.operations, phase.entries]),
          operations.map((operation) =>
            operation === 'readdir'
              ? [operation, passes * numjobs * leaves, passes * numjobs * nrfiles * trees]
              : [operation, passes * numjobs * nrfiles, undefined],
          ),
        );
        assert.is(run.window.entryOps, jobPlanOf(job).entryOperations);
        const latency = assembleLatency(counters);
        for (const { operation, operations: count } of phases)
          assert.is(totalCount(decodeHistogram(latency[operation] ?? [])), count);
        assert.equal(
          below(directory).filter((path) => path.includes('-') && !/tree-\d$/.test(path) && !/\/d\d$/.test(path)),
          [],
        );
      });
    }),
    { numRuns: 12, seed: 5 },
  );
});

for (const changes of [{ exclusive: true }, { filesizeBytes: 100 }, { items: 'directories' }] as const) {
  test(`something foreign with the name of an item is a fault, and is left alone: ${JSON.stringify(changes)}`, () =>
    withTemporaryDirectory((directory) => {
      const { program } = prepared(metadataJob(changes), directory);
      const path = join(directory, 'tree', 'f0-3');
      writeFileSync(path, 'mine');
      const fault = faultOf(() => program.run());
      assert.equal([fault.code, fault.syscall, fault.path], ['EEXIST', 'items' in changes ? 'mkdir' : 'open', path]);
      assert.match(fault.message, / of .* failed with EEXIST: something else has created it/);
      assert.is(readFileSync(path, 'utf8'), 'mine');
    }));
}

for (const [operation, syscall] of [
  ['stat', 'stat'],
  ['rename', 'rename'],
  ['unlink', 'unlink'],
] as const) {
  test(`an item that has vanished before ${operation} is a fault`, () =>
    withTemporaryDirectory((directory) => {
      const { program } = prepared(metadataJob({ operations: [operation] }), directory);
      rmSync(join(directory, 'tree', 'f0-7'));
      const fault = faultOf(() => program.run());
      assert.equal([fault.code, fault.syscall, fault.path], ['ENOENT', syscall, join(directory, 'tree', 'f0-7')]);
      assert.match(fault.message, /something else has removed it/);
    }));
}

test('a directory that a link has replaced is not followed', () =>
  withTemporaryDirectory((directory) => {
    const { program } = prepared(metadataJob(), directory);
    const [tree, outside] = [join(directory, 'tree'), join(directory, 'outside')];
    mkdirSync(outside);
    rmSync(tree, { recursive: true });
    spawnSync('ln', ['-s', outside, tree]);
    assert.is(faultOf(() => program.run()).path, tree);
    assert.equal(readdirSync(outside), []);
  }));

test('a file system without inodes left is a fault that says so', () =>
  withTemporaryDirectory((directory) => {
    if (process.getuid?.() !== 0) skipTest('mounting a small file system needs root');
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'nr_inodes=8,size=1m', 'tmpfs', directory]);
    if (mounted.status !== 0) skipTest(`cannot mount a tmpfs: ${mounted.stderr}`);
    try {
      const { program, backend } = prepared(metadataJob(), directory);
      const fault = faultOf(() => program.run());
      assert.equal([fault.code, fault.syscall], ['ENOSPC', 'open']);
      assert.match(fault.message, /no space or no inodes left \(df -h, df -i\); use a smaller nrfiles$/);
      program.complete();
      backend.dispose();
      assert.ok(existsSync(join(directory, 'tree')));
      rmSync(join(directory, 'tree'), { recursive: true });
      const smaller = prepared(metadataJob({ nrfiles: 2 }), directory);
      smaller.program.run();
      smaller.program.complete();
      smaller.backend.dispose();
    } finally {
      spawnSync('umount', [directory]);
    }
  }));

test('a directory that does not let this user write is a fault', () =>
  withTemporaryDirectory((directory) => {
    if (process.getuid?.() === 0) {
      process.seteuid?.(65_534);
      try {
        assert.is(faultOfLocked(directory), null);
      } finally {
        process.seteuid?.(0);
      }
      return;
    }
    assert.is(faultOfLocked(directory), null);
  }));

/** Returns null when a job in a directory that was locked after it was prepared fails with EACCES. */
function faultOfLocked(directory: string): string | null {
  const own = join(directory, 'own');
  if (process.geteuid?.() === 65_534 && process.getuid?.() === 0) {
    process.seteuid?.(0);
    chmodSync(directory, 0o777);
    process.seteuid?.(65_534);
  }
  mkdirSync(own);
  const { program } = prepared(metadataJob(), own);
  chmodSync(join(own, 'tree'), 0o555);
  const { code, syscall } = faultOf(() => program.run());
  chmodSync(join(own, 'tree'), 0o755);
  return code === 'EACCES' && syscall === 'open' ? null : `${code} ${syscall}`;
}

test.run();
