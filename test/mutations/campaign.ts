/** Damaged workloads, run directories, baselines, calibrations and histories, and what every command may say to them. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPrng, type Prng } from '../../src/base/prng.js';
import type { NamedRun } from '../../src/gate/comparison.js';
import type { CalibrationRecord } from '../../src/record/calibration-record.js';
import type { MachineUse } from '../../src/record/machine-use.js';
import type { NfsMount } from '../../src/record/nfs-mount.js';
import type { TargetEnvironment } from '../../src/record/run-record.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { around, type MeasuredArm, measuredRun, storeRun } from '../support/measured-runs.js';
import { makeCalls, makeTraffic } from '../support/nfs-traffic.js';
import { makeArm, makeThreshold } from '../support/records.js';
import { repositoryRoot } from '../support/repository.js';
import { aliasBomb, FILE_MUTATORS, mutatedJson, mutatedText, pick, placesIn, WRONG, withPlace } from './mutators.js';

/** One damaged input. */
export interface Mutant {
  /** Enough to make it again: the seed is in the campaign's heading. */
  readonly name: string;
  /** Makes it in an empty directory, which is then the current one. */
  readonly make: (directory: string) => void;
  readonly words: readonly string[];
  readonly statuses: readonly number[];
}

const WORKLOADS = join(repositoryRoot, 'workloads');
const texts = readdirSync(WORKLOADS)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => readFileSync(join(WORKLOADS, file), 'utf8'));
const KEYS = ['thresholds', 'trials', 'jobs', 'dataset', 'description', 'name', 'defaults'];

/** A dry run of a damaged workload. */
export function workloadMutant(index: number, seed: number): Mutant {
  const prng = createPrng(seed + index);
  const text = pick(texts, prng);
  const kinds = Object.keys(FILE_MUTATORS);
  const kind = index % 40 === 0 ? (kinds[(index / 40) % kinds.length] as string) : null;
  const format = prng.nextBelow(4) === 0 ? ['--format', 'json'] : [];
  return {
    name: `workload ${index}${kind === null ? '' : `: ${kind}`}`,
    make(directory) {
      const path = join(directory, 'm.yaml');
      const bomb = prng.nextBelow(60) === 0;
      writeFileSync(path, kind === null ? (bomb ? aliasBomb(pick(KEYS, prng)) : mutatedText(text, prng)) : text);
      if (kind !== null) FILE_MUTATORS[kind]?.(path);
    },
    words: ['run', 'm.yaml', '-t', '.', '--dry-run', '--progress', 'none', ...format],
    statuses: [0, 2],
  };
}

const arms = (level: number): MeasuredArm[] =>
  ['4KiB', '1MiB'].map((label) => ({
    arm: makeArm('read', [{ name: 'bs', label }], [makeThreshold('throughput', null, '>', 1)]),
    levels: around(level, 6),
  }));
const RUN = '20261123T191203Z_quick_a1f3';
const OTHER = '20261124T191203Z_quick_b2e4';

/** A run on NFS in which everything that a record may have is there. */
function fullRun(): NamedRun {
  const plain = measuredRun(RUN, arms(1e9));
  const [target] = plain.run.environment.targets;
  return {
    ...plain,
    run: {
      ...plain.run,
      labels: { volume: 'flexgroup' },
      ownCost: { clockNs: 30, histogramNs: 20, nullNsPerOperation: 70 },
      environment: { ...plain.run.environment, load: LOAD, targets: [{ ...(target as TargetEnvironment), nfs: NFS }] },
    },
    trials: plain.trials.map((trial, index) => ({ ...trial, ...partsOf(index) })),
  };
}

const LOAD = { loadAverage: 1.5, cpuStalledShare: 0.1, ioStalledShare: 0, memoryStalledShare: null };

/** A trial that failed, and what else a trial may have. */
function partsOf(index: number): Partial<TrialRecord> {
  const fault = { code: 'EIO', syscall: 'read', message: 'broken', path: '/mnt/f', offsetBytes: 4, worker: 1 };
  return {
    nfs: makeTraffic({ calls: { READ: makeCalls(1000) }, events: { delay: 2 } }),
    warnings: [{ code: 'short-window', message: 'it was short', remedy: 'wait' }],
    machine: MACHINE,
    ...(index === 0 ? { status: 'failed', fault } : {}),
  };
}

