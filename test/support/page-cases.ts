/** Pages of runs as different as runs can be, for tests in a browser. */

import { readGlossary } from '../../src/host/system/page-files.js';
import type { Page } from '../../src/page/page.js';
import type { Arm } from '../../src/plan/plan.js';
import type { RunRecord } from '../../src/record/run-record.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { glossaryTerms } from '../../src/report/page/glossary.js';
import { type PageContext, runPage } from '../../src/report/page/run-page.js';
import { viewRun } from '../../src/report/run/run-view.js';
import { HOSTILE } from './hostile.js';
import { latencies, makeArm, makeRun, makeThreshold, makeTrial } from './records.js';

export const CONTEXT: PageContext = {
  terms: glossaryTerms(readGlossary()),
  madeAt: '2026-11-30T01:02:03.000Z',
  madeBy: 'feedrate 0.1.0',
};

const MIB = 2 ** 20;
const SIZES = ['4KiB', '16KiB', '64KiB', '256KiB', '1MiB', '4MiB', '16MiB'];

/** Arms of the sizes and workers, up to a number of them. */
function armsOf(count: number): Arm[] {
  return Array.from({ length: count }, (_, index) => {
    const bs = SIZES[index % SIZES.length] as string;
    const numjobs = String(2 ** Math.floor(index / SIZES.length / 4));
    const job = ['cold-read', 'warm-read', 'write', 'random-read'][Math.floor(index / SIZES.length) % 4] as string;
    const factors =
      count === 1
        ? []
        : [
            { name: 'bs', label: bs },
            { name: 'numjobs', label: numjobs },
          ];
    return makeArm(job, factors, index === 0 ? [makeThreshold('throughput', null, '>', 400 * MIB)] : []);
  });
}

/** Trials that differ a little, the same in every run. */
function trialsOf(arms: readonly Arm[], rounds: number): TrialRecord[] {
  return arms.flatMap((arm, place) =>
    Array.from({ length: rounds }, (_, round) => {
      const wobble = 1 + 0.04 * Math.sin(7 * place + 3 * round);
      const rate = (200 + 40 * (place % 20)) * MIB * wobble;
      const each = [90, 100, 110, 130, 180, 400, 2500].map((us) => us * 1e3 * (1 + 0.2 * (place % 7)) * wobble);
      const series = Array.from({ length: 8 }, (_, second) => ({
        startNs: second * 1e9,
        durationNs: 1e9,
        readBytes: rate * (1 + 0.05 * Math.sin(second + place)),
        writeBytes: 0,
        ops: 1000,
        p50Ns: 120_000,
        p99Ns: 2_500_000,
      }));
      return makeTrial(arm, round + 1, rate, {
        id: `s1r${round + 1}t${place + 1}`,
        place: place + 1,
        latency: { read: latencies(...each.flatMap((value) => Array.from({ length: 20 }, () => value))) },
        series,
      });
    }),
  );
}

interface RunCase {
  readonly run: RunRecord;
  readonly trials: readonly TrialRecord[];
  readonly problems?: readonly string[];
}

function runOf(arms: readonly Arm[], rounds: number, changes: Partial<RunRecord> = {}): RunCase {
  return { run: makeRun(arms, rounds, changes), trials: trialsOf(arms, rounds) };
}

/** A run in which every third trial failed. */
function failing(): RunCase {
  const { run, trials } = runOf(armsOf(6), 7);
  const fault = {
    code: 'EIO',
    syscall: 'pread64',
    message: 'input/output error',
    path: '/mnt/data/.feedrate-data/file-0001',
    offsetBytes: 4096,
    worker: 1,
  };
  const failed = trials.map((trial, index) =>
    index % 3 === 0 ? { ...trial, status: 'failed' as const, fault } : trial,
  );
  return { run: { ...run, status: 'failed' }, trials: failed, problems: ['trials.jsonl:12: cut off; left out'] };
}

/** Everything that a user names has a name that another program might obey. */
function hostile(): RunCase {
  const text = `</script><script>globalThis.owned = 1</script><img src=x onerror="owned=1">${HOSTILE}`;
  const arms = [
    ['a', `${text}`],
    ['b', 'שלום עולם العربية'],
    ['c', 'x'.repeat(10_000)],
    ['d', '\u202eevil'],
  ].map(([job, label]) => makeArm(job as string, [{ name: 'label', label: label as string }]));
  const { run, trials } = runOf(arms, 7, { labels: { note: text }, hostname: text, overrides: [text] });
  const targets = run.environment.targets.map((target) => ({ ...target, source: text, options: 'x'.repeat(10_000) }));
  const warned = trials.map((trial) => ({
    ...trial,
    warnings: [{ code: 'drift' as const, message: text, remedy: text }],
  }));
  return { run: { ...run, environment: { ...run.environment, targets }, workloadSource: text }, trials: warned };
}

/** Names as long as people make them. */
function longNames(): RunCase {
  const arms = armsOf(5).map((arm, index) => ({
    ...arm,
    id: `${arm.job}-with-a-name-that-says-all-about-it-${index}/${arm.factors.map(({ name, label }) => `${name}=${label}`).join(',')}`,
    job: `${arm.job}-with-a-name-that-says-all-about-it-${index}`,
  }));
  return runOf(arms, 7, {
    labels: { volume: 'a-flexgroup-over-all-of-the-aggregates-of-both-pairs-in-the-first-zone' },
  });
}

/** A local disk instead of a mount. */
function local(): RunCase {
  const made = runOf(armsOf(4), 7);
  const targets = made.run.environment.targets.map((target) => ({
    ...target,
    fileSystem: 'ext4',
    source: '/dev/nvme1n1',
  }));
  return { ...made, run: { ...made.run, environment: { ...made.run.environment, targets } } };
}

const CASES = {
  'one-arm': () => runOf(armsOf(1), 7),
  'seven-arms': () => runOf(armsOf(7), 7),
  '200-arms': () => runOf(armsOf(200), 5),
  failed: failing,
  'one-trial': () => runOf(armsOf(1), 1),
  local,
  'long-names': longNames,
  hostile,
} as const satisfies Readonly<Record<string, () => RunCase>>;

export type PageCase = keyof typeof CASES;
export const PAGE_CASES = Object.keys(CASES) as PageCase[];

/** Returns the page of a case. It is the same each time. */
export function pageOfCase(name: PageCase): Page {
  const { run, trials, problems = [] }: RunCase = CASES[name]();
  return runPage(viewRun(run, trials, problems, { directory: `results/${run.id}` }), CONTEXT);
}

/** A run of so many arms and rounds, for measurements. */
export function pageOfSize(arms: number, rounds: number): Page {
  const { run, trials } = runOf(armsOf(arms), rounds);
  return runPage(viewRun(run, trials, [], { directory: `results/${run.id}` }), CONTEXT);
}
