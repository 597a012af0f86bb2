/**
 * Throughput over files of a user against the same job over files that feedrate generated, and against fio. All three
 * read the same files, which are in memory, so that no disk decides.
 *
 *   npm run bench:own-files -- [-t DIR]… [--rounds 12] [--seconds 1] [--cell NAME]…
 *
 * Every round runs all sides one after the other, in an order that rotates. Prints a Markdown table: the median of the
 * rounds' ratios with its 95 % interval. Exits 1 when a demand is not met: 2 % against generated files, 3 % against fio.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { mainPath } from '../support/feedrate-cli.js';
import { trialsOf } from '../support/run-directory.js';
import { warm } from '../support/warm.js';
import { ensureFio } from './fio-run.js';
import { runProgram } from './program.js';
import { type Ratio, ratioOfNumbers } from './ratio.js';

const MIB = 2 ** 20;

interface Cell {
  readonly name: string;
  readonly files: number;
  readonly fileBytes: number;
  /** The job in the words of a workload. */
  readonly job: string;
  /** The same in fio's words; null: fio has no such job. */
  readonly fio: readonly string[] | null;
}

const CELLS: readonly Cell[] = [
  {
    name: 'randread-4k',
    files: 4,
    fileBytes: 64 * MIB,
    job: 'rw: randread, bs: 4KiB, norandommap: true, ioengine: psync',
    fio: ['--rw=randread', '--bs=4k', '--ioengine=psync'],
  },
  {
    name: 'randread-4k-32',
    files: 4,
    fileBytes: 64 * MIB,
    job: 'rw: randread, bs: 4KiB, norandommap: true, ioengine: io_uring, iodepth: 32',
    fio: [
      '--rw=randread',
      '--bs=4k',
      '--ioengine=io_uring',
      '--iodepth=32',
      '--iodepth_batch_submit=32',
      '--iodepth_batch_complete_max=32',
      '--fixedbufs=1',
      '--registerfiles=1',
    ],
  },
  {
    name: 'read-1m',
    files: 4,
    fileBytes: 64 * MIB,
    job: 'rw: read, bs: 1MiB, ioengine: psync',
    fio: ['--rw=read', '--bs=1m', '--ioengine=psync', '--file_service_type=sequential', '--iomem_align=4096'],
  },
  {
    name: 'mmap-4k',
    files: 4,
    fileBytes: 64 * MIB,
    job: 'rw: randread, bs: 4KiB, norandommap: true, ioengine: mmap',
    fio: ['--rw=randread', '--bs=4k', '--ioengine=mmap'],
  },
  { name: 'small-files-16k', files: 4000, fileBytes: MIB / 64, job: 'kind: small-files', fio: null },
];

const SIDES = ['user', 'generated', 'fio'] as const;
type Side = (typeof SIDES)[number];

const say = (line: string): void => void process.stderr.write(`${line}\n`);

interface Place {
  readonly cell: Cell;
  readonly directory: string;
  readonly seconds: number;
  /** The names of the files where feedrate generates them, absolute. */
  readonly own: readonly string[];
  /** The names of the same files among the user's, absolute. */
  readonly user: readonly string[];
}

function workloadOf({ cell, seconds }: Pick<Place, 'cell' | 'seconds'>, side: Side): string {
  const { job, files, fileBytes } = cell;
  const dataset = side === 'user' ? 'path: data' : `nrfiles: ${files}, filesize: ${fileBytes}`;
  return `name: ${side}\ntrials: {rounds: 1}\ndataset: {${dataset}}\njobs:\n  cell: {${job}, cache: warm, runtime: ${seconds}s, time_based: true}\n`;
}

/**
 * Lays out the files once. They move between the two directories: two copies in memory can differ by a third in what a
 * read of them takes, by where their pages lie, and the same pages cannot.
 */
async function layOut(cell: Cell, below: string, seconds: number): Promise<Place> {
  const directory = mkdtempSync(join(below, 'feedrate-bench-'));
  for (const side of ['generated', 'user'] as const) {
    mkdirSync(join(directory, side));
    writeFileSync(join(directory, `${side}.yaml`), workloadOf({ cell, seconds }, side));
  }
  await feedrate('prepare', join(directory, 'generated.yaml'), '-t', join(directory, 'generated'));
  mkdirSync(join(directory, 'user', 'data'));
  const made = readdirSync(join(directory, 'generated', '.feedrate-data'), { recursive: true, withFileTypes: true });
  const files = made.filter((entry) => entry.isFile() && !entry.name.startsWith('FEEDRATE'));
  if (files.length !== cell.files) throw new Error(`${files.length} files were laid out, not ${cell.files}`);
  const own = files.map((entry) => join(entry.parentPath, entry.name));
  const user = own.map((_, place) => join(directory, 'user', 'data', `sample-${String(place).padStart(5, '0')}`));
  return { cell, directory, seconds, own, user };
}

