/** Results of other programs as a run: only what their files say, in the terms of a run. */
import { FeedrateError } from '../../base/errors.js';
import type { OperationKind } from '../../base/latency-kinds.js';
import type { SparseCounts } from '../../histogram/sparse-counts.js';
import type { Arm, Plan, Target } from '../../plan/plan.js';
import { buildPlan } from '../../plan/schedule.js';
import { parseWorkload } from '../../workload/parse.js';
import { resolveJob } from '../../workload/resolve.js';
import { RUN_VERSION, type RunRecord } from '../run-record.js';
import { RECORD_VERSION, type TrialRecord } from '../trial-record.js';

/** One execution of a job. */
export interface ForeignTrial {
  readonly startedAt: string;
  /** The time in which all workers were busy, and until the last one was done. */
  readonly windowNs: number;
  readonly lastDoneNs: number;
  readonly readBytes: number;
  readonly writeBytes: number;
  readonly readOps: number;
  readonly writeOps: number;
  /** Everything that was moved. */
  readonly total: Pick<ForeignTrial, 'readBytes' | 'writeBytes' | 'readOps' | 'writeOps'>;
  readonly latency: Partial<Record<OperationKind, SparseCounts>>;
  readonly userNs: number | null;
  readonly systemNs: number | null;
  /** Metrics without the counts behind them; null: everything follows from the counts. */
  readonly stated: NonNullable<TrialRecord['stated']> | null;
  /** Why it failed; null: it did not. */
  readonly fault: string | null;
}

export interface ForeignJob {
  readonly name: string;
  /** Fields of a job, in the spelling of a workload. */
  readonly fields: readonly (readonly [word: string, value: string])[];
  /** Fields that a job must have and the files do not say, with values that stand in for them. Defaults are left out, too. */
  readonly unsaid: readonly (readonly [word: string, value: string])[] | null;
  /** The engine by the program's own name. */
  readonly engine: string;
  readonly trials: readonly ForeignTrial[];
}

export interface ForeignResults {
  readonly program: string;
  readonly workload: string;
  /** The directory that was measured, if the files say so. */
  readonly directory: string | null;
  readonly hostname: string | null;
  readonly jobs: readonly ForeignJob[];
  readonly notes: readonly string[];
}

/** What the importing side adds. */
interface ForeignImport {
  readonly files: readonly string[];
  readonly target: Target;
  readonly labels: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly version: string;
  readonly pid: number;
  readonly now: string;
}

const UNKNOWN = 'unknown';

/** Returns the run without its name, and its trials. Throws `FeedrateError('workload')` when there is no result. */
export function foreignRun(
  results: ForeignResults,
  asked: ForeignImport,
): { readonly run: Omit<RunRecord, 'id'>; readonly trials: readonly TrialRecord[] } {
  const { jobs, program, notes } = results;
  if (jobs.length === 0)
    throw new FeedrateError('workload', `${asked.files[0]}: has no result of a job that reads or writes files`);
  const rounds = Math.max(...jobs.map(({ trials }) => trials.length));
  const source = sourceOf(results, rounds);
  const plan = withoutUnsaid(
    buildPlan(parseWorkload(source, asked.files[0] ?? ''), [asked.target], resolveJob, 0),
    jobs,
  );
  const trials = jobs.flatMap((job, place) =>
    job.trials.map((trial, round) => recordOf(job, trial, { plan, place, round })),
  );
  const times = trials.map(({ startedAt }) => startedAt).sort();
  const ends = trials.map(({ startedAt, wallNs }) => Date.parse(startedAt) + wallNs / 1e6);
  const planned = new Set(trials.map(({ id }) => id));
  return {
    trials,
    run: {
      runVersion: RUN_VERSION,
      status: 'complete',
      startedAt: times[0] ?? asked.now,
      endedAt: new Date(Math.max(...ends)).toISOString(),
      pid: asked.pid,
      hostname: results.hostname ?? UNKNOWN,
      command: asked.command,
      labels: asked.labels,
      workloadSource: source,
      overrides: [],
      // A job may have fewer results than another one.
      plan: { ...plan, trials: plan.trials.filter(({ id }) => planned.has(id)) },
      environment: environmentOf(asked),
      foreign: { program, files: asked.files, importedAt: asked.now, notes },
      calibration: false,
      dropCaches: false,
      remount: false,
    },
  };
}

/** Leaves out the fields of each job that only have a value because a job must have one. */
function withoutUnsaid(plan: Plan, jobs: readonly ForeignJob[]): Plan {
  const arms = plan.arms.map((arm, place) => {
    const { fields = [], unsaid = null } = jobs[place] ?? {};
    if (unsaid === null) return arm;
    const said = new Set(fields.map(([word]) => word));
    return { ...arm, words: Object.fromEntries(Object.entries(arm.words).filter(([word]) => said.has(word))) };
  });
  return { ...plan, arms };
}

