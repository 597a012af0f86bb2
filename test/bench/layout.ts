/**
 * How fast data files are laid out, against `cp -r` from memory and `sync` on the same file system, one after the other in
 * turn: `-- --files 100000 --rounds 3 --directory /mnt/x`. With `--expected`, what `--dry-run` expects of workloads against
 * what they take. Ratios are the medians of the rounds' ratios. Exits 1 when a layout is slower than 0.8 of the copy, or an
 * expected time is off by more than a factor of 1.5.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from 'simple-statistics';
import { mainPath } from '../support/feedrate-cli.js';
import { repositoryRoot } from '../support/repository.js';

const LEAST_SPEED = 0.8;
const MOST_FACTOR = 1.5;

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '3' },
    directory: { type: 'string', default: tmpdir() },
    memory: { type: 'string', default: '/dev/shm' },
    expected: { type: 'boolean', default: false },
  },
});

const smallFiles = (files: number): string => `name: small-${files}
trials: {rounds: 2}
dataset: {nrfiles: ${files}, filesize: 4k-16k}
jobs:
  samples: {kind: small-files, numjobs: [1, 4], cache: [cold, warm], shuffle: true, runtime: 3s}
`;

/** Runs a command and returns its time, s. Throws when it fails. */
function secondsOf(command: string, args: readonly string[]): number {
  const beginMs = performance.now();
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with status ${status}\n${stderr}`);
  return (performance.now() - beginMs) / 1000;
}

const feedrate = (...args: string[]): number => secondsOf(process.execPath, [mainPath, ...args]);

const loadText = (): string => `load ${(loadavg()[0] ?? 0).toFixed(1)}`;

/** Compares a layout with a copy of the same files. Returns whether it is fast enough. */
function compareWithCopy(place: string, memory: string, rounds: number): boolean {
  const workload = join(place, 'w.yaml');
  writeFileSync(workload, smallFiles(Number(values.files)));
  const [ours, theirs, source] = [join(place, 'ours'), join(place, 'theirs'), join(memory, 'source')];
  mkdirSync(source);
  feedrate('prepare', workload, '-t', source, '--progress', 'none');
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    mkdirSync(ours);
    secondsOf('sync', ['-f', place]);
    const layout = feedrate('prepare', workload, '-t', ours, '--progress', 'none');
    rmSync(ours, { recursive: true });
    secondsOf('sync', ['-f', place]);
    const copy = secondsOf('sh', ['-c', 'cp -r "$1" "$2" && sync -f "$2"', 'sh', source, theirs]);
    rmSync(theirs, { recursive: true });
    ratios.push(copy / layout);
    const speed = (copy / layout).toFixed(2);
    console.log(
      `round ${round}: layout ${layout.toFixed(1)} s, cp + sync ${copy.toFixed(1)} s, ${speed} of its speed, ${loadText()}`,
    );
  }
  const speed = median(ratios);
  console.log(`${values.files} files in ${values.directory}: ${speed.toFixed(2)} of the speed of cp + sync (median)`);
  return speed >= LEAST_SPEED;
}

/** Compares what a dry run expects with the time that the run takes. Returns whether they agree. */
function compareExpected(place: string, rounds: number): boolean {
  const workloads: Record<string, string> = {};
  for (const name of ['quick', 'checkpoint-write']) {
    workloads[name] = join(place, `${name}.yaml`);
    cpSync(join(repositoryRoot, 'workloads', `${name}.yaml`), workloads[name]);
  }
  for (const files of [10_000, 100_000]) {
    workloads[`small-files ${files}`] = join(place, `small-${files}.yaml`);
    writeFileSync(join(place, `small-${files}.yaml`), smallFiles(files));
  }
  return Object.entries(workloads)
    .map(([name, workload]) => {
      const factors = Array.from({ length: rounds }, () => {
        const target = join(place, 'target');
        mkdirSync(target);
        const dry = spawnSync(
          process.execPath,
          [mainPath, 'run', workload, '-t', target, '--dry-run', '--format', 'json'],
          { encoding: 'utf8', cwd: place },
        );
        const { known, estimated } = (JSON.parse(dry.stdout) as { expectedNs: { known: number; estimated: number } })
          .expectedNs;
        const expected = (known + estimated) / 1e9;
        const truth = feedrate('run', workload, '-t', target, '-o', join(place, 'results'), '--progress', 'none');
        rmSync(target, { recursive: true });
        const factor = truth / expected;
        console.log(
          `${name}: expected ${expected.toFixed(1)} s, took ${truth.toFixed(1)} s, factor ${factor.toFixed(2)}, ${loadText()}`,
        );
        return factor;
      });
      return median(factors);
    })
    .every((factor) => factor <= MOST_FACTOR && factor >= 1 / MOST_FACTOR);
}

const place = mkdtempSync(join(values.directory, 'layout-bench-'));
const memory = mkdtempSync(join(values.memory, 'layout-bench-'));
try {
  const rounds = Number(values.rounds);
  const isWell = values.expected ? compareExpected(place, rounds) : compareWithCopy(place, memory, rounds);
  process.exitCode = isWell ? 0 : 1;
} finally {
  for (const directory of [place, memory]) rmSync(directory, { recursive: true, force: true });
}
