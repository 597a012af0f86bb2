/**
 * A run, a comparison or a history → the bytes on stdout. A form is one file below formats/ and one row here: the command
 * line makes its choices from the rows. Modules are loaded when they are asked for, so that `--help` costs nothing.
 */
import type { Comparison } from '../gate/comparison.js';
import type { GateResult } from '../gate/decide.js';
import type { History } from '../gate/run-history.js';
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
  /** When it differs from the record's: a run that was killed. */
  readonly status?: RunStatus | undefined;
  /** The run directory as the user would name it; without it the report does not say where the files are. */
  readonly directory?: string | undefined;
}

/** The report of a run, a line break at its end. `run` is null when `run.json` is lost. */
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

/** The report of a comparison, a line break at its end. `gate` is null when nothing is decided. */
export async function renderComparison(
  comparison: Comparison,
  format: ReportFormat,
  options: TerminalOptions,
  gate: GateResult | null = null,
): Promise<string> {
  const { form } = await FORMS[format]();
  return form.comparison(comparison, gate, options);
}

/** The report of a history, a line break at its end. */
export async function renderHistory(history: History, format: ReportFormat, options: TerminalOptions): Promise<string> {
  const { form } = await FORMS[format]();
  return form.history(history, options);
}
