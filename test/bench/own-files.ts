/**
 * Throughput over files of a user against the same job over files that feedrate generated, and against fio. All three
 * read the same files, which are in memory, so that no disk decides: for the job of the user, the files are a directory like
 * any other.
 *
 *   npm run bench:own-files -- [-t DIR]… [--rounds 12] [--seconds 1] [--cell NAME]…
 *
 * The two jobs alternate in one run, for a fifth of the time; fio and a run alternate. Prints a Markdown table: the median of
 * the rounds' ratios with its 95 % interval. Exits 1 when a demand is not met: 2 % against generated files, 3 % against fio.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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
/** Two jobs of one process can take turns so much faster than two programs. */
const ROUNDS_OF_OWN = 5;

interface Cell {
  readonly name: string;
  readonly files: number;
  readonly fileBytes: number;
  /** The job in the words of a workload. */
  readonly job: string;
  /** Returns the fields of a job that has these files for itself. */
  readonly own: (files: number, fileBytes: number) => string;
  /** The same in fio's words; null: fio has no such job. */
  readonly fio: readonly string[] | null;
}

const inSize: Cell['own'] = (files, fileBytes) => `nrfiles: ${files}, size: ${files * fileBytes}`;
const ofSize: Cell['own'] = (files, fileBytes) => `nrfiles: ${files}, filesize: ${fileBytes}`;

const CELLS: readonly Cell[] = [
  {
    name: 'randread-4k',
    files: 4,
    fileBytes: 64 * MIB,
    job: 'rw: randread, bs: 4KiB, norandommap: true, ioengine: psync',
    own: inSize,
    fio: ['--rw=randread', '--bs=4k', '--ioengine=psync'],
  },
  {
    name: 'randread-4k-32',
    files: 4,
    fileBytes: 64 * MIB,
    job: 'rw: randread, bs: 4KiB, norandommap: true, ioengine: io_uring, iodepth: 32',
    own: inSize,
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
    own: inSize,
    fio: ['--rw=read', '--bs=1m', '--ioengine=psync', '--file_service_type=sequential', '--iomem_align=4096'],
  },
  {
    name: 'mmap-4k',
    files: 4,
    fileBytes: 64 * MIB,
    job: 'rw: randread, bs: 4KiB, norandommap: true, ioengine: mmap',
    own: inSize,
    fio: ['--rw=randread', '--bs=4k', '--ioengine=mmap'],
  },
  { name: 'small-files-16k', files: 4000, fileBytes: MIB / 64, job: 'kind: small-files', own: ofSize, fio: null },
];

const say = (line: string): void => void process.stderr.write(`${line}\n`);

interface Place {
  readonly cell: Cell;
  readonly directory: string;
  readonly seconds: number;
  /** The folder of the files that feedrate generated, relative to the directory. */
  readonly data: string;
  /** Their absolute names. */
  readonly files: readonly string[];
}

/** Lays out the files once: two copies in memory can differ by a third in what a read of them takes, by where their pages lie. */
async function layOut(cell: Cell, below: string, seconds: number): Promise<Place> {
  const directory = mkdtempSync(join(below, 'feedrate-bench-'));
  const workload = join(directory, 'generated.yaml');
  writeFileSync(
    workload,
    `name: generated\njobs:\n  generated: {${cell.job}, ${cell.own(cell.files, cell.fileBytes)}}\n`,
  );
  await feedrate('prepare', workload, '-t', directory);
  const [seed] = readdirSync(join(directory, '.feedrate-data')).filter((name) => !name.startsWith('FEEDRATE'));
  const data = join('.feedrate-data', seed as string);
  const made = readdirSync(join(directory, data), { recursive: true, withFileTypes: true });
  const files = made.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  if (files.length !== cell.files) throw new Error(`${files.length} files were laid out, not ${cell.files}`);
  return { cell, directory, seconds, data, files };
}

function feedrate(...args: readonly string[]): Promise<string> {
  return runProgram(process.execPath, [mainPath, ...args]);
}

