/** A run → the bytes that `run` and `show` print. */
import { unreachable } from '../../base/assert.js';
import type { RunRecord } from '../../record/run-record.js';
import type { RunStatus } from '../../record/stored-run.js';
import type { TrialRecord } from '../../record/trial-record.js';
import { paragraphs } from '../table/format.js';
import { markdownTable, markdownText } from '../table/markdown.js';
import { painter, type TerminalOptions, terminalTable } from '../table/terminal.js';
import { captionOf, shownColumns } from './arm-table.js';
import { nfsLines } from './nfs-lines.js';
import { noteArms } from './notes.js';
import { renderCsv } from './run-csv.js';
import { renderJson } from './run-json.js';
import { cacheLines, fileLines, headerLines, type Line, problemLines, thresholdLines } from './run-lines.js';
import { type RunView, viewRun } from './run-view.js';

export type ReportFormat = 'table' | 'json' | 'csv' | 'md';
export const REPORT_FORMATS: readonly ReportFormat[] = ['table', 'json', 'csv', 'md'];

export interface ReportOptions extends TerminalOptions {
  /** When it differs from the record's: a run that was killed. */
  readonly status?: RunStatus | undefined;
  /** The run directory as the user would name it; without it the report does not say where the files are. */
  readonly directory?: string | undefined;
}

/** The report of a run, a line break at its end. `run` is null when `run.json` is lost. */
export function renderRun(
  run: RunRecord | null,
  trials: readonly TrialRecord[],
  problems: readonly string[],
  format: ReportFormat,
  options: ReportOptions,
): string {
  const view = viewRun(run, trials, problems, options);
  switch (format) {
    case 'table':
      return renderTerminal(view, options);
    case 'md':
      return renderMarkdown(view);
    case 'csv':
      return renderCsv(view.summaries);
    case 'json':
      return renderJson(view);
    default:
      return unreachable(format);
  }
}

/** What follows the table, whatever it is drawn with. */
function findingLines({ summaries, thresholds, problems }: RunView): Line[] {
  return [...cacheLines(summaries), ...nfsLines(summaries), ...thresholdLines(thresholds), ...problemLines(problems)];
}

function renderTerminal(view: RunView, options: TerminalOptions): string {
  const { arms, notes } = noteArms(view.summaries);
  const paint = painter(options.color);
  const painted = (lines: readonly Line[]): string[] => lines.map(({ text, tone }) => paint(text, tone));
  return paragraphs([
    painted(headerLines(view)),
    arms.length === 0
      ? []
      : [
          ...terminalTable(arms, shownColumns(arms), options),
          captionOf(view.summaries),
          ...notes.map((note, index) => `${index + 1}) ${note}`),
        ],
    painted(findingLines(view)),
    painted(fileLines(view.directory)),
  ]);
}

function renderMarkdown(view: RunView): string {
  const { arms, notes } = noteArms(view.summaries);
  const listed = (lines: readonly Line[]): string[] => lines.map(({ text }) => `- ${markdownText(text)}`);
  const [title, ...header] = headerLines(view);
  return paragraphs([
    [`## ${markdownText(title?.text ?? 'run')}`],
    listed(header),
    arms.length === 0 ? [] : markdownTable(arms, shownColumns(arms)),
    arms.length === 0 ? [] : [captionOf(view.summaries)],
    notes.map((note, index) => `${index + 1}. ${markdownText(note)}`),
    listed(findingLines(view)),
  ]);
}
