/**
 * feedrate's engine against fio: the same file, the same load, in pairs whose order alternates.
 *
 *   node dist/test/bench/fio.js [--rounds 10] [--runtime 1] [--cell NAME]… [--size GIB] [-t DIR] [--json] [--strict]
 *
 * Prints the medians of both sides and the median and range of the rounds' ratios. Exits 1 with `--strict` when a
 * demand is not met.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { warm } from '../../src/host/page-cache.js';
import { residentBytes } from '../../src/host/residency.js';
import type { DataFile } from '../../src/plan/plan.js';
import { layOut } from '../support/engine.js';
import { CELLS, type Cell, type Setting } from './cell.js';
import { type CellResult, demandsOf, type Pair, tableOf } from './comparison.js';
import { runEngineProcess } from './engine-run.js';
import { ensureFio, runFio } from './fio-run.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    runtime: { type: 'string', default: '1' },
    cell: { type: 'string', multiple: true },
    size: { type: 'string', default: '1' },
    target: { type: 'string', short: 't', default: tmpdir() },
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

function chosenCells(names: readonly string[] | undefined): readonly Cell[] {
  if (names === undefined) return CELLS;
  return names.map((name) => {
    const cell = CELLS.find((one) => one.name === name);
    if (cell === undefined)
      throw new Error(`--cell ${name}: expected one of ${CELLS.map((one) => one.name).join(', ')}`);
    return cell;
  });
}

/** Both sides once. Null when the page cache lost the file meanwhile: then they were not given the same. */
function runPair(cell: Cell, setting: Setting, fioFirst: boolean): Pair | null {
  warm([setting.path]);
  const early = fioFirst ? runFio(cell, setting) : null;
  const feedrate = runEngineProcess(cell, setting);
  const fio = early ?? runFio(cell, setting);
  const resident = residentBytes([setting.path]);
  return resident !== null && resident.bytes < setting.bytes ? null : { feedrate, fio };
}

/** A pair that counts; throws when the page cache does not keep the file. */
function runPairCached(cell: Cell, setting: Setting, fioFirst: boolean): Pair {
  for (let attempt = 0; attempt < 3; attempt++) {
    const pair = runPair(cell, setting, fioFirst);
    if (pair !== null) return pair;
    say(`${cell.name}: the page cache lost the file; the pair is repeated`);
  }
  throw new Error(`the page cache does not keep ${setting.path}: choose a smaller --size`);
}

/** Rounds outside and cells inside, so that drift of the machine meets all cells. */
function runRounds(cells: readonly Cell[], rounds: number, setting: Omit<Setting, 'seed'>): CellResult[] {
  const results = cells.map((cell) => ({ cell: cell.name, pairs: [] as Pair[] }));
  for (let round = 1; round <= rounds; round++) {
    say(`round ${round} of ${rounds}`);
    cells.forEach((cell, i) => {
      results[i]?.pairs.push(runPairCached(cell, { ...setting, seed: round }, round % 2 === 0));
    });
  }
  return results;
}

const VERDICTS = { true: 'met', false: 'NOT MET', null: 'not decidable in this noise' } as const;

function report(results: readonly CellResult[], fioVersion: string): void {
  const demands = demandsOf(results);
  if (values.json) console.log(JSON.stringify({ fioVersion, node: process.version, ...values, results, demands }));
  else {
    console.log(`${tableOf(results)}\n\nratio: feedrate / ${fioVersion}, median of ${values.rounds} rounds and range`);
    for (const { text, met } of demands) console.log(`${VERDICTS[`${met}`]}: ${text}`);
  }
  if (values.strict && demands.some(({ met }) => met === false)) process.exitCode = 1;
}

const cells = chosenCells(values.cell);
const rounds = positive('rounds', values.rounds);
const seconds = positive('runtime', values.runtime);
const file: DataFile = {
  path: 'file',
  bytes: Math.round(positive('size', values.size) * 2 ** 30),
  contentSeed: 20_261,
};
const fioVersion = ensureFio(say);
const directory = mkdtempSync(join(values.target, 'feedrate-bench-'));
try {
  say(`laying out ${values.size} GiB in ${directory}`);
  const [{ path }] = (await layOut(directory, [file])) as [DataFile];
  report(runRounds(cells, rounds, { ...file, path, seconds }), fioVersion);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
