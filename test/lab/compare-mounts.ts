/**
 * All mounts of the lab against each other in one run; feedrate beside fio on one of them, and what a delay shows as.
 *
 *   node dist/test/lab/compare-mounts.js [--quick] [--only mounts|peers] [--out FILE]
 *
 * Exits 1 when a negotiated option is not the one in mountinfo, when the slow tier is not called slower, or when one
 * mount is called different from itself. Ratios to fio are told: the kernel of the lab is slow and noisy.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatDurationNs } from '../../src/base/units.js';
import type { TargetEnvironment } from '../../src/record/run-record.js';
import { throughputBytesPerSecond } from '../../src/record/trial-values.js';
import { nfsUseOf } from '../../src/stats/nfs-use.js';
import { ensureFio } from '../bench/fio-run.js';
import { ratioOfNumbers } from '../bench/ratio.js';
import { writeWhole } from '../bench/results-file.js';
import { runOf, trialsOf } from '../support/run-directory.js';
import { LAB, launcherIn, shownOption } from './lab.js';

const TIMEOUT_S = 2400;
const FULL = { versions: '3,4.0,4.1,4.2', rounds: 5 };
const PARTS = ['mounts', 'peers'];
const QUICK = { versions: '4.2', rounds: 2 };

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, out: { type: 'string' } },
});

async function runLab(directory: string, { versions, rounds }: typeof FULL, parts: readonly string[]): Promise<void> {
  const launcher = launcherIn(directory);
  const options = [
    '--versions',
    versions,
    '--nconnect',
    '4',
    '--tiers',
    '--dir',
    directory,
    '--timeout',
    `${TIMEOUT_S}`,
  ];
  const inside = [join(LAB, 'inside-compare.sh'), launcher, LAB, `${rounds}`, ...parts];
  const lab = spawn(join(LAB, 'nfs-lab'), ['run', ...options, '--', ...inside], { stdio: ['ignore', 2, 2] });
  const status = await new Promise((resolve) => lab.on('exit', resolve));
  if (status !== 0) throw new Error(`the lab ended with ${status}`);
}

/** Options that are not what mountinfo shows of the mount. */
function wrongOptions({ name, mountPoint, nfs }: TargetEnvironment, mountinfo: string): string[] {
  const shown = (option: string) => shownOption(mountinfo, mountPoint, option);
  const pairs = [
    ['vers', nfs?.options.version, shown('vers')],
    ['rsize', `${nfs?.options.readBytes}`, shown('rsize')],
    ['wsize', `${nfs?.options.writeBytes}`, shown('wsize')],
    ['nconnect', `${nfs?.options.connections}`, shown('nconnect') ?? '1'],
    ['connections', `${nfs?.openTransports}`, shown('nconnect') ?? '1'],
  ] as const;
  return pairs.flatMap(([option, ours, theirs]) =>
    ours === theirs ? [] : [`${name}: ${option} is ${theirs}, feedrate says ${ours}`],
  );
}

interface JsonCell {
  readonly column: string;
  readonly row: Readonly<Record<string, string>>;
  readonly verdict: string;
}

function wrongVerdicts(cells: readonly JsonCell[]): string[] {
  return cells.flatMap(({ column, row, verdict }) => {
    if (column === 'cold' && row['job'] === 'cold' && verdict !== 'regression') return [`cold is called ${verdict}`];
    if (column === 'again' && !['equivalent', 'inconclusive'].includes(verdict))
      return [`a mount is called ${verdict} against itself (${row['job']})`];
    return [];
  });
}

/** Throughput to fio’s, job by job: the median of the rounds’ ratios and their range. */
function peerLines(directory: string, rounds: number): string[] {
  const ratioTo = (job: string, clock: string): string => {
    const ratios = Array.from({ length: rounds }, (_, index) => {
      const trial = trialsOf(join(directory, `peers.${index + 1}`)).find((one) => one.job === job);
      const fio = JSON.parse(readFileSync(join(directory, `fio.${job}.${clock}.${index + 1}.json`), 'utf8'));
      return trial === undefined ? Number.NaN : throughputBytesPerSecond(trial) / fio.jobs[0].read.bw_bytes;
    });
    const ratio = ratioOfNumbers(ratios);
    const [low, middle, high] = [ratio?.min, ratio?.median, ratio?.max].map((x) => (x ?? Number.NaN).toFixed(2));
    return `${middle} [${low}–${high}]`;
  };
  return [
    ['small', '4 KiB random reads, O_DIRECT'],
    ['large', '1 MiB reads, O_DIRECT'],
  ].map(([job, what]) => `| ${what} | ${ratioTo(job as string, 'cpu')} | ${ratioTo(job as string, 'clock_gettime')} |`);
}

