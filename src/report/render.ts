/**
 * Renders a run, a comparison or a history for stdout. A format is one file in formats/ and one row here. The command
 * line derives its choices from the rows. Modules are loaded on demand to keep `--help` fast.
 */
import type { Comparison } from '../gate/comparison.js';
import type { GateResult } from '../gate/decide.js';
import type { History } from '../gate/run-history.js';
import type { FeedRecord } from '../record/feed-record.js';
import type { OntapSample } from '../record/ontap-record.js';
import type { RunRecord } from '../record/run-record.js';
import type { RunStatus } from '../record/stored-run.js';
import type { TrialRecord } from '../record/trial-record.js';
import type { ReportForm } from './formats/report-form.js';
import type { TerminalOptions } from './table/terminal.js';

const FORMS = {
  table: () => import('./formats/table.js'),
  json: () => import('./formats/json.js'),
  csv: () => import('./formats/csv.js'),
  md: () => import('./formats/md.js'),
} as const satisfies Readonly<Record<string, () => Promise<{ readonly form: ReportForm }>>>;

export type ReportFormat = keyof typeof FORMS;
export const REPORT_FORMATS = Object.keys(FORMS) as ReportFormat[];

export interface ReportOptions extends TerminalOptions {
  /** The status to show if it differs from the record's, as for a run that was killed. */
  readonly status?: RunStatus | undefined;
  /** The run directory as the user would name it. Without it, the report does not say where the files are. */
  readonly directory?: string | undefined;
  /** Samples of ONTAP's counters, of runs with `--ontap`. */
  readonly ontapSamples?: readonly OntapSample[] | undefined;
  /** The answer of `feedrate feed`, for its runs. */
  readonly feed?: FeedRecord | undefined;
}

/** Returns the report of a run, ending with a line break. `run` is null if `run.json` is missing or damaged. */
export async function renderRun(
  run: RunRecord | null,
  trials: readonly TrialRecord[],
  problems: readonly string[],
  format: ReportFormat,
  options: ReportOptions,
): Promise<string> {
  const [{ form }, { viewRun }] = await Promise.all([FORMS[format](), import('./run/run-view.js')]);
  return form.run(viewRun(run, trials, problems, options), options);
}

/** Returns the report of a comparison, ending with a line break. `gate` is null outside `feedrate gate`. */
export async function renderComparison(
  comparison: Comparison,
  format: ReportFormat,
  options: TerminalOptions,
  gate: GateResult | null = null,
): Promise<string> {
  const { form } = await FORMS[format]();
  return form.comparison(comparison, gate, options);
}

/** Returns the report of a history, ending with a line break. */
export async function renderHistory(history: History, format: ReportFormat, options: TerminalOptions): Promise<string> {
  const { form } = await FORMS[format]();
  return form.history(history, options);
}
