/**
 * Rates of metadata operations against a C program that makes the same calls, in turn:
 *
 *   node dist/test/bench/metadata.js [--directory DIR] [--workers 1,4] [--items 20000] [--rounds 7]
 *
 * The program is `metadata-calls.c`: the phases of mdtest, which needs MPI. Prints the median ratio of the rates, feedrate
 * to C, with its range. Exits 1 when a median is below 0.8. In memory (`--directory /dev/shm`) an operation takes a few
 * microseconds, so that feedrate's own cost of about one shows.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from 'simple-statistics';
import { mainPath } from '../support/feedrate-cli.js';
import { repositoryRoot } from '../support/repository.js';

const LEAST = 0.8;
const OPERATIONS = ['create', 'stat', 'readdir', 'rename', 'unlink'] as const;

const { values } = parseArgs({
  options: {
    directory: { type: 'string', default: tmpdir() },
    workers: { type: 'string', default: '1,4' },
    items: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '7' },
  },
});

/** Operations or entries a second, by phase. */
type Rates = ReadonlyMap<string, number>;

function output(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return stdout;
}

function ratesOfProgram(program: string, directory: string, workers: string): Rates {
  mkdirSync(directory);
  const lines = output(program, [directory, workers, values.items]).trim().split('\n');
  rmSync(directory, { recursive: true });
  return new Map(
    lines.map((line) => {
      const [phase = '', operations, ns] = line.split(' ');
      return [phase, (Number(operations) / Number(ns)) * 1e9];
    }),
  );
}

function ratesOfFeedrate(place: string, target: string, workers: string): Rates {
  const workload = join(place, 'w.yaml');
  const fields = `kind: metadata, nrfiles: ${values.items}, numjobs: ${workers}`;
  writeFileSync(workload, `name: w\ntrials: {rounds: 1}\njobs: {m: {${fields}}}\n`);
  const results = mkdtempSync(join(place, 'results-'));
  output(process.execPath, [mainPath, 'run', workload, '-t', target, '-o', results, '--progress', 'none']);
  const trials = output('sh', ['-c', `cat ${results}/*/trials.jsonl`]);
  const { phases } = JSON.parse(trials) as {
    readonly phases: readonly { operation: string; durationNs: number; operations: number; entries?: number }[];
  };
  return new Map(
    phases.map(({ operation, durationNs, operations, entries }) => [
      operation,
      ((entries ?? operations) / durationNs) * 1e9,
    ]),
  );
}

const place = mkdtempSync(join(tmpdir(), 'metadata-bench-'));
const target = mkdtempSync(join(values.directory, 'metadata-bench-'));
const program = join(place, 'metadata-calls');
try {
  output('cc', ['-O2', '-pthread', '-o', program, join(repositoryRoot, 'test', 'bench', 'metadata-calls.c')]);
  console.log('| workers | phase | C, per second | feedrate, per second | ratio | range |\n|---|---|---|---|---|---|');
  let isWell = true;
  for (const workers of values.workers.split(',')) {
    const rounds = Array.from({ length: Number(values.rounds) }, (_, round) => {
      const c = () => ratesOfProgram(program, join(target, 'c'), workers);
      const ours = () => ratesOfFeedrate(place, target, workers);
      // Who begins changes, so that drift favours nobody.
      if (round % 2 === 0) return { c: c(), ours: ours() };
      const first = ours();
      return { c: c(), ours: first };
    });
    for (const operation of OPERATIONS) {
      const of = (side: 'c' | 'ours') => rounds.map((round) => round[side].get(operation) ?? Number.NaN);
      const ratios = of('ours').map((rate, round) => rate / (of('c')[round] as number));
      const ratio = median(ratios);
      isWell &&= ratio >= LEAST;
      const range = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
      const rates = [of('c'), of('ours')].map((side) => Math.round(median(side)).toLocaleString('en'));
      console.log(`| ${[workers, operation, ...rates, ratio.toFixed(2), range].join(' | ')} |`);
    }
  }
  console.log(`\n${values.items} items per worker in ${values.directory}, load ${(loadavg()[0] ?? 0).toFixed(1)}`);
  process.exitCode = isWell ? 0 : 1;
} finally {
  for (const directory of [place, target]) rmSync(directory, { recursive: true, force: true });
}
