/**
 * feedrate's engine against fio and a bare C loop: the same file, the same load, in rounds whose order rotates.
 *
 *   npm run bench:fio -- [--rounds 10] [--runtime 0.4] [--cell 'cache/randread-4k/*']… [--size GIB] [-t DIR]
 *                        [--list] [--json] [--out FILE] [--strict]
 *
 * Prints a Markdown table and keeps it in `--out` after every round, so that a stopped benchmark has lost nothing.
 * Exits 1 with `--strict` when a demand is not met.
 */
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readEvidence, warm } from '../../src/host/page-cache.js';
import type { DataFile } from '../../src/plan/plan.js';
import { layOut } from '../support/engine.js';
import { compileBareLoop, runBareLoop } from './bare-run.js';
import { CELLS, type Cell, isTimed, type Measures, type Medium, type Setting } from './cell.js';
import { type CellResult, demandsOf, type Round, SIDES, type Side } from './demands.js';
import { deviceBytesWritten } from './device-bytes.js';
import { runEngineProcess } from './engine-run.js';
import { ensureFio, runFio } from './fio-run.js';
import { markdownOf } from './table.js';

const ATTEMPTS = 3;
/** Other writers and journals only add: less than this share of what was written means that it did not arrive. */
const ARRIVED_SHARE = 0.99;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    runtime: { type: 'string', default: '0.4' },
    cell: { type: 'string', multiple: true, default: ['*'] },
    size: { type: 'string', default: '0.5' },
    target: { type: 'string', short: 't', default: tmpdir() },
    out: { type: 'string' },
    list: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
  },
});

const say = (line: string) => process.stderr.write(`${line}\n`);

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${option} ${text}: expected a number above 0`);
  return value;
}

function chosenCells(globs: readonly string[]): readonly Cell[] {
  const patterns = globs.map(
    (glob) => new RegExp(`^${glob.replace(/[.+?^$()[\]{}|\\]/g, '\\$&').replace(/\*/g, '.*')}$`),
  );
  const cells = CELLS.filter(({ name }) => patterns.some((pattern) => pattern.test(name)));
  if (cells.length === 0) throw new Error(`--cell ${globs.join(' ')}: no such cell; --list prints them`);
  return cells;
}

/** Dirty pages of one side must not be written back in another's time. */
function flush(path: string): void {
  const fd = openSync(path, 'r+');
  fsyncSync(fd);
  closeSync(fd);
}

function runSide(side: Side, cell: Cell, setting: Setting, bareLoop: string | null): Measures | null {
  switch (side) {
    case 'feedrate':
      return runEngineProcess(cell, setting);
    case 'defaults':
      return runFio(cell, setting, 'defaults');
    case 'tuned':
      return cell.engine === 'io_uring' ? runFio(cell, setting, 'tuned') : null;
    case 'bare':
      return runBareLoop(bareLoop, cell, setting);
  }
}

/** A side's run, or null when what it wrote has not reached the device. */
function runFlushed(side: Side, cell: Cell, setting: Setting, bareLoop: string | null): Measures | null {
  flush(setting.path);
  const before = deviceBytesWritten(setting.path);
  const measures = runSide(side, cell, setting, bareLoop);
  if (measures === null || !cell.rw.endsWith('write') || before === null) return measures;
  if (!cell.endFsync) flush(setting.path);
  const arrivedBytes = (deviceBytesWritten(setting.path) ?? 0) - before;
  // A buffered block that is written twice before the flush reaches the device once.
  const expectedBytes = isTimed(cell) ? measures.bytes : Math.min(measures.bytes, setting.bytes);
  if (arrivedBytes >= ARRIVED_SHARE * expectedBytes) return measures;
  say(`${cell.name}: ${side} says ${expectedBytes} bytes, ${arrivedBytes} reached the device: not counted`);
  return null;
}

/** All sides once. Null when the page cache lost the file meanwhile: then they were not given the same. */
function runOnce(cell: Cell, setting: Setting, order: readonly Side[], bareLoop: string | null): Round | null {
  if (cell.medium === 'cache') warm([setting.path]);
  const measured = new Map(order.map((side) => [side, runFlushed(side, cell, setting, bareLoop)]));
  const { residentBytesBefore: resident } = readEvidence([setting.path]);
  if (cell.medium === 'cache' && resident !== null && resident < setting.bytes) return null;
  return Object.fromEntries(SIDES.map((side) => [side, measured.get(side) ?? null])) as Round;
}

function runRound(cell: Cell, setting: Setting, bareLoop: string | null): Round {
  const first = setting.seed % SIDES.length;
  const order = [...SIDES.slice(first), ...SIDES.slice(0, first)];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const round = runOnce(cell, setting, order, bareLoop);
    if (round !== null) return round;
    say(`${cell.name}: the page cache lost the file; the round is repeated`);
  }
  throw new Error(`the page cache does not keep ${setting.path}: choose a smaller --size`);
}

function headingOf(fioVersion: string): string[] {
  const [cpu] = cpus();
  return [
    `# feedrate against fio, ${new Date().toISOString().slice(0, 10)}`,
    '',
    `${availableParallelism()} × ${cpu?.model}, Linux ${release()}, node ${process.versions.node}, ${fioVersion}.`,
    `\`npm run bench:fio -- ${process.argv.slice(2).join(' ')}\``,
    '',
    'Ratios are feedrate / the other side: the median of the rounds’ ratios, with its 95 % interval.',
  ];
}

