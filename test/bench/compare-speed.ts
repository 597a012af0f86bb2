/**
 * How long a comparison of 200 cells takes that rests on 100,000 trials, and how much memory.
 *
 *   node dist/test/bench/compare-speed.js [--cells 200] [--sessions 25] [--rounds 10] [--strict]
 *
 * Three figures, each in a process of its own: `compare` on records in memory, and the whole `feedrate compare` from its
 * start, of a run directory whose trials are as long as those of 10 s and 50,000 operations. Time is the process's CPU time
 * (it has one busy thread), since wall time on a machine that others use says how busy they are; wall time is told too.
 * Exits 1 with --strict when records in memory take more than 2 s or 300 MB; reading a run is told, not demanded.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compare } from '../../src/gate/comparison.js';
import { measureOf } from '../../src/stats/measure.js';
import { mainPath } from '../support/feedrate-cli.js';
import { type MadeRun, madeRun, madeTrials, writeMadeRun } from './made-run.js';

const CPU_SECONDS_MAX = 2;
const MEMORY_BYTES_MAX = 300e6;

interface Cost {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** The most that the process had. */
  readonly memoryBytes: number;
}

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    cells: { ...text, default: '200' },
    sessions: { ...text, default: '25' },
    rounds: { ...text, default: '10' },
    strict: { type: 'boolean', default: false },
    memory: { type: 'boolean', default: false },
  },
});
const made: MadeRun = {
  cells: Number(values.cells),
  sessions: Number(values.sessions),
  rounds: Number(values.rounds),
  seconds: 10,
  operations: 50_000,
};

/** What `compare` itself costs; of the memory, with the records that it compares. */
function inMemory(): Cost {
  const run = madeRun(made);
  const trials = Array.from(madeTrials(run, { ...made, seconds: 0, operations: 0 }), (trial) => ({
    ...trial,
    latency: {},
  }));
  const throughput = measureOf('throughput');
  if (throughput === undefined) throw new Error('throughput is a measure');
  const started = performance.now();
  const cpu = process.cpuUsage();
  const { cells } = compare([{ name: run.id, run, trials }], {
    columns: ['target'],
    where: new Map(),
    measures: [throughput],
    unit: 'session',
    demands: 'load',
    ignore: new Set(),
    alpha: 0.01,
    minEffect: 0.01,
    confidence: 0.95,
  });
  const { user, system } = process.cpuUsage(cpu);
  if (cells.length !== made.cells) throw new Error(`${cells.length} cells were compared`);
  return {
    cpuSeconds: (user + system) / 1e6,
    wallSeconds: (performance.now() - started) / 1000,
    memoryBytes: process.resourceUsage().maxRSS * 1024,
  };
}

/** Runs a program of Node's and asks it at its end what it took. */
function costOf(args: readonly string[]): Cost {
  const atEnd =
    'data:text/javascript,process.on("exit",()=>{const u=process.resourceUsage();process.stderr.write("\\n"+JSON.stringify([u.userCPUTime+u.systemCPUTime,u.maxRSS]))})';
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--import', atEnd, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with status ${status}: ${stderr}`);
  const [microseconds, kibibytes] = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as [number, number];
  return {
    cpuSeconds: microseconds / 1e6,
    wallSeconds: (performance.now() - started) / 1000,
    memoryBytes: kibibytes * 1024,
  };
}

function show(what: string, { cpuSeconds, wallSeconds, memoryBytes }: Cost): void {
  const memory = `${(memoryBytes / 1e6).toFixed(0)} MB`;
  console.log(`${what.padEnd(52)} ${cpuSeconds.toFixed(2)} s CPU  ${wallSeconds.toFixed(2)} s  ${memory}`);
}

if (values.memory) {
  console.log(JSON.stringify(inMemory()));
} else {
  const directory = mkdtempSync(join(tmpdir(), 'feedrate-compare-'));
  try {
    const own = [fileURLToPath(import.meta.url), '--memory'];
    const sizes = ['--cells', values.cells, '--sessions', values.sessions, '--rounds', values.rounds];
    const cost = JSON.parse(spawnSync(process.execPath, [...own, ...sizes], { encoding: 'utf8' }).stdout) as Cost;
    show('compare, records in memory', cost);
    const run = '20261123T191203Z_quick_a1f3';
    const bytes = writeMadeRun(join(directory, run), made);
    const trials = made.cells * 2 * made.sessions * made.rounds;
    console.log(`trials.jsonl: ${(bytes / 1e6).toFixed(0)} MB, ${(bytes / trials / 1e3).toFixed(1)} kB a trial`);
    const command = [mainPath, 'compare', '-o', directory, run, '--cols', 'target'];
    show('feedrate compare -m throughput', costOf(command));
    show('feedrate compare -m p99(latency)', costOf([...command, '-m', 'p99(latency)']));
    const met = cost.cpuSeconds <= CPU_SECONDS_MAX && cost.memoryBytes <= MEMORY_BYTES_MAX;
    console.log(`${met ? 'met' : 'NOT MET'}: ${trials} trials in ${made.cells} cells compared within 2 s and 300 MB`);
    if (values.strict && !met) process.exitCode = 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