const MACHINE: MachineUse = {
  ...{ spanNs: 1e9, cpus: 2, othersCpuNs: 1e8, kernelCpuNs: 0, stealNs: 0, loadAverage: 1.5 },
  stalled: { cpuNs: 1e8, ioNs: 0, memoryNs: 0 },
  groupStalled: { cpuNs: null, ioNs: null, memoryNs: null },
  ...{ clockFastestNs: 26, clockTypicalNs: 27 },
};

const NFS: NfsMount = {
  options: {
    ...{ version: '4.1', readBytes: 2 ** 20, writeBytes: 2 ** 20, connections: 4, transport: 'tcp', port: null },
    ...{ security: 'sys', recovery: 'hard', timeoutNs: 6e10, retransmissions: 2, attributeCaching: true },
    attributeCache: { fileMinNs: 3e9, fileMaxNs: 6e10, directoryMinNs: 3e10, directoryMaxNs: 6e10 },
    ...{
      closeToOpen: true,
      lookupCache: 'all',
      localLock: 'none',
      serverAddress: '10.0.0.1',
      clientAddress: '10.0.0.2',
    },
    localDiskCache: false,
  },
  ...{ service: 'ontap', serverImplementation: 'NetApp', ontapRelease: '9.14.1', pnfs: 'not configured' },
  ...{ openTransports: 4, readAheadBytes: 2 ** 20, limits: { tcpSlots: 2, tcpMaxSlots: 65536, sessionSlots: 64 } },
};

/** Two runs, a baseline and a calibration. */
export function makeResults(directory: string): void {
  const results = join(directory, 'results');
  const one = fullRun();
  const two = measuredRun(OTHER, arms(0.9e9), { startedAt: '2026-11-24T19:12:03.250Z' });
  for (const run of [one, two]) {
    const path = storeRun(results, run);
    for (const file of ['summary.csv', 'timeseries.csv']) writeFileSync(join(path, file), 'session,round\n1,1\n');
  }
  storeRun(join(results, 'baselines'), { ...one, name: 'main' });
  mkdirSync(join(results, 'calibrations'));
  writeFileSync(join(results, 'calibrations', 'c.json'), JSON.stringify(calibration(), null, 2));
}

function calibration(): CalibrationRecord {
  const fraction = 0.01;
  return {
    ...{ calibrationVersion: 1, run: RUN, calibratedAt: '2026-11-23T00:00:00.000Z', feedrate: '0.1.0' },
    ...{ hostname: 'notebook', workload: 'quick', path: '/mnt/data', alpha: fraction, minEffect: fraction, power: 0.9 },
    target: { source: 'svm-1:/train', fileSystem: 'nfs4', options: ['relatime', 'rw', 'vers=4.1'] },
    plan: { sessions: 6, rounds: 1, arms: 2 },
    costs: { sessionNs: 1e9, roundNs: 1e9, trialNs: 1e9 },
    cells: [
      {
        ...{ arm: 'read/bs=4KiB', spec: {}, words: {}, measure: 'throughput', median: 1e9, trialCv: fraction },
        ...{ levels: [], repeatMore: null, optimalRounds: null, sessions: 6, sessionSd: fraction, ratio: null },
        couldDiffer: true,
        halves: null,
        ...{ pDiffers: 1, floor: fraction, detectable: fraction },
      },
    ],
    sessionsNeeded: null,
    ...{ wanted: 0.05, recommended: null, warnings: [] },
  };
}

/** What is damaged, and how often relative to the others. */
const FILES = [
  ...Array<string>(4).fill(`${RUN}/run.json`),
  ...Array<string>(3).fill(`${RUN}/trials.jsonl`),
  ...[`${OTHER}/run.json`, `${OTHER}/trials.jsonl`, `${RUN}/summary.csv`, `${RUN}/command.txt`],
  ...[
    RUN,
    'baselines',
    'baselines/main',
    'calibrations',
    'baselines/main/run.json',
    'baselines/main/trials.jsonl',
    'calibrations/c.json',
  ],
];

