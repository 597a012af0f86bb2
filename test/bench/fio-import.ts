/**
 * Imported job files against fio's own runs of the same files, in turn: `-- --rounds 5 --directory /mnt/x`. Bytes must be
 * equal, and so must the order and the sizes of the operations, as strace sees them. Rates are the median of the rounds'
 * ratios, and within 10 % where the job sets its rate or runs for a second or more. Exits 1 otherwise.
 *
 * `--examples DIR` takes every `*.fio` there instead, scaled down to seconds, and prints why each of the others is refused.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from 'simple-statistics';
import { parse, stringify } from 'yaml';
import { throughputBytesPerSecond } from '../../src/record/trial-values.js';
import { mainPath } from '../support/feedrate-cli.js';
import { trialsOf } from '../support/run-directory.js';
import { ensureFio } from './fio-run.js';
import { scaledDown, traceable } from './fio-scaled.js';
import { FIO_SHAPES, type JobShape } from './fio-shapes.js';
import { planDifference, type Stream, streamsOf, tracedCalls } from './io-trace.js';

const MOST_DIFFERENCE = 0.1;
/** What the import says of jobs whose bytes are not quite fio's. */
const DRAWN_SIZES = /sizes are drawn/;
const LARGEST_BLOCK_BYTES = 65_536;
const EXAMPLE_BYTES = 2 * 2 ** 20;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    directory: { type: 'string', default: tmpdir() },
    only: { type: 'string', default: '' },
    examples: { type: 'string' },
  },
});

interface Moved {
  readonly readBytes: number;
  readonly writeBytes: number;
  readonly bytesPerSecond: number;
}

const TIMEOUT_MS = 120_000;

