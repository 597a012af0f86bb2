/** The results of `bench:fio` on disk: kept after every round, so that a stopped benchmark has lost nothing. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Cell } from './cell.js';
import type { CellResult } from './demands.js';
import type { Round } from './measures.js';
import { UsageError } from './options.js';

/** What must be the same for rounds to be of one benchmark. */
export interface Basis {
  readonly seconds: number;
  readonly fileBytes: number;
  readonly fioVersion: string;
  readonly node: string;
  readonly kernel: string;
}

/** As a whole or not at all. */
export function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.part`, text);
  renameSync(`${path}.part`, path);
}

interface Kept {
  readonly basis: Basis;
  readonly results: readonly CellResult[];
}

/** Rounds by cell name that a file holds. Throws `UsageError` when it is none of these, or of another benchmark. */
export function readKept(path: string, basis: Basis): Map<string, Round[]> {
  let kept: Kept;
  try {
    kept = JSON.parse(readFileSync(path, 'utf8')) as Kept;
    if (!Array.isArray(kept.results)) throw new Error('it holds no results');
  } catch (thrown) {
    throw new UsageError(`--resume ${path}: expected results that --json has written: ${(thrown as Error).message}`);
  }
  for (const key of Object.keys(basis) as (keyof Basis)[]) {
    const [here, there] = [basis[key], kept.basis?.[key]];
    if (here !== there) throw new UsageError(`--resume ${path}: its ${key} is ${there}, here it is ${here}`);
  }
  return new Map(kept.results.map(({ cell, rounds }) => [cell.name, [...rounds]]));
}

/** A place for the rounds of each cell, with those that were kept. */
export function resultsFor(
  cells: readonly Cell[],
  kept: ReadonlyMap<string, Round[]>,
): { cell: Cell; rounds: Round[] }[] {
  return cells.map((cell) => ({ cell, rounds: kept.get(cell.name) ?? [] }));
}
