/**
 * Latencies that are known beforehand: a disk whose parts are slow by set times, read by feedrate and by fio.
 *
 *   node dist/test/bench/latency-truth.js [--delays 20,50,100] [--rounds 3] [--json] [--out FILE]
 *
 * A file of 1000 blocks is read once, in random order, O_DIRECT. Reads of 900 of its blocks take the first delay (ms),
 * of 98 the second, of 2 the third, so that p50, p99 and p99.9 each lie in a part of their own. The truth is how long the
 * reads were in the delayed disk by the kernel's own histogram (statistics of the device mapper, bins of 1 %). It holds
 * the delays as they came about: kernels wait by their ticks, so that they are longer than what was asked for.
 *
 * The median of the rounds' ratios counts. Exits 1 when one is more than 2 % off the truth or off fio's `lat`, or a
 * block was not read exactly once; where fio is as far off the truth, the machine is too noisy to tell. Needs root and
 * dm-delay, and says so.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from 'simple-statistics';
import { WorkerPool } from '../../src/engine/pool.js';
import { uringRefusal } from '../../src/engine/uring/availability.js';
import { quantileNs } from '../../src/histogram/histogram.js';
import { decodeHistogram } from '../../src/histogram/sparse-counts.js';
import type { DataFile } from '../../src/plan/plan.js';
import { layOut, runEngineWell } from '../support/engine.js';
import { blocks, ioJob } from '../support/jobs.js';
import { DelayedDisk, delayRefusal, type KernelTimes, kernelQuantileNs, type SlowPart } from './delayed-disk.js';
import { ensureFio } from './fio-run.js';
import { writeWhole } from './results-file.js';

const BLOCK_BYTES = 4096;
/** The quantile that lies in each part, and how many blocks the part has. */
const PARTS = [
  { quantile: 0.5, blocks: 900 },
  { quantile: 0.99, blocks: 98 },
  { quantile: 0.999, blocks: 2 },
] as const;
const TOTAL_BLOCKS = PARTS.reduce((sum, part) => sum + part.blocks, 0);
const TOLERANCE = 0.02;

interface Cell {
  readonly engine: 'psync' | 'io_uring';
  readonly iodepth: number;
}
const CELLS: readonly Cell[] = [
  { engine: 'psync', iodepth: 1 },
  { engine: 'io_uring', iodepth: 1 },
  { engine: 'io_uring', iodepth: 8 },
];

interface Side {
  readonly quantilesNs: readonly number[];
  readonly truth: KernelTimes;
}

interface Round {
  readonly feedrate: Side;
  readonly fio: Side;
}

interface Outcome {
  readonly cell: Cell;
  readonly rounds: readonly Round[];
}

