/**
 * What a start of feedrate costs: `--version`, a run of one trial, and each further trial, in wall-clock and CPU time.
 * Every round starts each program once, so that a busy spell of the machine meets all of them; a ratio is the median of
 * the rounds' ratios. `-- --base MAIN` adds the same runs of another build, whose `main.js` is at that path.
 * Exits 1 when `--version` takes more than 25 ms longer than bare node.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from 'simple-statistics';
import { mainPath } from '../support/feedrate-cli.js';
import { type Cost, costOf, type Start } from './process-cost.js';

const WARMUP_ROUNDS = 2;
const VERSION_LIMIT_MS = 25;
const FURTHER_TRIALS = 20;

const nullLoad = (rounds: number): string => `name: null-trials
trials: {rounds: ${rounds}}
jobs:
  nothing: {ioengine: "null", rw: randread, bs: 4k, size: 4k}
`;

const fileLoad = (rounds: number): string => `name: file-trials
trials: {rounds: ${rounds}}
dataset: {nrfiles: 4, filesize: 1MiB}
jobs:
  files: {rw: randread, bs: 4k, size: 64k, numjobs: 4}
`;

function startsOf(label: string, main: string, directory: string): Start[] {
  const run = (name: string, load: (rounds: number) => string, rounds: number): Start => {
    const workload = join(directory, `${name}-${rounds}.yaml`);
    writeFileSync(workload, load(rounds));
    const output = join(directory, 'results');
    const args = [main, 'run', workload, '-t', join(directory, 'target'), '-o', output, '--progress', 'none'];
    return { name: `${label}: ${name}, ${rounds} trials`, program: process.execPath, args };
  };
  return [
    { name: `${label}: --version`, program: process.execPath, args: [main, '--version'] },
    run('null', nullLoad, 1),
    run('null', nullLoad, 1 + FURTHER_TRIALS),
    run('files', fileLoad, 1),
    run('files', fileLoad, 1 + FURTHER_TRIALS),
  ];
}

/** fio waits in steps of its own for its job to end; null where it is not installed. */
function fioStart(): Start | null {
  if (spawnSync('fio', ['--version']).status !== 0) return null;
  const args = ['--name=nothing', '--ioengine=null', '--rw=randread', '--bs=4k', '--size=4k'];
  return { name: 'fio: null, 1 trial', program: 'fio', args };
}

function measure(starts: readonly Start[], rounds: number): ReadonlyMap<string, readonly Cost[]> {
  const costs = new Map<string, Cost[]>(starts.map(({ name }) => [name, []]));
  for (let round = -WARMUP_ROUNDS; round < rounds; round++) {
    for (const start of starts) {
      const cost = costOf(start);
      if (round >= 0) costs.get(start.name)?.push(cost);
    }
  }
  return costs;
}

const medianOf = (costs: readonly Cost[], of: keyof Cost): number => median(costs.map((cost) => cost[of]));

/** The median of the rounds' differences, per further trial. */
function furtherText(one: readonly Cost[], more: readonly Cost[]): string {
  const each = (of: keyof Cost) =>
    median(more.map((cost, round) => (cost[of] - (one[round] as Cost)[of]) / FURTHER_TRIALS)).toFixed(1);
  return `${each('wallMs')} ms, CPU ${each('cpuMs')} ms`;
}

function printAll(costs: ReadonlyMap<string, readonly Cost[]>, bare: readonly Cost[], labels: readonly string[]): void {
  for (const [name, list] of costs) {
    const ratio = median(list.map((cost, round) => cost.wallMs / (bare[round] as Cost).wallMs));
    const wall = `${medianOf(list, 'wallMs').toFixed(0)} ms`.padStart(8);
    const cpu = `${medianOf(list, 'cpuMs').toFixed(0)} ms`.padStart(8);
    console.log(`${name.padEnd(30)} ${wall}  CPU ${cpu}  ${ratio.toFixed(1)} × bare node`);
  }
  const listOf = (name: string) => costs.get(name) as readonly Cost[];
  for (const label of labels) {
    for (const load of ['null', 'files']) {
      const more = `${label}: ${load}, ${1 + FURTHER_TRIALS} trials`;
      console.log(
        `${label}: a further trial (${load})  ${furtherText(listOf(`${label}: ${load}, 1 trials`), listOf(more))}`,
      );
    }
  }
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '20' }, base: { type: 'string' } } });
const directory = mkdtempSync(join(tmpdir(), 'feedrate-startup-'));
try {
  mkdirSync(join(directory, 'target'));
  const builds = [['feedrate', mainPath]];
  if (values.base !== undefined) builds.push(['base', resolve(values.base)]);
  const bare: Start = { name: 'node -e 0', program: process.execPath, args: ['-e', '0'] };
  const fio = fioStart();
  const starts = [bare, ...builds.flatMap(([label, main]) => startsOf(label as string, main as string, directory))];
  if (fio !== null) starts.push(fio);
  const costs = measure(starts, Number(values.rounds));
  const bareCosts = costs.get(bare.name) as readonly Cost[];
  const labels = builds.map(([label]) => label as string);
  printAll(costs, bareCosts, labels);
  const versionCosts = costs.get('feedrate: --version') as readonly Cost[];
  const differenceMs = medianOf(versionCosts, 'wallMs') - medianOf(bareCosts, 'wallMs');
  console.log(`--version above bare node: ${differenceMs.toFixed(1)} ms, at most ${VERSION_LIMIT_MS} ms allowed`);
  process.exitCode = differenceMs > VERSION_LIMIT_MS ? 1 : 0;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