function outputOf(command: string, args: readonly string[], cwd: string): string {
  const options = { encoding: 'utf8', cwd, maxBuffer: 2 ** 28, timeout: TIMEOUT_MS, killSignal: 'SIGKILL' } as const;
  const { status, stdout, stderr } = spawnSync(command, args, options);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with status ${status}\n${stderr}`);
  return stdout;
}

interface FioEntry {
  readonly read: Readonly<Record<'io_bytes' | 'bw_bytes', number>>;
  readonly write: Readonly<Record<'io_bytes' | 'bw_bytes', number>>;
}

/** Returns an empty directory. fio reads beyond `size` in larger files of an earlier job with this name. */
function fresh(...parts: readonly string[]): string {
  const path = join(...parts);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path);
  return path;
}

/** Runs fio, and returns the sums of its jobs. */
function byFio(place: string): Moved {
  const words = ['--output-format=json', join(place, 'job.fio')];
  const { jobs } = JSON.parse(outputOf('fio', words, fresh(place, 'fio'))) as { jobs: FioEntry[] };
  const sum = (of: (job: FioEntry) => number): number => jobs.reduce((total, job) => total + of(job), 0);
  return {
    readBytes: sum(({ read }) => read.io_bytes),
    writeBytes: sum(({ write }) => write.io_bytes),
    bytesPerSecond: sum(({ read, write }) => read.bw_bytes + write.bw_bytes),
  };
}

const RUN = ['-t', 'data', '-o', 'results', '--progress', 'none'];

function byFeedrate(place: string): Moved {
  fresh(place, 'results');
  outputOf(process.execPath, [mainPath, 'run', 'job.yaml', ...RUN], place);
  const trials = trialsOf(join(place, 'results'));
  return {
    readBytes: trials.reduce((sum, { window }) => sum + window.totalReadBytes, 0),
    writeBytes: trials.reduce((sum, { window }) => sum + window.totalWriteBytes, 0),
    bytesPerSecond: trials.reduce((sum, trial) => sum + throughputBytesPerSecond(trial), 0),
  };
}

/** The lines about an import, and whether `job.yaml` was written. */
interface Imported {
  readonly isTaken: boolean;
  readonly lines: readonly string[];
}

function imported(text: string, place: string, isInTurn = false): Imported {
  writeFileSync(join(place, 'job.fio'), text);
  const words = ['import', 'fio', 'job.fio', '-o', 'job.yaml', ...(isInTurn ? ['--one-by-one'] : [])];
  const { status, stderr } = spawnSync(process.execPath, [mainPath, ...words], { encoding: 'utf8', cwd: place });
  const lines = stderr
    .split('\n')
    .map((line) => /^job\.fio:\d+:\d+: (.*)$/.exec(line)?.[1] ?? '')
    .filter((line) => line !== '');
  return { isTaken: status === 0, lines };
}

/** Returns how the operations of both differ, or null. */
function planOf(text: string, place: string, isTimed: boolean, isInTurn: boolean): string | null {
  const { isTaken, lines } = imported(traceable(text), place, isInTurn);
  if (!isTaken) throw new Error(lines.join('\n'));
  const log = join(place, 'strace.log');
  const fioPlace = fresh(place, 'fio');
  const theirs = streamsOf(tracedCalls(['fio', join(place, 'job.fio')], fioPlace, log).calls, fioPlace);
  const workload = parse(readFileSync(join(place, 'job.yaml'), 'utf8'), { stringKeys: true }) as {
    jobs: Record<string, unknown>;
  };
  const ours: Stream[] = [];
  // Jobs that read share their files.
  for (const [name, job] of Object.entries(workload.jobs)) {
    writeFileSync(join(place, 'one.yaml'), stringify({ ...workload, jobs: { [name]: job } }));
    fresh(place, 'results');
    fresh(place, 'data');
    const { calls, flushed } = tracedCalls([process.execPath, mainPath, 'run', 'one.yaml', ...RUN], place, log);
    // The thread that marks the directory also lays out the files.
    const session = flushed.get('FEEDRATE');
    const ofWorkers = calls.filter(({ thread, path }) => thread !== session && !path.includes('/.feedrate-probe'));
    ours.push(...streamsOf(ofWorkers, join(place, 'data')));
  }
  // Sizes that are drawn add up to other bytes.
  return planDifference(theirs, ours, isTimed || lines.some((line) => DRAWN_SIZES.test(line)));
}

interface Judged {
  readonly bytes: string;
  readonly plan: string;
  readonly rate: string;
  readonly agrees: boolean;
}

/** Compares one file that can be imported. */
function compare({ text, hasRate }: JobShape, place: string, isInTurn: boolean): Judged {
  const isTimed = /^\s*(?:time_based|runtime|timeout)\b/m.test(text);
  const difference = planOf(text, place, isTimed, isInTurn);
  const notes = imported(text, place, isInTurn).lines;
  const blockBytes = notes.some((line) => DRAWN_SIZES.test(line)) ? LARGEST_BLOCK_BYTES : 0;
  const ratios: number[] = [];
  let areEqual = true;
  let moved = 0;
  for (let round = 0; round < Number(values.rounds); round++) {
    const [theirs, ours] = [byFio(place), byFeedrate(place)];
    // A mix is drawn, so that only its sum is given.
    const isMixed = theirs.readBytes > 0 && theirs.writeBytes > 0;
    moved = ours.readBytes + ours.writeBytes;
    const less = Math.abs(theirs.readBytes + theirs.writeBytes - moved);
    areEqual &&= less <= blockBytes && (isMixed || blockBytes > 0 || theirs.readBytes === ours.readBytes);
    ratios.push(ours.bytesPerSecond / theirs.bytesPerSecond);
  }
  const ratio = median(ratios);
  const isClose = !hasRate || Math.abs(ratio - 1) <= MOST_DIFFERENCE;
  return {
    bytes: isTimed ? 'timed' : !areEqual ? '**different**' : `${blockBytes > 0 ? 'within a block' : 'equal'}: ${moved}`,
    plan: difference === null ? 'equal' : `**${difference}**`,
    rate: `×${ratio.toFixed(2)}${isClose ? (hasRate ? '' : ' (not judged)') : ' **too far**'}`,
    agrees: (isTimed || areEqual) && difference === null && isClose,
  };
}

const row = (...cells: readonly string[]): void => console.log(`| ${cells.join(' | ')} |`);

function compareShapes(place: string): boolean {
  row('job file', 'bytes', 'order and sizes', 'rate');
  row('---', '---', '---', '---');
  const asked = Object.entries(FIO_SHAPES).filter(([name]) => name.includes(values.only));
  return asked
    .map(([name, shape]) => {
      const { bytes, plan, rate, agrees } = compare(shape, place, false);
      row(name, bytes, plan, rate);
      return agrees;
    })
    .every(Boolean);
}

const AT_THE_SAME_TIME = /runs at the same time/;

/** Files of fio's own. Those that are refused are printed with each reason once. */
function compareExamples(directory: string, place: string): boolean {
  const names = readdirSync(directory).filter((name) => name.endsWith('.fio') && name.includes(values.only));
  row('example', 'import', 'bytes', 'order and sizes', 'rate');
  row('---', '---', '---', '---', '---');
  let [isAny, agree, taken] = [false, true, 0];
  const refusals: [string, readonly string[]][] = [];
  for (const name of names.sort()) {
    const text = readFileSync(join(directory, name), 'utf8');
    const title = basename(name, '.fio');
    let found = imported(text, place);
    const isInTurn = !found.isTaken && found.lines.every((reason) => AT_THE_SAME_TIME.test(reason));
    if (isInTurn) found = imported(text, place, true);
    if (!found.isTaken) refusals.push([title, found.lines]);
    else {
      const small = scaledDown(text, EXAMPLE_BYTES);
      const hasRate = /^\s*rate/m.test(text);
      const { bytes, plan, rate, agrees } = compare({ text: small, hasRate }, place, isInTurn);
      row(title, isInTurn ? 'with --one-by-one' : 'whole', bytes, plan, rate);
      [isAny, agree, taken] = [true, agree && agrees, taken + 1];
    }
  }
  console.log(`\n${taken} of ${names.length} are imported. The others are refused:\n`);
  row('example', 'reasons');
  row('---', '---');
  for (const [name, reasons] of refusals) row(name, [...new Set(reasons.map(inGeneral))].join('<br>'));
  return isAny && agree;
}

/** One reason for all values of an option. */
function inGeneral(reason: string): string {
  return reason.replace(/ \("[^"]*"\)/, '').replaceAll('|', '\\|');
}

const version = ensureFio();
const place = mkdtempSync(join(values.directory, 'feedrate-fio-import-'));
try {
  mkdirSync(join(place, 'data'));
  console.log(`${version}, ${values.rounds} rounds each, load ${(loadavg()[0] ?? 0).toFixed(1)}\n`);
  const agree = values.examples === undefined ? compareShapes(place) : compareExamples(values.examples, place);
  process.exitCode = agree ? 0 : 1;
} finally {
  rmSync(place, { recursive: true, force: true });
}