/** Runs these jobs in one process, in rounds. Returns the rates of each, bytes per second, in the order of the rounds. */
async function measure(
  { directory, data, cell, seconds }: Place,
  jobs: Readonly<Record<string, string>>,
  rounds: number,
) {
  const workload = join(directory, 'measured.yaml');
  const common = `${cell.job}, cache: warm, runtime: ${seconds}s, time_based: true`;
  const lines = Object.entries(jobs).map(([name, fields]) => `  ${name}: {${common}${fields}}\n`);
  const head = `name: own-files\ndataset: {path: ${data}}\ntrials: {rounds: ${rounds}}\njobs:\n`;
  writeFileSync(workload, head + lines.join(''));
  const results = join(directory, 'r');
  await feedrate('run', workload, '-t', directory, '-o', results, '--progress', 'none');
  const rates = new Map<string, number[]>(Object.keys(jobs).map((name) => [name, []]));
  for (const { job, window } of trialsOf(results))
    rates.get(job)?.push((window.readBytes / (window.endNs - window.startNs)) * 1e9);
  return rates;
}

async function measureFio({ cell, seconds, files }: Place): Promise<number> {
  const common = [
    '--invalidate=0',
    '--norandommap=1',
    '--randrepeat=0',
    '--time_based',
    `--runtime=${seconds * 1000}ms`,
  ];
  const size = `--size=${cell.files * cell.fileBytes}`;
  const words = ['--name=cell', `--filename=${files.join(':')}`, size, ...(cell.fio ?? []), ...common];
  const output = await runProgram('fio', ['--output-format=json', '--readonly', ...words]);
  const { jobs } = JSON.parse(output.slice(output.indexOf('{'))) as {
    readonly jobs: readonly { readonly read: { readonly io_bytes: number; readonly runtime: number } }[];
  };
  const read = jobs[0]?.read;
  return read === undefined ? Number.NaN : (read.io_bytes / read.runtime) * 1000;
}

/** The ratios of the rounds of one run, in which a job reads the files as a user's and another one as its own. */
async function againstGenerated(place: Place, rounds: number): Promise<number[]> {
  const { own, files, fileBytes } = place.cell;
  const rates = await measure(place, { user: '', generated: `, ${own(files, fileBytes)}` }, rounds);
  const generated = rates.get('generated') ?? [];
  return (rates.get('user') ?? []).map((rate, round) => rate / (generated[round] as number));
}

/** The ratios of pairs of runs, whose order alternates. */
async function againstFio(place: Place, rounds: number): Promise<number[]> {
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const user = async () => (await measure(place, { user: '' }, 1)).get('user')?.[0] as number;
    const before = round % 2 === 0 ? await user() : null;
    const fio = await measureFio(place);
    ratios.push((before ?? (await user())) / fio);
  }
  return ratios;
}

type Other = 'generated' | 'fio';

interface Demand {
  readonly cell: string;
  readonly where: string;
  readonly other: Other;
  readonly ratio: Ratio;
  readonly bound: number;
  /** Null: the interval has the bound in it. */
  readonly met: boolean | null;
}

async function measureCell(cell: Cell, below: string, rounds: number, seconds: number): Promise<Demand[]> {
  const place = await layOut(cell, below, seconds);
  try {
    warm(place.files);
    say(`${cell.name} on ${below}, load ${loadavg()[0]?.toFixed(1)}`);
    const own = await againstGenerated({ ...place, seconds: seconds / ROUNDS_OF_OWN }, rounds * ROUNDS_OF_OWN);
    const demands = [demandOf(cell, below, 'generated', own)];
    if (cell.fio !== null) demands.push(demandOf(cell, below, 'fio', await againstFio(place, rounds)));
    return demands;
  } finally {
    rmSync(place.directory, { recursive: true, force: true });
  }
}

function demandOf(cell: Cell, where: string, other: Other, ratios: readonly number[]): Demand {
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
say(ensureFio());
const demands: Demand[] = [];
for (const cell of CELLS.filter(({ name }) => values.cell.includes(name)))
  for (const target of values.target)
    demands.push(...(await measureCell(cell, target, Number(values.rounds), Number(values.seconds))));
const head = '| job | on | against | user’s files ÷ other | 95 % interval | rounds | demand | |';
console.log([head, '|---|---|---|---|---|---|---|---|', ...demands.map(rowOf)].join('\n'));
if (demands.some(({ met }) => met === false)) process.exitCode = 1;
