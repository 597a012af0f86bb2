/** The interface of a format for reports on stdout. */
import type { Comparison } from '../../gate/comparison.js';
import type { GateResult } from '../../gate/decide.js';
import type { History } from '../../gate/run-history.js';
import type { RunView } from '../run/run-view.js';
import type { TerminalOptions } from '../table/terminal.js';

/** Renders each kind of report. Every report ends with a line break. */
export interface ReportForm {
  readonly run: (view: RunView, options: TerminalOptions) => string;
  /** `gate` is null outside `feedrate gate`. */
  readonly comparison: (comparison: Comparison, gate: GateResult | null, options: TerminalOptions) => string;
  readonly history: (history: History, options: TerminalOptions) => string;
}
