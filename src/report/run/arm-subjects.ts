/** What the jobs of a table are about, and therefore which columns matter most in it. */
import type { LatencyKind } from '../../base/latency-kinds.js';
import type { NumberKey } from '../../base/metrics.js';
import type { ArmSummary } from '../../stats/summary.js';
import type { NotedArm } from './notes.js';

/** What charts show of such jobs, the most important first. */
export interface Charted {
  readonly numbers: readonly NumberKey[];
  readonly latencies: readonly LatencyKind[];
  /** Whether the numbers are alike, so that one chart shows all of them. */
  readonly isTogether?: boolean;
}

interface JobSubject {
  /** Whether these results are of such a job. */
  readonly isOf: (summary: ArmSummary) => boolean;
  /** The metric that is always shown. Its column also says why a number is missing. */
  readonly headline: NumberKey;
  /** Whether latencies of other steps stand beside those of reads and writes, so that these need their names. */
  readonly hasSteps: boolean;
  /**
   * The columns from the most important one on: keys of metrics, `kind statistic` of latencies, and the keys of other
   * columns. The others follow in the order of `base/metrics.ts` and `base/latency-kinds.ts`.
   */
  readonly important: readonly string[];
  readonly charted: Charted;
}

/** Blocks below this size are measured for their number and latency, larger ones for their bytes. */
const SMALL_BLOCK_BYTES = 256 * 1024;

function movesSmallBlocks({ numbers: { throughput, iops } }: ArmSummary): boolean {
  return throughput !== null && iops !== null && throughput.median < SMALL_BLOCK_BYTES * iops.median;
}

const SUBJECTS = {
  training: {
    isOf: ({ latencies }) => latencies.has('step'),
    headline: 'au',
    hasSteps: true,
    important: [
      'samples_rate',
      'steady_au',
      'range',
      'throughput',
      'cache',
      'wait p99',
      'n',
      'step p99',
      'batch p50',
      'ceiling',
      'batch p99',
      'barrier p99',
    ],
    charted: { numbers: ['au', 'samples_rate', 'throughput'], latencies: ['wait', 'step', 'batch'] },
  },
  metadata: {
    isOf: ({ latencies }) => latencies.has('create') || latencies.has('stat') || latencies.has('readdir'),
    headline: 'throughput',
    hasSteps: true,
    important: ['create_rate', 'stat_rate', 'entry_rate', 'rename_rate', 'unlink_rate', 'create p99', 'stat p99', 'n'],
    charted: {
      numbers: ['create_rate', 'stat_rate', 'entry_rate', 'rename_rate', 'unlink_rate'],
      latencies: ['create', 'stat', 'unlink'],
      isTogether: true,
    },
  },
  checkpoints: {
    isOf: ({ latencies }) => latencies.has('checkpoint'),
    headline: 'throughput',
    hasSteps: true,
    important: [
      'checkpoint p50',
      'checkpoint max',
      'blocked p50',
      'fsync p50',
      'range',
      'latency p50',
      'fsync p99',
      'cache',
      'n',
      'close p50',
    ],
    charted: { numbers: ['throughput'], latencies: ['checkpoint', 'fsync', 'latency'] },
  },
  files: {
    isOf: ({ latencies }) => latencies.has('file'),
    headline: 'files',
    hasSteps: true,
    important: [
      'file p50',
      'open p50',
      'latency p50',
      'close p50',
      'file p99',
      'cache',
      'open p99',
      'throughput',
      'latency p99',
      'close p99',
      'n',
      'range',
    ],
    charted: { numbers: ['files', 'throughput'], latencies: ['file', 'open', 'latency'] },
  },
  smallBlocks: {
    isOf: movesSmallBlocks,
    headline: 'throughput',
    hasSteps: false,
    important: ['latency p99', 'iops', 'cache', 'ceiling', 'latency p50', 'n', 'range', 'latency p99.9'],
    charted: { numbers: ['throughput', 'iops'], latencies: ['latency'] },
  },
  largeBlocks: {
    isOf: () => true,
    headline: 'throughput',
    hasSteps: false,
    important: ['latency p99', 'cache', 'ceiling', 'range', 'latency p50', 'n', 'iops', 'latency p99.9'],
    charted: { numbers: ['throughput'], latencies: ['latency'] },
  },
} as const satisfies Readonly<Record<string, JobSubject>>;

export type SubjectName = keyof typeof SUBJECTS;

const NAMES = Object.keys(SUBJECTS) as readonly SubjectName[];

/** The arms of one table. */
export interface ArmGroup<Row = NotedArm> extends Pick<JobSubject, 'headline' | 'hasSteps' | 'charted'> {
  readonly arms: readonly Row[];
  /** Returns the place of a column, from 1; larger than any other for columns that are not important here. */
  readonly placeOf: (key: string) => number;
}

/**
 * Returns the arms by subject, in the order of the first arms. Blocks of all sizes are in one table, because people
 * compare them. An arm without results is beside the other arms of its job.
 */
export function groupArms<Row extends Pick<NotedArm, 'summary'>>(arms: readonly Row[]): ArmGroup<Row>[] {
  const ofJobs = new Map<string, SubjectName>();
  for (const { summary } of arms) {
    const found = NAMES.find((name) => SUBJECTS[name].isOf(summary)) as SubjectName;
    const known = ofJobs.get(summary.arm.job);
    if (known === undefined || NAMES.indexOf(found) < NAMES.indexOf(known)) ofJobs.set(summary.arm.job, found);
  }
  const bySubject = new Map<SubjectName, Row[]>();
  const hasSmall = [...ofJobs.values()].includes('smallBlocks');
  for (const arm of arms) {
    const found = ofJobs.get(arm.summary.arm.job) as SubjectName;
    const name = found === 'largeBlocks' && hasSmall ? 'smallBlocks' : found;
    const ofSubject = bySubject.get(name) ?? [];
    ofSubject.push(arm);
    bySubject.set(name, ofSubject);
  }
  return [...bySubject].map(([name, ofSubject]) => {
    const { headline, hasSteps, important, charted }: JobSubject = SUBJECTS[name];
    return {
      headline,
      hasSteps,
      charted,
      arms: ofSubject,
      placeOf: (key) => important.indexOf(key) + 1 || Number.POSITIVE_INFINITY,
    };
  });
}
