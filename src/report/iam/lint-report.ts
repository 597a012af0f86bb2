/** The report of `feedrate iam lint`: lines for people, JSON, or SARIF for code scanning. */
import { type LintFinding, type LintSeverity, SEVERITIES } from '../../iam/lint/rule.js';
import { plural } from '../table/format.js';
import { paragraphs, type ReportLine } from '../table/report-line.js';
import { painter, type TerminalOptions } from '../table/terminal.js';
import { sarifLog } from './sarif.js';

export const LINT_FORMATS = ['table', 'json', 'sarif'] as const;
export type LintFormat = (typeof LINT_FORMATS)[number];

/** Everything that a report of lint shows. */
export interface LintReport {
  readonly findings: readonly LintFinding[];
  /** How many policies were read. */
  readonly documentCount: number;
  /** The version of feedrate. */
  readonly version: string;
}

/** Returns the report, ending with a line break, or nothing if there is nothing to report on. */
export function renderLint(report: LintReport, format: LintFormat, options: TerminalOptions): string {
  if (format === 'sarif') return `${JSON.stringify(sarifLog(report.findings, report.version), null, 2)}\n`;
  if (format === 'json') return `${JSON.stringify({ findings: report.findings.map(jsonOf) }, null, 2)}\n`;
  const lines = report.findings.flatMap((finding) => findingLines(finding, options));
  // Where nothing could be read, "no findings" would look like a success.
  if (lines.length === 0 && report.documentCount === 0) return '';
  return paragraphs([lines, [summary(report)]], options);
}

function jsonOf({ file, line, column, code, severity, message, fix }: LintFinding): object {
  return { file, line, column, code, severity, message, fix };
}

/** `file:line:column` comes first, as editors and CI systems expect it. */
function findingLines(finding: LintFinding, { color }: TerminalOptions): ReportLine[] {
  const { file, line, column, severity, code, message, fix } = finding;
  const isGrave = severity === 'error' || severity === 'security-warning';
  const text = `${file}:${line}:${column} ${severity} ${code}: ${message}`;
  return [painter(color)(text, isGrave ? 'bad' : 'plain'), `  fix: ${fix}`];
}

function summary({ findings, documentCount }: LintReport): string {
  const counts = SEVERITIES.map((severity) => [severity, countOf(findings, severity)] as const);
  const parts = counts.filter(([, count]) => count > 0).map(([severity, count]) => plural(count, wordFor(severity)));
  const found = parts.length === 0 ? 'no findings' : parts.join(', ');
  return `${found} in ${documentCount === 1 ? '1 policy' : `${documentCount} policies`}`;
}

function countOf(findings: readonly LintFinding[], severity: LintSeverity): number {
  return findings.filter((finding) => finding.severity === severity).length;
}

function wordFor(severity: LintSeverity): string {
  return severity.replace('-', ' ');
}