const READS = [0, 2];
const JUDGES = [0, 1, 2, 3, 4, 5];
const QUESTIONS: readonly (readonly [readonly number[], ...string[]])[] = [
  [READS, 'show', RUN],
  [READS, 'show', RUN, '--format', 'json'],
  [READS, 'show', RUN, '--format', 'md'],
  [READS, 'show', RUN, '--format', 'csv'],
  [READS, 'show', RUN, '--junit', 'j.xml', '--bmf', 'b.json', '--open-metrics', 'o.txt', '--benchmark-json', 'p'],
  [READS, 'show'],
  [READS, 'list'],
  [READS, 'list', '--format', 'json'],
  [READS, 'history'],
  [READS, 'history', '--format', 'json', '-m', 'p99(latency)'],
  [READS, 'baseline', 'list'],
  [READS, 'baseline', 'show', 'main'],
  [READS, 'baseline', 'save', 'main', RUN],
  [READS, 'baseline', 'save', 'new', RUN],
  [JUDGES, 'compare', RUN, OTHER],
  [JUDGES, 'compare', RUN, OTHER, '--format', 'json', '-m', 'throughput', '-m', 'p99(latency)'],
  [JUDGES, 'compare', RUN, '--cols', 'bs'],
  [JUDGES, 'gate', RUN, '--baseline', 'main'],
  [JUDGES, 'gate', OTHER, '--baseline', 'main', '--format', 'md', '--junit', 'j.xml'],
  [READS, 'complete', '--', 'show', ''],
];

/** A question about damaged results. */
export function resultsMutant(index: number, seed: number): Mutant {
  const prng = createPrng(seed + index);
  const [statuses, ...words] = QUESTIONS[index % QUESTIONS.length] as (typeof QUESTIONS)[number];
  const file = pick(FILES, prng);
  const kinds = Object.keys(FILE_MUTATORS);
  const isDirectory = !/\.\w+$/.test(file);
  const kind = isDirectory || prng.nextBelow(8) === 0 ? pick(kinds, prng) : null;
  return {
    name: `results ${index}: ${file}${kind === null ? '' : ` is ${kind}`}`,
    make(directory) {
      makeResults(directory);
      const path = join(directory, 'results', file);
      if (kind !== null) FILE_MUTATORS[kind]?.(path);
      else writeFileSync(path, damaged(readFileSync(path, 'utf8'), file, prng));
    },
    words: words[0] === 'complete' ? words : [...words, '-o', 'results'],
    statuses,
  };
}

/** Half of the damage is to values, so that the file can still be parsed. */
function damaged(text: string, file: string, prng: Prng): string | Uint8Array {
  if (prng.nextBelow(3) === 0 || /\.(?:csv|txt)$/.test(file)) return mutatedText(text, prng);
  const change = (json: string): string => {
    let value: unknown = JSON.parse(json);
    for (let changes = 1 + prng.nextBelow(2); changes > 0; changes--) value = mutatedJson(value, prng);
    return JSON.stringify(value) ?? '';
  };
  if (file.endsWith('.json')) return change(text);
  const lines = text.trimEnd().split('\n');
  const every = prng.nextBelow(4) === 0;
  const at = prng.nextBelow(lines.length);
  return `${lines.map((line, number) => (every || number === at ? change(line) : line)).join('\n')}\n`;
}

/** Each place of each record with each wrong value: what seeds may miss. */
const FIELDS: readonly (readonly [file: string, path: readonly string[], value: unknown])[] = fieldsOf([
  [`${RUN}/run.json`, fullRun().run],
  [`${RUN}/trials.jsonl`, fullRun().trials[0]],
  ['calibrations/c.json', calibration()],
]);

export const FIELD_MUTANTS = FIELDS.length;

function fieldsOf(records: readonly (readonly [string, unknown])[]): (typeof FIELDS)[number][] {
  return records.flatMap(([file, record]) =>
    placesIn(JSON.parse(JSON.stringify(record))).flatMap((path) => WRONG.map((value) => [file, path, value] as const)),
  );
}

/** A question about results in which one field has a wrong value. */
export function fieldMutant(index: number): Mutant {
  const [file, path, value] = FIELDS[index % FIELDS.length] as (typeof FIELDS)[number];
  // The number of wrong values and of questions have no common factor, so that each field meets many questions.
  const [statuses, ...words] = QUESTIONS[(index * 3) % QUESTIONS.length] as (typeof QUESTIONS)[number];
  return {
    name: `field ${index}: ${path.join('.')} = ${JSON.stringify(value) ?? 'nothing'} in ${file}`,
    make(directory) {
      makeResults(directory);
      const place = join(directory, 'results', file);
      const [first = '', ...others] = readFileSync(place, 'utf8').split(file.endsWith('.jsonl') ? '\n' : /$^/);
      writeFileSync(place, [JSON.stringify(withPlace(JSON.parse(first), path, value)), ...others].join('\n'));
    },
    words: words[0] === 'complete' ? words : [...words, '-o', 'results'],
    statuses,
  };
}
