/** The report of `feedrate doctor`. */

import { visibleText } from '../base/visible-text.js';
import type { Diagnosis, Finding, Severity } from '../record/finding.js';
import { diagnosisAnswer } from './answer/diagnosis-answer.js';
import { type NextStep, nextLines } from './table/answer-lines.js';
import { type DrawnLine, paragraphs } from './table/report-line.js';
import type { ShownColumn } from './table/shown-column.js';
import { painter, type TerminalOptions, terminalTable } from './table/terminal.js';

const MARKS: Readonly<Record<Severity, string>> = { good: '✓', note: '·', bad: '✗', unknown: '?' };

const COLUMNS: readonly ShownColumn<Finding>[] = [
  {
    head: '',
    align: 'left',
    dropOrder: 0,
    text: ({ severity }) => MARKS[severity],
    tone: ({ severity }) => (severity === 'good' || severity === 'bad' ? severity : 'plain'),
  },
  { head: 'check', align: 'left', dropOrder: 0, text: ({ check }) => check },
  { head: 'result', align: 'left', dropOrder: 0, text: ({ value }) => value },
];

/** Whether the table is too narrow for the whole result. */
function isCut({ value }: Finding, table: readonly DrawnLine[]): boolean {
  return !table.some(({ drawn }) => drawn.includes(visibleText(value)));
}

/** Returns the answer and one table per target. Below it follow results that did not fit, and the problems, worst first, each with its reason and its fix. */
export function renderDiagnoses(
  diagnoses: readonly Diagnosis[],
  format: 'table' | 'json',
  options: TerminalOptions,
  next: readonly NextStep[] = [],
): string {
  if (format === 'json') {
    const answered = diagnoses.map((diagnosis) => ({ answer: diagnosisAnswer(diagnosis), ...diagnosis }));
    return `${JSON.stringify(answered, null, 2)}\n`;
  }
  const paint = painter(options.color);
  const reports = diagnoses.flatMap(({ target, findings }) => {
    const table = terminalTable(findings, COLUMNS, options);
    return [
      [`${target.name}: ${target.path}`, ...table],
      findings
        .filter((finding) => isCut(finding, table))
        .map(({ check, severity, value }) => `${MARKS[severity]} ${check}: ${value}`),
      (['bad', 'note'] as const).flatMap((severity) =>
        findings
          .filter((finding) => finding.severity === severity && finding.reason !== null)
          .flatMap(({ check, reason, remedy }) => [
            paint(`${MARKS[severity]} ${check}: ${reason}`, severity === 'bad' ? 'bad' : 'plain'),
            ...(remedy === null ? [] : [`    ${remedy}`]),
          ]),
      ),
    ];
  });
  return paragraphs([diagnoses.map(diagnosisAnswer), ...reports, nextLines(next)], options);
}
