/** Reads what a list shows of a run, without its trials. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemFaultOf } from '../base/errors.js';
import { type Metric, metricOf, statisticColumn } from '../base/metrics.js';
import type { ServedRun } from '../page/served.js';
import { csvRecords } from '../record/csv-text.js';
import { isCalibration } from '../record/run-purpose.js';
import type { RunRecord } from '../record/run-record.js';
import { whyUnread } from '../store/cannot-read.js';
import { type FileText, headerOf, type RunHeader, statusOf } from '../store/run-content.js';
import { RUN_FILES } from '../store/run-files.js';

/** A run as it was read. */
export interface ListedRun {
  readonly row: Omit<ServedRun, 'shortName' | 'status'>;
  /** The record of a run that has not recorded its end: its status depends on its process. Else its status. */
  readonly state: RunRecord | ServedRun['status'];
}

/** Reads `run.json` and `arms.csv` of a run directory. Returns null for other directories. Never throws. */
export async function readListedRun(resultsDirectory: string, id: string): Promise<ListedRun | null> {
  const directory = join(resultsDirectory, id);
  const [header, arms] = await Promise.all([
    textOf(join(directory, RUN_FILES.run)),
    textOf(join(directory, RUN_FILES.arms)),
  ]);
  if (header instanceof Error && !(await isFilled(join(directory, RUN_FILES.trials)))) return null;
  return listedRun(id, headerOf(header), typeof arms === 'string' ? arms : '');
}

/** Returns the row of the list. */
export function servedRun({ row, state }: ListedRun, shortName: string): ServedRun {
  return { ...row, shortName, status: typeof state === 'string' ? state : statusOf(state) };
}

function listedRun(id: string, { run, problems }: RunHeader, arms: string): ListedRun {
  const [problem = null] = problems;
  if (run === null) return { row: { ...EMPTY, id, problem, ...summaryOf(arms) }, state: 'unknown' };
  const { plan, startedAt, labels, status } = run;
  const row = {
    id,
    startedAt,
    workload: plan.workload,
    targets: plan.targets.map(({ name, path }) => ({ name, path })),
    labels,
    isCalibration: isCalibration(run),
    totalTrials: plan.trials.length,
    problem,
    ...summaryOf(arms),
  };
  return { row, state: status === 'running' ? run : status };
}

const EMPTY = { startedAt: null, workload: null, targets: [], labels: {}, isCalibration: false, totalTrials: null };

async function textOf(path: string): Promise<FileText> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    return new Error(systemFaultOf(error).code === 'ENOENT' ? 'missing' : whyUnread(error, path));
  }
}

async function isFilled(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return (found?.size ?? 0) > 0;
}

const MEDIAN = statisticColumn(metricOf('throughput') as Metric, 'median');
const COUNTS = ['trials_counted', 'trials_unmeasured', 'trials_failed', 'trials_aborted'] as const;
const COLUMNS = ['arm', MEDIAN, ...COUNTS];

/** Returns what the table of arms says; it is there when a run is over. */
function summaryOf(text: string): Pick<ServedRun, 'best' | 'failedTrials' | 'doneTrials'> {
  let best: ServedRun['best'] = null;
  let [doneTrials, failedTrials] = [0, 0];
  for (const arm of csvRecords(text, COLUMNS)) {
    doneTrials += COUNTS.reduce((sum, name) => sum + numberIn(arm[name]), 0);
    failedTrials += numberIn(arm['trials_failed']);
    const bytesPerSecond = numberIn(arm[MEDIAN]);
    if (bytesPerSecond > (best?.bytesPerSecond ?? 0)) best = { arm: arm['arm'] ?? '', bytesPerSecond };
  }
  return { best, failedTrials, doneTrials: text === '' ? null : doneTrials };
}

function numberIn(text: string | undefined): number {
  const value = Number(text);
  return Number.isFinite(value) ? value : 0;
}
