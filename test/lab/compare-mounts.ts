/**
 * All mounts of the lab against each other in one run, and feedrate beside fio on one of them.
 *
 *   node dist/test/lab/compare-mounts.js [--quick] [--out FILE]
 *
 * Exits 1 when a negotiated option is not the one in mountinfo, when the slow tier is not called slower, or when one
 * mount is called different from itself. Ratios to fio are told: the kernel of the lab is slow and noisy.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatDurationNs } from '../../src/base/units.js';
import { decodeRun, decodeTrial } from '../../src/record/codec.js';
import { throughputBytesPerSecond } from '../../src/record/measure.js';
import type { TargetEnvironment } from '../../src/record/run-record.js';
import { ensureFio } from '../bench/fio-run.js';
import { ratioOfNumbers } from '../bench/ratio.js';
import { writeWhole } from '../bench/results-file.js';
import { LAB, launcherIn, shownOption } from './lab.js';

const TIMEOUT_S = 2400;
const FULL = { versions: '3,4.0,4.1,4.2', rounds: 5 };
const QUICK = { versions: '4.2', rounds: 2 };

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, out: { type: 'string' } },
});

async function runLab(directory: string, { versions, rounds }: typeof FULL): Promise<void> {
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
  const inside = [join(LAB, 'inside-compare.sh'), launcher, LAB, `${rounds}`];
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
  const runs = readdirSync(join(directory, 'peers')).sort();
  return ['small', 'large'].map((job) => {
    const ratios = Array.from({ length: rounds }, (_, index) => {
      const lines = readFileSync(join(directory, 'peers', runs[index] as string, 'trials.jsonl'), 'utf8').trimEnd();
      const trial = lines
        .split('\n')
        .map((line) => decodeTrial(line, 'trials.jsonl'))
        .find((one) => one.job === job);
      const fio = JSON.parse(readFileSync(join(directory, `fio.${job}.${index + 1}.json`), 'utf8'));
      return trial === undefined ? Number.NaN : throughputBytesPerSecond(trial) / fio.jobs[0].read.bw_bytes;
    });
    const ratio = ratioOfNumbers(ratios);
    const [low, middle, high] = [ratio?.min, ratio?.median, ratio?.max].map((x) => (x ?? Number.NaN).toFixed(2));
    const what = job === 'small' ? '4 KiB random reads, O_DIRECT' : '1 MiB reads, O_DIRECT';
    return `| ${what} | ${middle} [${low}–${high}] |`;
  });
}

async function main(): Promise<boolean> {
  const extent = values.quick ? QUICK : FULL;
  const fioVersion = await ensureFio((line) => process.stderr.write(`${line}\n`));
  const directory = mkdtempSync(join(tmpdir(), 'feedrate-lab-'));
  try {
    await runLab(directory, extent);
    const file = (...parts: string[]) => readFileSync(join(directory, ...parts), 'utf8');
    const [runName = ''] = readdirSync(join(directory, 'runs'));
    const run = decodeRun(file('runs', runName, 'run.json'), 'run.json');
    const comparison = JSON.parse(file('comparison.json')) as { readonly cells: readonly JsonCell[] };
    const wrong = [
      ...run.environment.targets.flatMap((target) => wrongOptions(target, file('mountinfo'))),
      ...wrongVerdicts(comparison.cells),
    ];
    const text = [
      `# Mounts against each other, ${new Date().toISOString().slice(0, 10)}`,
      '',
      `\`npm run bench:lab${values.quick ? ' -- --quick' : ''}\`: real NFS mounts in a user-mode Linux ${run.environment.kernel}, ${fioVersion}. *ssd* is`,
      'memory, *cold* a disk that takes 20 ms more for each read behind a link of 200 Mbit/s, *again* another directory of',
      '*ssd*: the same mount. n4: nconnect 4. The network of this kernel is memory: versions and connections need not differ.',
      '',
      '```',
      file('comparison').trimEnd(),
      '```',
      '',
      `A clock reading is a system call in this kernel and takes ${formatDurationNs(run.ownCost?.clockNs ?? Number.NaN)}; fio reads the processor’s counter`,
      'instead. That is part of what feedrate loses to it here; what it loses with 1 MiB is not explained by it.',
      '',
      `What is wrong: ${wrong.length === 0 ? 'nothing' : wrong.join('; ')}.`,
      '',
      '| throughput on *ssd*, to fio | ratio |',
      '|---|---|',
      ...peerLines(directory, extent.rounds),
      '',
    ].join('\n');
    if (values.out === undefined) process.stdout.write(text);
    else writeWhole(values.out, text);
    for (const line of wrong) process.stderr.write(`${line}\n`);
    return wrong.length === 0;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

process.exitCode = (await main()) ? 0 : 1;
