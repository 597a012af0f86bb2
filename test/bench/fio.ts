/**
 * feedrate's engine against fio and a bare C loop: the same file, the same load, in rounds whose order rotates.
 *
 *   npm run bench:fio -- [--cell 'cache/randread-4k/*']… [--medium cache|shm|direct]… [--quick] [--list]
 *                        [--rounds 10] [--runtime 0.3] [--size GIB] [-t DIR]
 *                        [--out FILE] [--json FILE|-] [--resume FILE] [--strict]
 *
 * Prints a Markdown table, or with `--json -` the results. `--out` and `--json FILE` are written after every round;
 * `--resume FILE` goes on from there. Exits 1 with `--strict` when a demand is not met, 2 on bad arguments, 130 when
 * it was interrupted.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { uringRefusal } from '../../src/engine/uring/availability.js';
import type { DataFile } from '../../src/plan/plan.js';
import { layOut } from '../support/engine.js';
import { compileBareLoop } from './bare-run.js';
import type { Cell, Medium, Setting } from './cell.js';
import { type CellResult, demandsOf } from './demands.js';
import { ensureFio } from './fio-run.js';
import { headingOf } from './heading.js';
import type { Round } from './measures.js';
import { type Options, readOptions, UsageError } from './options.js';
import { type Basis, readKept, resultsFor, writeWhole } from './results-file.js';
import { type Bench, runRound } from './sides.js';
import { markdownOf } from './table.js';

const CONTENT_SEED = 20_261;
const PROGRESS_MS = 10_000;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Lays out a file for each medium that the cells need. */
async function layOutMedia(
  { cells, fileBytes, seconds }: Options,
  directories: Readonly<Record<Medium, string>>,
): Promise<Map<Medium, Omit<Setting, 'seed'>>> {
  const settings = new Map<Medium, Omit<Setting, 'seed'>>();
  for (const medium of new Set(cells.map((cell) => cell.medium))) {
    const file: DataFile = { path: medium, bytes: fileBytes, contentSeed: CONTENT_SEED };
    const [{ path }] = (await layOut(directories[medium], [file])) as [DataFile];
    settings.set(medium, { path, fileBytes, contentSeed: CONTENT_SEED, seconds });
  }
  return settings;
}

/** Rounds outside and cells inside, so that drift of the machine meets all cells. `keep` is called after each round. */
async function runRounds(
  results: readonly { readonly cell: Cell; readonly rounds: Round[] }[],
  rounds: number,
  settings: ReadonlyMap<Medium, Omit<Setting, 'seed'>>,
  bench: Bench,
  keep: () => void,
): Promise<void> {
  const startMs = performance.now();
  const total = results.reduce((sum, result) => sum + Math.max(0, rounds - result.rounds.length), 0);
  let done = 0;
  let toldMs = startMs;
  for (let round = 1; round <= rounds; round++) {
    for (const { cell, rounds: kept } of results) {
      if (kept.some((one) => one.round === round)) continue;
      kept.push(await runRound(cell, { ...(settings.get(cell.medium) as Setting), seed: round }, bench));
      done++;
      const nowMs = performance.now();
      if (nowMs - toldMs < PROGRESS_MS) continue;
      toldMs = nowMs;
      const leftMinutes = ((nowMs - startMs) / done / 60e3) * (total - done);
      bench.say(`round ${round} of ${rounds}, ${cell.name}, about ${leftMinutes.toFixed(1)} minutes left`);
    }
    keep();
  }
}

/** Cells that this machine can run; says which it leaves out. */
function possible(cells: readonly Cell[]): readonly Cell[] {
  const refusal = uringRefusal();
  if (refusal === null) return cells;
  say(`cells of io_uring are left out: ${refusal}`);
  return cells.filter(({ engine }) => engine !== 'io_uring');
}

function report(options: Options, results: readonly CellResult[], basis: Basis, heading: readonly string[]): void {
  const { json, out } = options;
  if (out !== null) writeWhole(out, markdownOf(results, heading));
  if (json !== null && json !== '-')
    writeWhole(json, JSON.stringify({ heading, basis, results, demands: demandsOf(results) }));
}

async function main(options: Options, signal: AbortSignal): Promise<void> {
  const fioVersion = ensureFio();
  const { seconds, fileBytes, target } = options;
  const basis: Basis = { seconds, fileBytes, fioVersion, node: process.version, kernel: release() };
  const kept = options.resume === null ? new Map<string, Round[]>() : readKept(options.resume, basis);
  const results = resultsFor(possible(options.cells), kept);
  const onDisk = mkdtempSync(join(target, 'feedrate-bench-'));
  const inMemory = mkdtempSync('/dev/shm/feedrate-bench-');
  try {
    const bareLoop = await compileBareLoop(onDisk, say);
    const compiler = bareLoop?.compiler ?? null;
    const heading = headingOf({ target, args: process.argv.slice(2), fioVersion, compiler, seconds, fileBytes });
    const settings = await layOutMedia(options, { cache: onDisk, direct: onDisk, shm: inMemory });
    const keep = () => report(options, results, basis, heading);
    try {
      await runRounds(results, options.rounds, settings, { bareLoop, signal, say }, keep);
    } finally {
      keep();
    }
    const demands = demandsOf(results);
    if (options.json === '-') console.log(JSON.stringify({ heading, basis, results, demands }));
    else console.log(markdownOf(results, heading));
    if (options.strict && demands.some(({ met }) => met === false)) process.exitCode = 1;
  } finally {
    for (const directory of [onDisk, inMemory]) rmSync(directory, { recursive: true, force: true });
  }
}

const abort = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => abort.abort());
try {
  const options = readOptions(process.argv.slice(2));
  if (options.list) for (const { name } of options.cells) console.log(name);
  else await main(options, abort.signal);
} catch (error) {
  say(abort.signal.aborted ? 'interrupted' : `bench:fio: ${(error as Error).message}`);
  process.exitCode = abort.signal.aborted ? 130 : error instanceof UsageError ? 2 : 1;
}