/** What 2 and 20 ms more on the link do to a ping and to a 4 KiB read: to its round trip, and to the client's part of it. */
function delayLines(directory: string): string[] {
  const seen = ['0ms', '2ms', '20ms'].map((delay) => {
    const use = nfsUseOf(trialsOf(join(directory, delay)).filter(({ job }) => job === 'small'))?.read;
    const ping = readFileSync(join(directory, `${delay}.ping`), 'utf8');
    const pingNs = Number(/= [\d.]+\/([\d.]+)\//.exec(ping)?.[1]) * 1e6;
    return { pingNs, roundTripNs: use?.roundTripNs ?? Number.NaN, clientNs: use?.clientNs ?? Number.NaN };
  });
  const row = (what: string, field: 'pingNs' | 'roundTripNs' | 'clientNs') => {
    const [before = Number.NaN, ...after] = seen.map((one) => one[field]);
    return `| ${what} | ${[before, ...after.map((ns) => ns - before)].map(formatDurationNs).join(' | ')} |`;
  };
  return [row('ping', 'pingNs'), row('round trip of a read', 'roundTripNs'), row('client', 'clientNs')];
}

const heading = (kernel: string, fioVersion: string): string[] => [
  `# Mounts against each other, ${new Date().toISOString().slice(0, 10)}`,
  '',
  `\`npm run bench:lab\`: real NFS mounts in a user-mode Linux ${kernel}, ${fioVersion}. *ssd* is`,
  'memory, *cold* a disk that takes 20 ms more for each read behind a link of 200 Mbit/s, *again* another directory of',
  '*ssd*: the same mount. n4: nconnect 4. The network of this kernel is memory: versions and connections need not differ.',
  '',
];

/** What the comparison of all mounts says, and what is wrong in it. */
function mountsPart(directory: string): { lines: string[]; wrong: string[] } {
  const file = (...parts: string[]) => readFileSync(join(directory, ...parts), 'utf8');
  const run = runOf(join(directory, 'runs'));
  const comparison = JSON.parse(file('comparison.json')) as { readonly cells: readonly JsonCell[] };
  const wrong = [
    ...run.environment.targets.flatMap((target) => wrongOptions(target, file('mountinfo'))),
    ...wrongVerdicts(comparison.cells),
  ];
  const verdict = `What is wrong: ${wrong.length === 0 ? 'nothing' : wrong.join('; ')}.`;
  return { lines: ['```', file('comparison').trimEnd(), '```', '', verdict, ''], wrong };
}

function peersPart(directory: string, rounds: number): string[] {
  const clockNs = runOf(join(directory, 'peers.1')).ownCost?.clockNs ?? Number.NaN;
  return [
    '| throughput on *ssd* | to fio | to fio by the kernel’s clock |',
    '|---|---|---|',
    ...peerLines(directory, rounds),
    '',
    `A clock reading is a system call in this kernel and takes ${formatDurationNs(clockNs)}; fio reads the processor’s counter`,
    'instead, and in the last column the clock that feedrate reads (`clocksource=clock_gettime`).',
    '',
    '| link of *ssd* (means) | as it is | 2 ms of delay add | 20 ms of delay add |',
    '|---|---|---|---|',
    ...delayLines(directory),
    '',
  ];
}

async function main(): Promise<boolean> {
  const extent = values.quick ? QUICK : FULL;
  const parts = values.only === undefined ? PARTS : PARTS.filter((part) => part === values.only);
  if (parts.length === 0) throw new Error(`--only ${values.only}: expected one of ${PARTS.join(', ')}`);
  const fioVersion = ensureFio();
  const directory = mkdtempSync(join(tmpdir(), 'feedrate-lab-'));
  try {
    await runLab(directory, extent, parts);
    const mounts = parts.includes('mounts') ? mountsPart(directory) : { lines: [], wrong: [] };
    const peers = parts.includes('peers') ? peersPart(directory, extent.rounds) : [];
    const { kernel } = runOf(join(directory, parts.includes('mounts') ? 'runs' : 'peers.1')).environment;
    const text = [...heading(kernel, fioVersion), ...mounts.lines, ...peers].join('\n');
    if (values.out === undefined) process.stdout.write(text);
    else writeWhole(values.out, text);
    for (const line of mounts.wrong) process.stderr.write(`${line}\n`);
    return mounts.wrong.length === 0;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

process.exitCode = (await main()) ? 0 : 1;
