// ci

/** What `npm run bench:fio` judges by, and a short form of it: that all sides run the same load, never how fast. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { uringRefusal } from '../../src/engine/uring/availability.js';
import { layOut } from '../support/engine.js';
import { needTool, skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { compileBareLoop } from './bare-run.js';
import { CELLS, type Cell, cellsMatching, extentsOf, isTimed, type Setting } from './cell.js';
import { demandsOf, verdictOf } from './demands.js';
import { leastDeviceBytes } from './device-bytes.js';
import { fioArguments, tuningOf } from './fio-run.js';
import type { Measures, Round } from './measures.js';
import { readOptions, UsageError } from './options.js';
import { ratioOfNumbers } from './ratio.js';
import { readKept, writeWhole } from './results-file.js';
import { type Bench, runRound } from './sides.js';
import { markdownOf } from './table.js';

const test = suite('bench');
const MIB = 2 ** 20;
const SETTING: Setting = { path: '/nonexistent', fileBytes: 16 * MIB, contentSeed: 1, seconds: 0.1, seed: 1 };

function cellNamed(name: string): Cell {
  const cell = CELLS.find((one) => one.name === name);
  if (cell === undefined) throw new Error(`no cell ${name}`);
  return cell;
}

function measures(changes: Partial<Measures>): Measures {
  return {
    iops: 1,
    bytes: 4096,
    cpuPerOpNs: 1,
    p50Ns: 1,
    p99Ns: 1,
    p999Ns: 1,
    collections: 0,
    ...changes,
  };
}

/** Ten rounds against fio's 1, feedrate's part of the noise in between. */
function roundsOf(iops: number, noise: number, changes: Partial<Measures> = {}): Round[] {
  return Array.from({ length: 10 }, (_, i) => ({
    round: i + 1,
    sides: {
      feedrate: measures({ iops: iops * (1 + noise * (i / 4.5 - 1)), cpuPerOpNs: 0.5, p999Ns: 0.9, ...changes }),
      defaults: measures({}),
      tuned: measures({}),
      bare: null,
    },
    discarded: [],
  }));
}

