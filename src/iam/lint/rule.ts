/** What lint reports, and what a rule is. A new rule is a row in one of the tables that `rules.ts` collects. */
import type { Place, Span } from '../source-text.js';
import type { LintedPolicy, LintedStatement, LintedTest } from './linted-policy.js';

/** From the gravest to the lightest. A suggestion alone does not fail a check. */
export const SEVERITIES = ['error', 'security-warning', 'warning', 'suggestion'] as const;
export type LintSeverity = (typeof SEVERITIES)[number];

/** One fault in a document, before its place is a line and a column. */
export interface LintFault extends Span {
  /** What is wrong. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
}

export interface RuleFacts {
  /** The issue code of IAM Access Analyzer where one exists. */
  readonly code: string;
  readonly severity: LintSeverity;
  /** One sentence for tables and for the help of code scanning. */
  readonly summary: string;
}

export interface LintRule extends RuleFacts {
  /** True if the rule needs the actions, resources and condition keys of AWS. Without them it reports nothing. */
  readonly needsData: boolean;
  /** True if the code is feedrate's own. */
  readonly isOwn: boolean;
  readonly check: RuleCheck;
}

/** What a rule sees at once. All rules of one statement run before those of the next. */
export type RuleCheck =
  | { readonly sees: 'policy'; readonly run: (policy: LintedPolicy) => readonly LintFault[] }
  | { readonly sees: 'statement'; readonly run: StatementCheck }
  | { readonly sees: 'test'; readonly run: TestCheck };

/** A fault at its place. `line` and `column` are where it begins. */
export interface LintFinding extends Place {
  readonly endLine: number;
  readonly endColumn: number;
  readonly code: string;
  readonly severity: LintSeverity;
  readonly message: string;
  readonly fix: string;
}

/** The most characters of a value that a message repeats. */
const QUOTED_MOST = 100;

export function fault({ start, end }: Span, message: string, fix: string): LintFault {
  return { start, end, message, fix };
}

/** Returns a value of the document in quotes, shortened if it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > QUOTED_MOST ? `${text.slice(0, QUOTED_MOST)}…` : text);
}

/** Returns `a, b and 3 more`. */
export function enumerate(names: readonly string[], most = 5): string {
  const shown = names.length > most + 1 ? names.slice(0, most) : names;
  const rest = names.length - shown.length;
  const words = rest > 0 ? [...shown, `${rest} more`] : shown;
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** A row: code, severity, summary and the check. */
type RuleRow<Check> = readonly [code: string, severity: LintSeverity, summary: string, check: Check];

interface Traits {
  readonly needsData?: boolean;
  readonly isOwn?: boolean;
}

/** Makes rules whose check sees the whole document. */
export function policyRules(
  rows: readonly RuleRow<(policy: LintedPolicy) => readonly LintFault[]>[],
  traits: Traits = {},
): LintRule[] {
  return rows.map((row) => rule(row, { sees: 'policy', run: row[3] }, traits));
}

export type StatementCheck = (statement: LintedStatement, policy: LintedPolicy) => readonly LintFault[];

/** Makes rules whose check sees one statement. */
export function statementRules(rows: readonly RuleRow<StatementCheck>[], traits: Traits = {}): LintRule[] {
  return rows.map((row) => rule(row, { sees: 'statement', run: row[3] }, traits));
}

export type TestCheck = (test: LintedTest, statement: LintedStatement, policy: LintedPolicy) => readonly LintFault[];

/** Makes rules whose check sees one condition key of one operator. */
export function testRules(rows: readonly RuleRow<TestCheck>[], traits: Traits = {}): LintRule[] {
  return rows.map((row) => rule(row, { sees: 'test', run: row[3] }, traits));
}

function rule(
  [code, severity, summary]: RuleRow<unknown>,
  check: RuleCheck,
  { needsData = false, isOwn = false }: Traits,
): LintRule {
  return { code, severity, summary, needsData, isOwn, check };
}
