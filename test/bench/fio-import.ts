/**
 * Imported job files against fio's own runs of the same files, in turn: `-- --rounds 5 --directory /mnt/x`. Bytes must be
 * equal. Rates are the median of the rounds' ratios, and within 10 % where the job sets its rate or runs for a second or
 * more. Exits 1 otherwise.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from 'simple-statistics';
import { throughputBytesPerSecond } from '../../src/record/trial-values.js';
import { mainPath } from '../support/feedrate-cli.js';
import { trialsOf } from '../support/run-directory.js';
import { ensureFio } from './fio-run.js';

const MOST_DIFFERENCE = 0.1;

interface JobFile {
  readonly text: string;
  /** Whether its rate is compared: it lasts long enough, or sets the rate itself. */
  readonly hasRate: boolean;
}

const FILES: Readonly<Record<string, JobFile>> = {
  'sequential write, then read': {
    text: '[global]\nsize=64m\nbs=1m\n[w]\nrw=write\nend_fsync=1\n[r]\nstonewall\nrw=read\n',
    hasRate: false,
  },
  'random read, queue': {
    text: '[a]\nrw=randread\nsize=64m\nbs=4k\nioengine=libaio\niodepth=16\ndirect=1\nruntime=2\ntime_based\n',
    hasRate: true,
  },
  'mixed, two sizes': { text: '[a]\nrw=randrw\nsize=16m\nbs=16k\nrwmixread=70\nnumjobs=2\n', hasRate: false },
  'size within a block': {
    text: '[a]\nrw=read\nsize=1000k\nbs=64k\n[b]\nwait_for=a\nrw=write\nsize=10k\n',
    hasRate: false,
  },
  'files in one job': {
    text: '[a]\nrw=read\nnrfiles=4\nsize=16m\nbs=128k\nfile_service_type=sequential\n',
    hasRate: false,
  },
  'less and more than a pass': {
    text: '[a]\nrw=randread\nsize=8m\nio_size=2m\n[b]\nstonewall\nrw=read\nsize=4m\nloops=3\n[c]\nstonewall\nsize=8m\nnumber_ios=100\n',
    hasRate: false,
  },
  'alike at the same time': { text: '[global]\nrw=read\nsize=8m\nbs=32k\n[a]\n[b]\n[c]\n', hasRate: false },
  'rate limit': { text: '[a]\nrw=read\nsize=8m\nbs=64k\nrate=4m\n', hasRate: true },
  'operations per second': { text: '[a]\nrw=randwrite\nsize=4m\nbs=4k\nrate_iops=500\n', hasRate: true },
  'pauses and kib': {
    text: '[a]\nrw=read\nbs=4kib\nsize=2000kib\nthinktime=1ms\nthinktime_blocks=5\n',
    hasRate: false,
  },
};

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    directory: { type: 'string', default: tmpdir() },
    only: { type: 'string', default: '' },
  },
});

interface Moved {
  readonly readBytes: number;
  readonly writeBytes: number;
  readonly bytesPerSecond: number;
}

function outputOf(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', cwd, maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with status ${status}\n${stderr}`);
  return stdout;
}

interface FioEntry {
  readonly read: Readonly<Record<'io_bytes' | 'bw_bytes', number>>;
  readonly write: Readonly<Record<'io_bytes' | 'bw_bytes', number>>;
}

/** Runs fio, and returns the sums of its jobs. */
function byFio(place: string): Moved {
  // fio reads beyond `size` in larger files of an earlier job with this name.
  const fresh = join(place, 'fio');
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh);
  const { jobs } = JSON.parse(outputOf('fio', ['--output-format=json', '../job.fio'], fresh)) as { jobs: FioEntry[] };
  const sum = (of: (job: FioEntry) => number): number => jobs.reduce((total, job) => total + of(job), 0);
  return {
    readBytes: sum(({ read }) => read.io_bytes),
    writeBytes: sum(({ write }) => write.io_bytes),
    bytesPerSecond: sum(({ read, write }) => read.bw_bytes + write.bw_bytes),
  };
}

function byFeedrate(place: string): Moved {
  const results = join(place, 'results');
  rmSync(results, { recursive: true, force: true });
  outputOf(process.execPath, [mainPath, 'import', 'job.fio', '-o', 'job.yaml'], place);
  outputOf(process.execPath, [mainPath, 'run', 'job.yaml', '-t', 'data', '-o', 'results', '--progress', 'none'], place);
  const trials = trialsOf(results);
  return {
    readBytes: trials.reduce((sum, { window }) => sum + window.totalReadBytes, 0),
    writeBytes: trials.reduce((sum, { window }) => sum + window.totalWriteBytes, 0),
    bytesPerSecond: trials.reduce((sum, trial) => sum + throughputBytesPerSecond(trial), 0),
  };
}

/** Compares one file. Returns whether bytes and rate agree. */
function compare(name: string, { text, hasRate }: JobFile, place: string): boolean {
  writeFileSync(join(place, 'job.fio'), text);
  const isTimed = text.includes('time_based');
  const ratios: number[] = [];
  let areEqual = true;
  for (let round = 0; round < Number(values.rounds); round++) {
    const [theirs, ours] = [byFio(place), byFeedrate(place)];
    if (!isTimed && (theirs.readBytes !== ours.readBytes || theirs.writeBytes !== ours.writeBytes)) {
      // A mix is drawn, so that only its sum is given.
      areEqual &&=
        theirs.readBytes + theirs.writeBytes === ours.readBytes + ours.writeBytes && text.includes('rwmixread');
    }
    ratios.push(ours.bytesPerSecond / theirs.bytesPerSecond);
  }
  const ratio = median(ratios);
  const isClose = !hasRate || Math.abs(ratio - 1) <= MOST_DIFFERENCE;
  const bytes = isTimed ? 'timed' : areEqual ? 'equal' : 'DIFFERENT';
  console.log(
    `${name.padEnd(30)} bytes ${bytes.padEnd(10)} rate ×${ratio.toFixed(2)}${hasRate ? (isClose ? '' : '  TOO FAR') : '  (short: not judged)'}`,
  );
  return areEqual && isClose;
}

const version = await ensureFio((line) => console.log(line));
const place = mkdtempSync(join(values.directory, 'feedrate-fio-import-'));
try {
  mkdirSync(join(place, 'data'));
  console.log(`${version}, ${values.rounds} rounds each, load ${(loadavg()[0] ?? 0).toFixed(1)}`);
  const asked = Object.entries(FILES).filter(([name]) => name.includes(values.only));
  const agree = asked.map(([name, file]) => compare(name, file, place));
  process.exitCode = agree.every(Boolean) ? 0 : 1;
} finally {
  rmSync(place, { recursive: true, force: true });
}
