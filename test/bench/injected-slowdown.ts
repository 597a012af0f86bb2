/**
 * Is a slow-down by `--inject` what it says, on real storage?
 *
 *   node dist/test/bench/injected-slowdown.js [--target DIR] [--sessions 8] [--rounds 10] [--runtime 500ms]
 *     [--states direct,cold,warm] [--latency 4ms]
 *
 * Runs `feedrate calibrate --inject` for direct, cold and warm reads of 4 KiB, 64 KiB and 1 MiB, with 0, 5 and 20 %, A and
 * B by turns. Prints the ratio B / A of the throughput with its 95 % interval beside 1 / (1 + part), as one Markdown table.
 * Exits 1 when the interval of a direct or cold cell lies beyond 3 % of it. 0 % shows how far A and B differ by themselves.
 * In the page cache (warm) this is several per cent, so those rows are not judged. About half an hour on an idle machine.
 *
 * With `--latency`, the files are read through a mount on which each read takes that long (FUSE, needs root). There A and B
 * are equal, so that a difference is one of the mechanism: a disk that is shared varies by more than 3 % from trial to trial.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildSlowMount, withSlowMount } from './slow-mount.js';

const TOLERANCE = 0.03;
const PARTS = [0, 5, 20];
const SIZES = ['4k', '64k', '1m'];
/** The state of the cache, and the fields of a job that claim it. */
const STATES: Readonly<Record<string, string>> = {
  direct: 'direct: true',
  cold: 'cache: cold',
  warm: 'cache: warm',
};
const FILE_SIZE = '256MiB';

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: tmpdir() },
    sessions: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '10' },
    runtime: { type: 'string', default: '500ms' },
    states: { type: 'string', default: Object.keys(STATES).join(',') },
    latency: { type: 'string' },
  },
});

interface Cell {
  readonly row: Readonly<Record<string, string>>;
  readonly ratio: { readonly estimate: number; readonly low: number | null; readonly high: number | null } | null;
}

/** Cells of all block sizes of one state and one slow-down, in the order of `SIZES`. */
function measure(directory: string, target: string, state: string, part: number): Cell[] {
  const jobs = SIZES.map((bs) => `  r${bs}: {bs: ${bs}}`).join('\n');
  const fields = `rw: randread, ioengine: psync, size: ${FILE_SIZE}, time_based: true, runtime: ${values.runtime}`;
  const workload = join(directory, `${state}.yaml`);
  writeFileSync(workload, `name: slowed-${state}\ndefaults: {${fields}, ${STATES[state]}}\njobs:\n${jobs}\n`);
  const main = fileURLToPath(new URL('../../bin/main.js', import.meta.url));
  const words = ['calibrate', workload, '-t', target, '-o', join(directory, 'results'), '--progress', 'none'];
  const plan = ['--sessions', values.sessions, '--rounds', values.rounds, '--inject', `${part}%`, '--format', 'json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words, ...plan], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0 && status !== 3) throw new Error(`calibrate failed (${status}): ${stderr}`);
  return (JSON.parse(stdout) as { cells: Cell[] }).cells;
}

function percent(ratio: number | null | undefined): string {
  return typeof ratio === 'number' ? `${(100 * (ratio - 1)).toFixed(1)} %` : '–';
}

/** Prints the rows of all cells, and returns how many are certainly wrong. */
function measureAll(directory: string, target: string): number {
  let missed = 0;
  console.log(
    '| reads | block | slowed by | B / A should be | B / A is | 95 % interval | within 3 % |\n|---|---|---|---|---|---|---|',
  );
  for (const state of values.states.split(',')) {
    for (const part of PARTS) {
      const expected = 100 / (100 + part);
      for (const [place, { ratio }] of measure(directory, target, state, part).entries()) {
        const low = ratio?.low ?? 0;
        const high = ratio?.high ?? Number.POSITIVE_INFINITY;
        const beyond = low > expected * (1 + TOLERANCE) || high < expected * (1 - TOLERANCE);
        const inside = low >= expected * (1 - TOLERANCE) && high <= expected * (1 + TOLERANCE);
        const judged = state === 'warm' ? 'not judged' : beyond ? '**NO**' : inside ? 'yes' : 'too noisy to know';
        if (judged === '**NO**') missed++;
        const cells = [state, SIZES[place], `${part} %`, percent(expected), percent(ratio?.estimate)];
        console.log(`| ${[...cells, `${percent(ratio?.low)} … ${percent(ratio?.high)}`, judged].join(' | ')} |`);
      }
    }
  }
  return missed;
}

const directory = mkdtempSync(join(tmpdir(), 'feedrate-injected-'));
const slow = values.latency === undefined ? null : /^(\d+)ms$/.exec(values.latency);
const target = mkdtempSync(join(slow ? '/dev/shm' : values.target, 'feedrate-injected-target-'));
mkdirSync(join(directory, 'results'));
try {
  const latencyUs = 1000 * Number(slow?.[1] ?? 0);
  const mountPoint = join(directory, 'mnt');
  const missed = slow
    ? await withSlowMount(
        buildSlowMount(directory),
        target,
        mountPoint,
        { latencyUs, rate: 0, streamRate: 0 },
        async () => measureAll(directory, mountPoint),
      )
    : measureAll(directory, target);
  process.exitCode = missed === 0 ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
  rmSync(target, { recursive: true, force: true });
}