function verdictsOf(name: string, rounds: readonly Round[]): Record<string, boolean | null> {
  const demands = demandsOf([{ cell: cellNamed(name), rounds }]);
  return Object.fromEntries(demands.map(({ text, met }) => [text.split(/:| \(/)[0], met]));
}

test('there is a cell of its own name for each combination', () => {
  assert.is(new Set(CELLS.map(({ name }) => name)).size, CELLS.length);
  for (const medium of ['cache', 'shm', 'direct'])
    for (const load of ['randread-4k', 'randread-128k', 'read-1m', 'write-1m-fsync', 'randwrite-4k'])
      for (const engine of ['psync', 'io_uring-1', 'io_uring-8', 'io_uring-32', 'io_uring-128'])
        for (const jobs of [1, 2]) cellNamed(`${medium}/${load}/${engine}/${jobs}`);
});

test('globs choose cells by their whole name', () => {
  assert.equal(
    cellsMatching(['cache/randread-4k/psync/*']).map(({ name }) => name),
    ['cache/randread-4k/psync/1', 'cache/randread-4k/psync/2'],
  );
  assert.is(cellsMatching(['*']).length, CELLS.length);
  assert.is(cellsMatching(['randread-4k', 'cache.randread-4k.psync.1']).length, 0);
});

test('the interval of the median leaves out what the binomial distribution lets it', () => {
  const upTo = (n: number) => ratioOfNumbers(Array.from({ length: n }, (_, i) => i + 1))?.interval ?? null;
  // Conover's table A3 for p = ½: P(Bin ≤ 1) = 0.0107 for 10, P(Bin ≤ 5) = 0.0207 for 20, P(Bin = 0) = 0.0156 for 6.
  assert.equal(upTo(10), { low: 2, high: 9 });
  assert.equal(upTo(20), { low: 6, high: 15 });
  assert.equal(upTo(6), { low: 1, high: 6 });
  assert.is(upTo(5), null);
  assert.is(ratioOfNumbers([]), null);
});

test('a verdict needs an interval that lies on one side of the bound', () => {
  const between = (low: number, high: number) => ({
    median: 1,
    min: low,
    max: high,
    interval: { low, high },
    rounds: 10,
  });
  assert.equal(
    [between(1.1, 1.2), between(0.9, 1.2), between(0.8, 0.9)].map((ratio) => verdictOf('least', 1, ratio)),
    [true, null, false],
  );
  assert.equal(
    [between(1.1, 1.2), between(0.9, 1.2), between(0.8, 0.9)].map((ratio) => verdictOf('most', 1, ratio)),
    [false, null, true],
  );
  assert.equal(
    [between(1.1, 1.2), between(0.9, 1.2), between(0.8, 0.9)].map((ratio) => verdictOf('holds', 1, ratio)),
    [true, true, false],
  );
  assert.is(verdictOf('least', 1, { median: 2, min: 2, max: 2, interval: null, rounds: 3 }), null);
});

test('demands on made-up rounds: met, not met, not decidable', () => {
  const name = 'cache/randread-4k/psync/1';
  const garbage = 'no garbage collected in the measured window';
  const ratios = (iops: boolean | null) => ({
    'IOPS to fio defaults': iops,
    'CPU/op to fio defaults': true,
    'p99.9 to fio defaults': true,
    [garbage]: true,
  });
  assert.equal(verdictsOf(name, roundsOf(1.2, 0.02)), ratios(true));
  assert.equal(verdictsOf(name, roundsOf(0.9, 0.02)), ratios(false));
  assert.equal(verdictsOf(name, roundsOf(1.06, 0.1)), ratios(null));
  assert.is(verdictsOf(name, roundsOf(1.2, 0.02, { collections: 1 }))[garbage], false);
  assert.is(verdictsOf(name, roundsOf(1.2, 0.02, { p999Ns: 1.3 }))['p99.9 to fio defaults'], false);
  assert.equal(verdictsOf('shm/randread-4k/io_uring-8/1', roundsOf(0.5, 0)), { [garbage]: true });
  assert.is(verdictsOf('direct/randread-4k/psync/2', roundsOf(1, 0.1))['IOPS to fio defaults'], true);
});

test('bytes that did not arrive are a demand that is not met', () => {
  const name = 'cache/write-1m-fsync/psync/1';
  const rounds = roundsOf(1.2, 0.02);
  const [first] = rounds as [Round];
  const lost: Round = { ...first, sides: { ...first.sides, feedrate: null }, discarded: ['feedrate wrote nothing'] };
  const arrived = 'what was written reached the device';
  assert.is(verdictsOf(name, rounds)[arrived], true);
  assert.is(verdictsOf(name, [lost, ...rounds.slice(1)])[arrived], false);
  const table = markdownOf([{ cell: cellNamed(name), rounds: [lost, ...rounds.slice(1)] }], []);
  assert.match(table, `${name}, round 1: feedrate wrote nothing`);
  assert.match(table, /reached the device \(9 of 10 rounds\) \| – \| \*\*NOT MET\*\*/);
});

test('what must reach the device is what was written, but a cached block only once', () => {
  const least = (name: string, bytes: number) => leastDeviceBytes(cellNamed(name), SETTING, bytes) / MIB;
  assert.is(least('direct/write-1m-fsync/psync/1', 100 * MIB), 99);
  assert.is(least('cache/write-1m-fsync/psync/1', 16 * MIB), 0.99 * 16);
  assert.is(least('cache/write-1m-refill/psync/1', 100 * MIB), 0.99 * 4);
  const touched = least('cache/randwrite-4k/psync/1', 4 * MIB) / 0.99;
  assert.ok(Math.abs(touched - 4 * (1 - 1 / Math.E)) < 1e-9);
  assert.is(least('cache/write-1m-refill/psync/2', 100 * MIB), 0.99 * 2);
});

test('fio is never given what makes it lie', () => {
  for (const cell of CELLS) {
    const words = fioArguments(cell, SETTING, tuningOf(cell) ?? {}).join(' ');
    assert.ok(!(/end_fsync=1/.test(words) && /fixedbufs/.test(words) && /iodepth_batch/.test(words)), cell.name);
    assert.match(words, /--invalidate=0 .*--norandommap=1 --randrepeat=0 --lat_percentiles=1/);
    assert.is(/--runtime=100ms --time_based=1/.test(words), isTimed(cell), cell.name);
    if (cell.medium === 'direct') assert.match(words, /--direct=1/);
  }
});

test('writers have parts of their own, readers share', () => {
  const startsOf = (name: string) => extentsOf(cellNamed(name), SETTING).flat();
  assert.equal(startsOf('direct/randwrite-4k/psync/2'), [
    { file: 0, startBytes: 0, lengthBytes: 8 * MIB },
    { file: 0, startBytes: 8 * MIB, lengthBytes: 8 * MIB },
  ]);
  assert.equal(
    startsOf('direct/randread-4k/psync/2').map(({ startBytes }) => startBytes),
    [0, 0],
  );
});

test('results that were kept are taken up, those of another benchmark are not', () =>
  withTemporaryDirectory((directory) => {
    const path = join(directory, 'results.json');
    const basis = { seconds: 1, fileBytes: 1, fioVersion: 'fio-3', node: 'v20', kernel: '6' };
    const cell = cellNamed('cache/randread-4k/psync/1');
    const rounds = roundsOf(1, 0);
    writeWhole(path, JSON.stringify({ basis, results: [{ cell, rounds }] }));
    assert.equal(readKept(path, basis).get(cell.name), rounds);
    assert.throws(() => readKept(path, { ...basis, kernel: '7' }), /its kernel is 6, here it is 7/);
    writeWhole(path, '{}');
    assert.throws(() => readKept(path, basis), /expected results that --json has written/);
  }));

test('arguments that cannot be used are told in one line', () => {
  for (const args of [['--cell', 'none'], ['--rounds', '1.5'], ['--runtime', '0'], ['--medium', 'disk'], ['--fast']]) {
    assert.throws(
      () => readOptions(args),
      (error: Error) => error instanceof UsageError && !error.message.includes('\n'),
    );
  }
  assert.is(readOptions(['--size', '0.5']).fileBytes, 2 ** 29);
});

/** That the side did what the cell says, in the time that it says. */
function checkSide(cell: Cell, side: string, found: Measures | null): void {
  const at = `${cell.name}, ${side}`;
  if (found === null) throw new Error(`${at}: not run`);
  const ops = found.bytes / cell.blockBytes;
  assert.ok(Number.isInteger(ops) && ops > 0 && found.iops > 0, `${at}: ${found.bytes} bytes, ${found.iops} IOPS`);
  const elapsedSeconds = ops / found.iops;
  if (isTimed(cell)) assert.ok(elapsedSeconds > 0.9 * SETTING.seconds, `${at}: ended after ${elapsedSeconds} s`);
  else assert.is(found.bytes, SETTING.fileBytes, at);
  const { p50Ns, p99Ns, p999Ns } = found;
  if (side === 'bare') return;
  if (p50Ns === null || p99Ns === null || p999Ns === null) throw new Error(`${at}: no latencies`);
  assert.ok(p50Ns > 0 && p50Ns <= p99Ns && p99Ns <= p999Ns, `${at}: p50 ${p50Ns}, p99 ${p99Ns}, p99.9 ${p999Ns}`);
}

/** Where the bare loop is compiled, once for all cells. */
const programs = mkdtempSync(join(tmpdir(), 'feedrate-bench-'));
let compiled: ReturnType<typeof compileBareLoop> | undefined;

function bareLoop(): ReturnType<typeof compileBareLoop> {
  compiled ??= compileBareLoop(programs, () => {});
  return compiled;
}

test.after(() => rmSync(programs, { recursive: true }));

const SHORT_FORM = [
  'cache/randread-4k/psync/1',
  'cache/write-1m-fsync/psync/2',
  'shm/read-1m/psync/1',
  'cache/randread-4k/fs/1',
  'cache/randread-128k/mmap/1',
  'shm/randread-4k/io_uring-8/2',
  'cache/write-128k-refill/psync/1',
];

for (const name of SHORT_FORM) {
  test(`all sides run ${name}`, async () => {
    needTool('fio');
    const cell = cellNamed(name);
    const refusal = cell.engine === 'io_uring' ? uringRefusal() : null;
    if (refusal !== null) skipTest(refusal);
    await withTemporaryDirectory(async (directory) => {
      const bench: Bench = { bareLoop: await bareLoop(), say: () => {} };
      const [file] = await layOut(directory, [{ path: 'file', bytes: SETTING.fileBytes, contentSeed: 1 }]);
      const { sides, discarded } = await runRound(cell, { ...SETTING, path: file?.path ?? '' }, bench);
      assert.equal(discarded, []);
      checkSide(cell, 'feedrate', sides.feedrate);
      assert.type(sides.feedrate?.collections, 'number');
      checkSide(cell, 'defaults', sides.defaults);
      if (tuningOf(cell) === null) assert.is(sides.tuned, null);
      else checkSide(cell, 'tuned', sides.tuned);
      if (bench.bareLoop !== null) checkSide(cell, 'bare', sides.bare);
    });
  });
}

test.run();
