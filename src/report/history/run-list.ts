/** The list of the runs in a results directory, one line per run. */
import { formatThroughput } from '../../base/units.js';
import { isCalibration } from '../../record/run-purpose.js';
import type { StoredRun } from '../../record/stored-run.js';
import type { TrialRecord } from '../../record/trial-record.js';
import { throughputBytesPerSecond } from '../../record/trial-values.js';
import { spreadOf } from '../../stats/spread.js';
import { isCounted } from '../../stats/summary.js';
import { aligned, cut } from '../table/columns.js';
import { ABSENT } from '../table/format.js';
import type { TerminalOptions } from '../table/terminal.js';

/** A run in the list. Fields are null if `run.json` is unreadable or no trial was measured. */
export interface RunEntry {
  readonly id: string;
  readonly directory: string;
  readonly status: StoredRun['status'];
  /** `time`: it is complete because its time was up. Null: it ended otherwise. */
  readonly endedBy: 'time' | null;
  readonly startedAt: string | null;
  readonly workload: string | null;
  readonly targets: readonly { readonly name: string; readonly path: string }[];
  readonly labels: Readonly<Record<string, string>>;
  /** A calibration is never `latest`. */
  readonly calibration: boolean;
  readonly trialsPlanned: number | null;
  readonly trialsRecorded: number;
  /** The arm with the highest median throughput of its counted trials. */
  readonly best: { readonly arm: string; readonly throughputBytesPerSecond: number } | null;
  readonly problems: readonly string[];
}

/** Returns the entry of a run. */
export function runEntry({ id, directory, status, run, trials, problems }: StoredRun): RunEntry {
  return {
    id,
    directory,
    status,
    endedBy: run?.endedBy ?? null,
    startedAt: run?.startedAt ?? null,
    workload: run?.plan.workload ?? null,
    targets: run?.plan.targets ?? [],
    labels: run?.labels ?? {},
    calibration: run !== null && isCalibration(run),
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

/** Characters of the targets that a list shows at least. */
const LEAST_TARGETS = 8;

/**
 * Returns the entries as lines of aligned text. `nameOf` shortens an id. On a terminal, the names of the best arms are left
 * out if the targets would not fit beside them, and what still does not fit into a line is cut.
 */
export function runTable(
  entries: readonly RunEntry[],
  nameOf: (id: string) => string,
  { columns, wraps = false }: Pick<TerminalOptions, 'columns' | 'wraps'>,
): string[] {
  const head = ['RUN', 'STARTED (UTC)', 'STATUS', 'WORKLOAD', 'TRIALS', 'BEST', 'TARGETS'];
  const linesOf = (withArms: boolean): string[] =>
    aligned([head, ...entries.map((entry) => rowOf(nameOf(entry.id), entry, withArms))]);
  const lines = linesOf(true);
  if (!wraps) return lines;
  const hasTargets = (lines[0] as string).indexOf('TARGETS') + LEAST_TARGETS <= columns;
  return (hasTargets ? lines : linesOf(false)).map((line) => cut(line, columns));
}

function rowOf(name: string, entry: RunEntry, withArm: boolean): string[] {
  return [
    name,
    entry.startedAt?.slice(0, 16).replace('T', ' ') ?? ABSENT,
    entry.endedBy === null ? entry.status : `${entry.status} (time up)`,
    `${entry.workload ?? ABSENT}${entry.calibration ? ' (calibration)' : ''}`,
    `${entry.trialsRecorded}/${entry.trialsPlanned ?? '?'}`,
    entry.best === null
      ? ABSENT
      : `${formatThroughput(entry.best.throughputBytesPerSecond)}${withArm ? ` ${entry.best.arm}` : ''}`,
    entry.targets.map(({ path }) => path).join(' ') || ABSENT,
  ];
}
