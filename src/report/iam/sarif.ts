/**
 * SARIF 2.1.0 as code scanning of GitHub reads it. Sources: OASIS SARIF 2.1.0; docs.github.com, "SARIF support for code
 * scanning".
 */

import { COMMAND_RULES } from '../../iam/lint/command-rules.js';
import { RULES } from '../../iam/lint/lint-rules.js';
import type { LintFinding, LintSeverity, RuleFacts } from '../../iam/lint/rule.js';
import { JSON_SYNTAX_ERROR } from '../../iam/lint/structure-rules.js';

const LEVELS: Readonly<Record<LintSeverity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  'security-warning': 'warning',
  warning: 'warning',
  suggestion: 'note',
};

/** Returns the log. Only rules that found something are described. */
export function sarifLog(findings: readonly LintFinding[], version: string): object {
  const rules = [JSON_SYNTAX_ERROR, ...RULES, ...COMMAND_RULES].filter(({ code }) =>
    findings.some((finding) => finding.code === code),
  );
  const indexOf = new Map(rules.map(({ code }, index) => [code, index]));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'feedrate', semanticVersion: version, rules: rules.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => resultOf(finding, indexOf.get(finding.code) as number)),
      },
    ],
  };
}

function ruleOf({ code, severity, summary }: RuleFacts): object {
  const isSecurity = severity === 'security-warning';
  return {
    id: code,
    shortDescription: { text: summary },
    fullDescription: { text: summary },
    help: { text: summary },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: isSecurity ? ['iam', 'security'] : ['iam'] },
  };
}

function resultOf(
  { file, line, column, endLine, endColumn, code, severity, message, fix }: LintFinding,
  index: number,
): object {
  return {
    ruleId: code,
    ruleIndex: index,
    level: LEVELS[severity],
    message: { text: `${message}. Fix: ${fix}.` },
    // What the finding says outlives a change of its line. GitHub's upload action adds its own hash of the line.
    partialFingerprints: { 'feedrate/v1': `${code}: ${message}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { startLine: line, startColumn: column, endLine, endColumn },
        },
      },
    ],
  };
}

/** A path as a reference relative to the root of the repository, or as a `file:` URI if it is absolute. */
function uriOf(path: string): string {
  const encoded = path
    .replace(/^(?:\.\/)+/, '')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
  return path.startsWith('/') ? `file://${encoded}` : encoded;
}