function sourceOf({ jobs, program, workload }: ForeignResults, rounds: number): string {
  const lines = [
    `# Results of ${program}, imported`,
    `name: ${workload}`,
    `trials: {rounds: ${rounds}, order: listed}`,
    'jobs:',
    ...jobs.flatMap(({ name, fields, unsaid }) => [
      `  ${name}:`,
      ...fields.map(([word, value]) => `    ${word}: ${value}`),
      ...(unsaid ?? []).map(([word, value]) => `    ${word}: ${value}  # not in the results`),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function environmentOf({ target, version }: ForeignImport): RunRecord['environment'] {
  return {
    feedrate: { version, commit: null },
    node: UNKNOWN,
    versions: {},
    kernel: UNKNOWN,
    architecture: UNKNOWN,
    cpuModel: UNKNOWN,
    cpuCount: 0,
    memoryBytes: 0,
    cgroup: { memoryMaxBytes: null, cpuMax: null },
    targets: [
      {
        name: target.name,
        path: target.path,
        fileSystem: UNKNOWN,
        source: UNKNOWN,
        mountPoint: UNKNOWN,
        options: '',
        device: UNKNOWN,
        totalBytes: 0,
        freeBytes: 0,
      },
    ],
  };
}

interface PlaceInPlan {
  readonly plan: Plan;
  readonly place: number;
  readonly round: number;
}

function recordOf(job: ForeignJob, trial: ForeignTrial, { plan, place, round }: PlaceInPlan): TrialRecord {
  const arm = plan.arms[place];
  if (arm === undefined) throw new Error(`no arm ${job.name}`);
  const { total, windowNs, lastDoneNs, fault } = trial;
  return {
    recordVersion: RECORD_VERSION,
    id: `s1r${round + 1}t${place + 1}`,
    session: 1,
    round: round + 1,
    place: place + 1,
    rank: 0,
    warmup: false,
    arm: arm.id,
    job: arm.job,
    target: arm.target,
    factors: arm.factors,
    status: fault === null ? 'ok' : 'failed',
    fault:
      fault === null
        ? null
        : { code: UNKNOWN, syscall: job.engine, path: null, offsetBytes: null, message: fault, worker: 0 },
    startedAt: trial.startedAt,
    wallNs: lastDoneNs,
    engine: engineOf(job, arm),
    window: {
      startNs: 0,
      endNs: windowNs,
      readBytes: trial.readBytes,
      writeBytes: trial.writeBytes,
      readOps: trial.readOps,
      writeOps: trial.writeOps,
      firstDoneNs: windowNs,
      lastDoneNs,
      totalReadBytes: total.readBytes,
      totalWriteBytes: total.writeBytes,
      totalReadOps: total.readOps,
      totalWriteOps: total.writeOps,
      barrierSkewNs: 0,
    },
    latency: trial.latency,
    ...(trial.stated !== null && { stated: trial.stated }),
    series: [],
    cache: cacheOf(arm.spec.cache, total),
    client: {
      workerCpuNs: trial.userNs === null || trial.systemNs === null ? null : trial.userNs + trial.systemNs,
      workerUserNs: trial.userNs,
      workerSystemNs: trial.systemNs,
      minorFaults: null,
      majorFaults: null,
      gcNs: 0,
      gcCount: 0,
      eventLoopDelayMaxNs: 0,
      eventLoopDelayP99Ns: 0,
    },
    warnings: [],
  };
}

function engineOf({ engine }: ForeignJob, { spec, words }: Arm): TrialRecord['engine'] {
  return {
    asked: 'auto',
    // The program's own word: readers take any text here.
    used: engine as TrialRecord['engine']['used'],
    calls: 'foreign',
    numjobs: spec.numjobs,
    threadsPerJob: 1,
    iodepth: Number(words['iodepth'] ?? 1),
    direct: words['direct'] === 'true',
    reason: null,
    ring: null,
  };
}

function cacheOf(claim: TrialRecord['cache']['claim'], total: ForeignTrial['total']): TrialRecord['cache'] {
  return {
    claim,
    verdict: claim === 'as-is' ? 'none' : 'unproven',
    detail: claim === 'as-is' ? 'no cache state was claimed' : 'the results do not say where the bytes came from',
    residentBytesBefore: null,
    fileBytes: 0,
    residencySource: null,
    evictedBy: null,
    applicationReadBytes: total.readBytes,
    applicationWriteBytes: total.writeBytes,
    processDeviceReadBytes: null,
    processDeviceWriteBytes: null,
    blockDevice: null,
    blockReadBytes: null,
    blockWriteBytes: null,
  };
}