/** Rounds outside and cells inside, so that drift of the machine meets all cells. */
function runRounds(cells: readonly Cell[], settings: ReadonlyMap<Medium, Omit<Setting, 'seed'>>): CellResult[] {
  const rounds = positive('rounds', values.rounds);
  const results = cells.map((cell) => ({ cell, rounds: [] as Round[] }));
  const startMs = performance.now();
  let done = 0;
  for (let round = 1; round <= rounds; round++) {
    for (const { cell, rounds: kept } of results) {
      kept.push(runRound(cell, { ...(settings.get(cell.medium) as Setting), seed: round }, bareLoop));
      done++;
    }
    const leftMinutes = ((performance.now() - startMs) / done / 60e3) * (rounds * cells.length - done);
    say(`round ${round} of ${rounds}, about ${leftMinutes.toFixed(1)} minutes left`);
    if (values.out !== undefined) writeFileSync(values.out, markdownOf(results, heading));
  }
  return results;
}

const cells = chosenCells(values.cell);
if (values.list) {
  for (const { name } of cells) console.log(name);
  process.exit(0);
}
const bytes = Math.round(positive('size', values.size) * 2 ** 30);
const seconds = positive('runtime', values.runtime);
const fioVersion = ensureFio(say);
const heading = headingOf(fioVersion);
const onDisk = mkdtempSync(join(values.target, 'feedrate-bench-'));
const inMemory = mkdtempSync('/dev/shm/feedrate-bench-');
const bareLoop = compileBareLoop(onDisk, say);
try {
  const places: readonly [Medium, string][] = [
    ['cache', onDisk],
    ['direct', onDisk],
    ['shm', inMemory],
  ];
  const settings = new Map<Medium, Omit<Setting, 'seed'>>();
  for (const [medium, directory] of places) {
    if (!cells.some((cell) => cell.medium === medium)) continue;
    const file: DataFile = { path: medium, bytes, contentSeed: 20_261 };
    const [{ path }] = (await layOut(directory, [file])) as [DataFile];
    settings.set(medium, { ...file, path, seconds });
  }
  const results = runRounds(cells, settings);
  const demands = demandsOf(results);
  if (values.json) console.log(JSON.stringify({ heading, results, demands }));
  else console.log(markdownOf(results, heading));
  if (values.strict && demands.some(({ met }) => met === false)) process.exitCode = 1;
} finally {
  for (const directory of [onDisk, inMemory]) rmSync(directory, { recursive: true, force: true });
}
