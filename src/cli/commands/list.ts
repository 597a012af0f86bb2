import { EXIT } from '../../base/errors.js';
import { formatThroughput } from '../../base/units.js';
import type { TrialRecord } from '../../record/trial-record.js';
import { throughputBytesPerSecond } from '../../record/trial-values.js';
import { aligned } from '../../report/table/columns.js';
import { spreadOf } from '../../stats/spread.js';
import { isCounted } from '../../stats/summary.js';
import { listRuns, type RunListing } from '../../store/find-runs.js';
import { readTrials } from '../../store/read-run.js';
import { RUN_NAME } from '../../store/run-files.js';

export interface ListOptions {
  /** The results directory. */
  readonly output: string;
  readonly format: 'table' | 'json';
}

/** What `feedrate list` says of a run. Null where `run.json` or the trials do not tell. */
interface RunEntry {
  readonly id: string;
  readonly directory: string;
  readonly status: RunListing['status'];
  readonly startedAt: string | null;
  readonly workload: string | null;
  readonly targets: readonly { readonly name: string; readonly path: string }[];
  readonly labels: Readonly<Record<string, string>>;
  readonly trialsPlanned: number | null;
  readonly trialsRecorded: number;
  /** The arm with the highest median throughput of its counted trials. */
  readonly best: { readonly arm: string; readonly throughputBytesPerSecond: number } | null;
  readonly problems: readonly string[];
}

/** `feedrate list`: the runs of a results directory, oldest first. Throws `FeedrateError('store')` when it cannot be read. */
export function list(options: ListOptions): number {
  const entries = listRuns(options.output).map(entryOf);
  if (options.format === 'json') process.stdout.write(`${JSON.stringify(entries, null, 2)}\n`);
  else if (entries.length > 0) process.stdout.write(`${tableOf(entries).join('\n')}\n`);
  else process.stderr.write(`no runs in ${options.output} yet; feedrate run workloads/quick.yaml makes one\n`);
  return EXIT.pass;
}

function entryOf({ id, directory, status, run, problems }: RunListing): RunEntry {
  const { trials } = readTrials(directory);
  return {
    id,
    directory,
    status,
    startedAt: run?.startedAt ?? null,
    workload: run?.plan.workload ?? null,
    targets: run?.plan.targets ?? [],
    labels: run?.labels ?? {},
    trialsPlanned: run?.plan.trials.length ?? null,
    trialsRecorded: trials.length,
    best: bestArm(trials),
    problems,
  };
}

function bestArm(trials: readonly TrialRecord[]): RunEntry['best'] {
  const byArm = new Map<string, number[]>();
  for (const trial of trials.filter(isCounted)) {
    byArm.set(trial.arm, [...(byArm.get(trial.arm) ?? []), throughputBytesPerSecond(trial)]);
  }
  let best: RunEntry['best'] = null;
  for (const [arm, values] of byArm) {
    const median = spreadOf(values)?.median;
    if (median !== undefined && median > (best?.throughputBytesPerSecond ?? 0)) {
      best = { arm, throughputBytesPerSecond: median };
    }
  }
  return best;
}

function tableOf(entries: readonly RunEntry[]): string[] {
  const nameOf = shortNames(entries.map(({ id }) => id));
  const head = ['RUN', 'STARTED (UTC)', 'STATUS', 'WORKLOAD', 'TRIALS', 'TARGETS', 'BEST'];
  return aligned([head, ...entries.map((entry) => rowOf(nameOf(entry.id), entry))]);
}

function rowOf(name: string, entry: RunEntry): string[] {
  return [
    name,
    entry.startedAt?.slice(0, 16).replace('T', ' ') ?? '–',
    entry.status,
    entry.workload ?? '–',
    `${entry.trialsRecorded}/${entry.trialsPlanned ?? '?'}`,
    entry.targets.map(({ path }) => path).join(' ') || '–',
    entry.best === null ? '–' : `${formatThroughput(entry.best.throughputBytesPerSecond)} ${entry.best.arm}`,
  ];
}

/** The four characters at the end of a run's name, where `feedrate show` would find one run by them; else the whole name. */
function shortNames(ids: readonly string[]): (id: string) => string {
  return (id) => {
    const short = RUN_NAME.exec(id)?.[2];
    const fits = ids.filter((other) => short !== undefined && (other.startsWith(short) || other.endsWith(short)));
    return short !== undefined && fits.length === 1 ? short : id;
  };
}
