/** The command line of `bench:fio`. */
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { type Cell, cellsMatching, MEDIA } from './cell.js';

/** What was typed cannot be used: one line, and exit status 2. */
export class UsageError extends Error {}

export interface Options {
  readonly rounds: number;
  /** Of each timed run. */
  readonly seconds: number;
  readonly fileBytes: number;
  readonly target: string;
  readonly cells: readonly Cell[];
  /** Where the results go as JSON (`-`: stdout), and where they are taken up from. */
  readonly json: string | null;
  readonly resume: string | null;
  /** Where the Markdown table goes. */
  readonly out: string | null;
  readonly list: boolean;
  readonly strict: boolean;
}

const DEFAULTS = { rounds: 10, seconds: 0.3 };
/** The fewest rounds that decide anything, a third of the cells, half of the time. */
const QUICK = { rounds: 6, seconds: 0.15 };
const QUICK_CELLS = ['*/psync/1', '*/io_uring-32/1', '*/fs/1', '*/mmap/1'];

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const list = { type: 'string', multiple: true } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        rounds: text,
        runtime: text,
        cell: list,
        medium: list,
        size: text,
        target: { ...text, short: 't' },
        json: text,
        resume: text,
        out: text,
        quick: flag,
        list: flag,
        strict: flag,
      },
    }).values;
  } catch (thrown) {
    throw new UsageError((thrown as Error).message.split('\n')[0]);
  }
}

function positive(option: string, text: string | undefined, otherwise: number, whole = false): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isFinite(value) && value > 0 && (!whole || Number.isInteger(value))) return value;
  throw new UsageError(`--${option} ${text}: expected a ${whole ? 'whole ' : ''}number above 0`);
}

function chosenCells(globs: readonly string[], media: readonly string[]): readonly Cell[] {
  for (const medium of media) {
    if (!MEDIA.some((known) => known === medium))
      throw new UsageError(`--medium ${medium}: expected one of ${MEDIA.join(', ')}`);
  }
  const cells = cellsMatching(globs).filter(({ medium }) => media.includes(medium));
  if (cells.length === 0)
    throw new UsageError(`--cell ${globs.join(' --cell ')}: no such cell; --list prints them all`);
  return cells;
}

/** Throws `UsageError`. */
export function readOptions(args: readonly string[]): Options {
  const typed = parse(args);
  const basis = typed.quick ? QUICK : DEFAULTS;
  const globs = typed.cell ?? (typed.quick ? QUICK_CELLS : ['*']);
  return {
    rounds: positive('rounds', typed.rounds, basis.rounds, true),
    seconds: positive('runtime', typed.runtime, basis.seconds),
    fileBytes: Math.ceil(positive('size', typed.size, 0.5) * 64) * 2 ** 24,
    target: typed.target ?? tmpdir(),
    cells: chosenCells(globs, typed.medium ?? MEDIA),
    json: typed.json ?? typed.resume ?? null,
    resume: typed.resume ?? null,
    out: typed.out ?? null,
    list: typed.list,
    strict: typed.strict,
  };
}
