/**
 * Whether `feedrate feed` finds the number of accelerators that a target feeds, where that number is known: the control group
 * of block I/O limits what the command may read per second. Needs root, and a target on a disk.
 *
 *     npm run bench:feed-known -- --target DIRECTORY [--cases 20] [--budget 170s]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { mainPath } from '../support/feedrate-cli.js';

const MB = 1e6;
const PAGE_BYTES = 4096;
/** An npz file has about this many bytes besides its sample. */
const NPZ_BYTES = 500;
const RECORD_BYTES = 150 * 1024;
const THRESHOLD = 0.9;
/** Limits of the disk, bytes per second, accelerators that they feed, and batches: each case takes the next of each. */
const RATES = [40 * MB, 25 * MB, 60 * MB, 30 * MB];
const WHOLE = [1, 2, 3, 5, 0, 4, 7];
const BATCHES = [8, 16, 4];
/** Halfway between two numbers: as far from the edge as can be. */
const BETWEEN = 0.5;

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: '.' },
    cases: { type: 'string', default: '20' },
    budget: { type: 'string', default: '170s' },
  },
});

interface Case {
  readonly bytesPerSecond: number;
  readonly whole: number;
  readonly batch: number;
  readonly computeMs: number;
}

function caseAt(index: number): Case {
  const bytesPerSecond = RATES[index % RATES.length] as number;
  const whole = WHOLE[index % WHOLE.length] as number;
  const batch = BATCHES[index % BATCHES.length] as number;
  // The disk reads whole pages.
  const fileBytes = Math.ceil((RECORD_BYTES + NPZ_BYTES) / PAGE_BYTES) * PAGE_BYTES;
  const busy = (whole + BETWEEN) * THRESHOLD;
  return { bytesPerSecond, whole, batch, computeMs: Math.round((busy * batch * fileBytes * 1000) / bytesPerSecond) };
}

/** Limits the reads of the processes in a group. Returns the file that a process joins it by. */
function limitReads(group: string, device: string, bytesPerSecond: number): string {
  mkdirSync(group, { recursive: true });
  const isFirstVersion = existsSync(join(group, 'blkio.throttle.read_bps_device'));
  if (isFirstVersion) writeFileSync(join(group, 'blkio.throttle.read_bps_device'), `${device} ${bytesPerSecond}`);
  else writeFileSync(join(group, 'io.max'), `${device} rbps=${bytesPerSecond}`);
  return join(group, 'cgroup.procs');
}

/** The whole disk behind a directory, as control groups name it. */
function diskOf(directory: string): string {
  const { dev } = statSync(directory);
  const numbers = `${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`;
  const parent = `/sys/dev/block/${numbers}/partition`;
  if (!existsSync(parent)) return numbers;
  const { stdout } = spawnSync('cat', [`/sys/dev/block/${numbers}/../dev`], { encoding: 'utf8' });
  return stdout.trim();
}

const ROOTS = ['/sys/fs/cgroup/blkio', '/sys/fs/cgroup'];
const root = ROOTS.find((each) => existsSync(join(each, 'cgroup.procs')));
if (process.getuid?.() !== 0 || root === undefined) throw new Error('needs root, and control groups of block I/O');
const group = join(root, `feedrate-known-${process.pid}`);
const target = resolve(values.target);
const results = mkdtempSync(join(tmpdir(), 'feed-known-'));
const device = diskOf(target);
let right = 0;
let busy = 0;
let longestS = 0;
try {
  console.log('limit MB/s  batch  compute ms  known  found  busy   low  high  verdict      s  limit');
  for (let index = 0; index < Number(values.cases); index++) {
    const { bytesPerSecond, whole, batch, computeMs } = caseAt(index);
    const procs = limitReads(group, device, bytesPerSecond);
    const startMs = performance.now();
    const words = ['-t', target, '-o', results, '--record', `${RECORD_BYTES}`, '--batch', `${batch}`];
    const how = ['--compute', `${computeMs}ms`, '--budget', values.budget, '--format', 'json', '--progress', 'none'];
    const script = `echo $$ > '${procs}' && exec "$@"`;
    const command = ['-c', script, 'sh', process.execPath, mainPath, 'feed', ...words, ...how, '--no-aws'];
    const { stdout, stderr, status } = spawnSync('sh', command, { encoding: 'utf8', maxBuffer: 2 ** 26 });
    const seconds = (performance.now() - startMs) / 1000;
    if (status !== 0) throw new Error(stderr);
    const { accelerators, whole: found, verdict, limiter, notes } = JSON.parse(stdout);
    // On a busy machine, the client limits what the disk would feed.
    const isBusy = notes.some((note: string) => note.startsWith('other programs used'));
    if (isBusy) busy++;
    else if (found === whole) right++;
    longestS = Math.max(longestS, seconds);
    const number = (value: number | null) => (value === null ? '–' : value.toFixed(2)).padStart(5);
    console.log(
      `${(bytesPerSecond / MB).toFixed(0).padStart(10)}  ${String(batch).padStart(5)}  ${String(computeMs).padStart(10)}  ` +
        `${String(whole).padStart(5)}  ${String(found).padStart(5)}  ${number(accelerators.estimate)} ` +
        `${number(accelerators.low)} ${number(accelerators.high)}  ${verdict.padEnd(9)}  ${seconds.toFixed(0).padStart(3)}  ${limiter?.kind ?? '–'}${isBusy ? ', machine busy' : ''}`,
    );
  }
  console.log(
    `${right} of ${Number(values.cases) - busy} found, ${busy} not counted because other programs were busy; ` +
      `the longest took ${longestS.toFixed(0)} s`,
  );
} finally {
  rmSync(results, { recursive: true, force: true });
  rmdirSync(group);
}