/** Moves the files to where the side expects them. */
function moveTo(side: Side, { own, user }: Place): void {
  const [from, to] = side === 'generated' ? [user, own] : [own, user];
  for (const [place, path] of from.entries()) if (existsSync(path)) renameSync(path, to[place] as string);
}

function feedrate(...args: readonly string[]): Promise<string> {
  return runProgram(process.execPath, [mainPath, ...args]);
}

/** Returns bytes per second. */
async function measure(side: Side, place: Place): Promise<number> {
  moveTo(side, place);
  if (side === 'fio') return measureFio(place);
  const { directory } = place;
  const results = join(directory, 'r');
  await feedrate(
    'run',
    join(directory, `${side}.yaml`),
    '-t',
    join(directory, side),
    '-o',
    results,
    '--progress',
    'none',
  );
  const window = trialsOf(results)[0]?.window;
  return window === undefined ? Number.NaN : (window.readBytes / (window.endNs - window.startNs)) * 1e9;
}

async function measureFio({ cell, seconds, user }: Place): Promise<number> {
  const common = [
    '--invalidate=0',
    '--norandommap=1',
    '--randrepeat=0',
    '--time_based',
    `--runtime=${seconds * 1000}ms`,
  ];
  const size = `--size=${cell.files * cell.fileBytes}`;
  const words = ['--name=cell', `--filename=${user.join(':')}`, size, ...(cell.fio ?? []), ...common];
  const output = await runProgram('fio', ['--output-format=json', '--readonly', ...words]);
  const { jobs } = JSON.parse(output.slice(output.indexOf('{'))) as {
    readonly jobs: readonly { readonly read: { readonly io_bytes: number; readonly runtime: number } }[];
  };
  const read = jobs[0]?.read;
  return read === undefined ? Number.NaN : (read.io_bytes / read.runtime) * 1000;
}

interface Demand {
  readonly cell: string;
  readonly where: string;
  readonly other: Side;
  readonly ratio: Ratio;
  readonly bound: number;
  /** Null: the interval has the bound in it. */
  readonly met: boolean | null;
}

async function measureCell(cell: Cell, below: string, rounds: number, seconds: number): Promise<Demand[]> {
  const place = await layOut(cell, below, seconds);
  try {
    const sides = SIDES.filter((side) => side !== 'fio' || cell.fio !== null);
    const ratios: Record<Side, number[]> = { user: [], generated: [], fio: [] };
    warm(place.own);
    for (let round = 0; round < rounds; round++) {
      const measured = new Map<Side, number>();
      for (let turn = 0; turn < sides.length; turn++) {
        const side = sides[(round + turn) % sides.length] as Side;
        measured.set(side, await measure(side, place));
      }
      for (const [side, value] of measured) ratios[side].push((measured.get('user') as number) / value);
      const load = loadavg()[0]?.toFixed(1);
      say(
        `${cell.name} on ${below}, round ${round + 1} of ${rounds}, load ${load}: ${[...measured].map(([side, value]) => `${side} ${(value / MIB).toFixed(0)} MiB/s`).join(', ')}`,
      );
    }
    return sides.filter((side) => side !== 'user').map((other) => demandOf(cell, below, other, ratios[other]));
  } finally {
    rmSync(place.directory, { recursive: true, force: true });
  }
}

function demandOf(cell: Cell, where: string, other: Side, ratios: readonly number[]): Demand {
  const ratio = ratioOfNumbers(ratios);
  if (ratio === null) throw new Error(`${cell.name}: nothing was measured`);
  const bound = other === 'fio' ? 0.97 : 0.98;
  const { low, high } = ratio.interval ?? { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  return { cell: cell.name, where, other, ratio, bound, met: low >= bound ? true : high < bound ? false : null };
}

function rowOf({ cell, where, other, ratio, bound, met }: Demand): string {
  const { median, interval, rounds } = ratio;
  const range = interval === null ? '–' : `${interval.low.toFixed(3)}–${interval.high.toFixed(3)}`;
  const verdict = met === null ? 'not decidable in this noise' : met ? 'met' : 'NOT MET';
  return `| ${cell} | ${where} | ${other} | ${median.toFixed(3)} | ${range} | ${rounds} | ≥ ${bound} | ${verdict} |`;
}

const { values } = parseArgs({
  options: {
    target: { type: 'string', short: 't', multiple: true, default: ['/dev/shm', tmpdir()] },
    rounds: { type: 'string', default: '12' },
    seconds: { type: 'string', default: '1' },
    cell: { type: 'string', multiple: true, default: CELLS.map(({ name }) => name) },
  },
});
say(await ensureFio(say));
const demands: Demand[] = [];
for (const cell of CELLS.filter(({ name }) => values.cell.includes(name)))
  for (const target of values.target)
    demands.push(...(await measureCell(cell, target, Number(values.rounds), Number(values.seconds))));
const head = '| job | on | against | user’s files ÷ other | 95 % interval | rounds | demand | |';
console.log([head, '|---|---|---|---|---|---|---|---|', ...demands.map(rowOf)].join('\n'));
if (demands.some(({ met }) => met === false)) process.exitCode = 1;