const { values } = parseArgs({
  options: {
    delays: { type: 'string', default: '20,50,100' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});

function slowParts(): SlowPart[] {
  const delays = values.delays.split(',').map(Number);
  if (delays.length !== PARTS.length || !delays.every((delay) => Number.isInteger(delay) && delay > 0))
    throw new Error(`--delays ${values.delays}: expected ${PARTS.length} whole numbers of milliseconds`);
  let startBytes = 0;
  return PARTS.map((part, i) => {
    const slow = { startBytes, lengthBytes: part.blocks * BLOCK_BYTES, delayMs: delays[i] as number };
    startBytes += slow.lengthBytes;
    return slow;
  });
}

async function runFeedrate({ engine, iodepth }: Cell, file: DataFile): Promise<number[]> {
  const pool = new WorkerPool(1);
  try {
    const job = ioJob({ ioengine: engine, iodepth, bs: blocks(BLOCK_BYTES), direct: true });
    const { latency } = await runEngineWell(pool, job, { files: [file] });
    return PARTS.map(({ quantile }) => quantileNs(decodeHistogram(latency.read ?? []), quantile));
  } finally {
    await pool.close();
  }
}

interface FioOutput {
  readonly jobs: readonly [{ readonly read: { readonly lat_ns: { readonly percentile: Record<string, number> } } }];
}

function runFio({ engine, iodepth }: Cell, file: DataFile): number[] {
  const options = {
    name: 'truth',
    filename: file.path,
    size: file.bytes,
    rw: 'randread',
    bs: BLOCK_BYTES,
    direct: 1,
    ioengine: engine,
    iodepth,
    randrepeat: 0,
    lat_percentiles: 1,
    percentile_list: PARTS.map(({ quantile }) => quantile * 100).join(':'),
  };
  const args = ['--output-format=json', ...Object.entries(options).map(([name, value]) => `--${name}=${value}`)];
  const { status, stdout, stderr, error } = spawnSync('fio', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`fio failed: ${error?.message ?? stderr.trim()}`);
  const [{ read }] = (JSON.parse(stdout.slice(stdout.indexOf('{'))) as FioOutput).jobs;
  return PARTS.map(({ quantile }) => read.lat_ns.percentile[(quantile * 100).toFixed(6)] ?? Number.NaN);
}

/** Both sides in every cell, each with what the kernel says of its reads. Rounds outside, so that drift meets all cells. */
async function measure(
  file: DataFile,
  kernelTimes: () => KernelTimes,
  cells: readonly Cell[],
  rounds: number,
): Promise<Outcome[]> {
  const outcomes = cells.map((cell) => ({ cell, rounds: [] as Round[] }));
  for (let round = 1; round <= rounds; round++) {
    for (const outcome of outcomes) {
      const { cell } = outcome;
      process.stderr.write(`round ${round} of ${rounds}: ${cell.engine}, iodepth ${cell.iodepth}\n`);
      kernelTimes();
      const feedrate = { quantilesNs: await runFeedrate(cell, file), truth: kernelTimes() };
      const fio = { quantilesNs: runFio(cell, file), truth: kernelTimes() };
      outcome.rounds.push({ feedrate, fio });
    }
  }
  return outcomes;
}

/** One side's quantile beside its truth: medians of the rounds. */
interface Column {
  readonly ns: number;
  readonly truthNs: number;
  readonly ratio: number;
}

function columnOf(sides: readonly Side[], part: number): Column {
  const { quantile } = PARTS[part] as (typeof PARTS)[number];
  const pairs = sides.map(({ quantilesNs, truth }) => {
    return { ns: quantilesNs[part] as number, truthNs: kernelQuantileNs(truth, quantile) };
  });
  return {
    ns: median(pairs.map(({ ns }) => ns)),
    truthNs: median(pairs.map(({ truthNs }) => truthNs)),
    ratio: median(pairs.map(({ ns, truthNs }) => ns / truthNs)),
  };
}

const isClose = (ratio: number): boolean => Math.abs(ratio - 1) <= TOLERANCE;

/** Null where fio, which is trusted, is not near the truth itself. */
function verdictOf(own: Column, fio: Column): boolean | null {
  // Where what the disk did to the two sides differs, so may they.
  if (isClose(own.ratio) && isClose(own.ratio / fio.ratio)) return true;
  return isClose(fio.ratio) ? false : null;
}

const VERDICTS = { true: 'met', false: 'NOT MET', null: 'too noisy' } as const;
const milliseconds = (ns: number): string => (ns / 1e6).toFixed(3).padStart(9);
const HEAD =
  'cell                 quantile   delay     truth  feedrate  of truth     truth       fio  of truth   of fio';

function rowOf(cell: Cell, part: number, own: Column, fio: Column, verdict: boolean | null): string {
  const quantile = `p${(PARTS[part]?.quantile ?? 0) * 100}`;
  const sides = [own, fio].map(({ ns, truthNs, ratio }) => {
    return `${milliseconds(truthNs)} ${milliseconds(ns)} ${ratio.toFixed(3).padStart(9)}`;
  });
  const name = `${cell.engine}, iodepth ${cell.iodepth}`.padEnd(21);
  const delay = `${values.delays.split(',')[part]} ms`.padStart(9);
  const ofFio = (own.ratio / fio.ratio).toFixed(3).padStart(8);
  return `${name}${quantile.padEnd(6)} ${delay} ${sides.join(' ')} ${ofFio}  ${VERDICTS[`${verdict}`]}`;
}

/** A line for each quantile. False when one of them is wrong. */
function report(outcomes: readonly Outcome[], print: (line: string) => void): boolean {
  let isTrue = true;
  print(HEAD);
  for (const { cell, rounds } of outcomes) {
    PARTS.forEach(({ blocks: expected }, part) => {
      const own = columnOf(
        rounds.map(({ feedrate }) => feedrate),
        part,
      );
      const fio = columnOf(
        rounds.map((round) => round.fio),
        part,
      );
      const verdict = verdictOf(own, fio);
      print(rowOf(cell, part, own, fio, verdict));
      const wrong = rounds.map(({ feedrate }) => feedrate.truth.reads[part]).filter((reads) => reads !== expected);
      if (wrong.length > 0) print(`  NOT MET: ${wrong.join(', ')} blocks of this part were read, not ${expected}`);
      isTrue &&= verdict !== false && wrong.length === 0;
    });
  }
  return isTrue;
}

/** The table for people, with what they must know of it. */
function pageOf(lines: readonly string[], fioVersion: string): string {
  const command = `npm run bench:latency -- --delays ${values.delays} --rounds ${values.rounds}`;
  return `${[
    `# Latencies against the truth, ${new Date().toISOString().slice(0, 10)}`,
    '',
    `\`${command}\`; Linux ${release()}, node ${process.versions.node}, ${fioVersion}.`,
    '',
    'A disk whose parts are slow by set times is read by feedrate and by fio. *truth*: how long the reads of each side were',
    `in the disk by the kernel's own histogram, ms. Demanded: p50, p99 and p99.9 within ${TOLERANCE * 100} % of it and of fio's \`lat\`.`,
    'Medians of the rounds.',
    '',
    '```',
    ...lines,
    '```',
    '',
  ].join('\n')}`;
}

/** False when the latencies were not those that they had to be. */
async function main(): Promise<boolean> {
  const parts = slowParts();
  const rounds = Number(values.rounds);
  if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error(`--rounds ${values.rounds}: expected 1 or more`);
  const refusal = delayRefusal();
  if (refusal !== null) throw new Error(`latencies cannot be held against a truth on this machine: ${refusal}`);
  const fioVersion = ensureFio();
  const noRing = uringRefusal();
  if (noRing !== null) process.stderr.write(`io_uring is left out: ${noRing}\n`);
  const cells = CELLS.filter(({ engine }) => engine === 'psync' || noRing === null);
  const directory = mkdtempSync(join(tmpdir(), 'feedrate-bench-'));
  const disk = new DelayedDisk(directory);
  const removeAll = () => {
    disk.remove();
    rmSync(directory, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      removeAll();
      process.exit(130);
    });
  }
  try {
    disk.create();
    const wanted: DataFile = { path: 'file', bytes: TOTAL_BLOCKS * BLOCK_BYTES, contentSeed: 1, fallocate: 'none' };
    const [file] = (await layOut(disk.mountPoint, [wanted])) as [DataFile];
    const outcomes = await measure(file, disk.slowDown(file.path, parts), cells, rounds);
    if (values.json)
      console.log(JSON.stringify({ fioVersion, node: process.version, delays: values.delays, outcomes }));
    const lines: string[] = [];
    const isTrue = report(outcomes, (line) => lines.push(line));
    if (!values.json) console.log(lines.join('\n'));
    if (values.out !== undefined) writeWhole(values.out, pageOf(lines, fioVersion));
    return isTrue;
  } finally {
    removeAll();
  }
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (thrown) {
  process.stderr.write(`NOT RUN: ${(thrown as Error).message}\n`);
  process.exitCode = 1;
}
