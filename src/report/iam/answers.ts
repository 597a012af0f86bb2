/** The report of `feedrate iam check`. */
import type { AccessDecision, Answer } from '../../iam/evaluate/answer-question.js';
import type { MatchedStatement } from '../../iam/evaluate/layers.js';
import { type Hit, LAYER_TEXTS, placeOfHit } from '../../iam/evaluate/policies.js';
import type { WrittenStatement } from '../../iam/generate/written-policies.js';
import { paragraphs, type ReportLine } from '../table/report-line.js';
import { painter, type TerminalOptions } from '../table/terminal.js';

/** An answer, and the statement that would grant what was asked for. */
export interface AnswerRow {
  readonly answer: Answer;
  readonly grant: WrittenStatement | null;
}

const MARKS: Readonly<Record<AccessDecision, string>> = { allowed: '✓', denied: '✗', unknown: '?' };

/** From the best to the worst. */
const DECISIONS: readonly AccessDecision[] = ['allowed', 'unknown', 'denied'];

/** Returns the worst decision of all answers. */
export function worstDecision(rows: readonly AnswerRow[]): AccessDecision {
  const worst = Math.max(...rows.map(({ answer }) => DECISIONS.indexOf(answer.decision)));
  return DECISIONS[worst] ?? 'unknown';
}

/** Returns lines for each answer, and what was not given for all of them: with `cautious` it is unknown, not assumed. */
export function renderAnswers(rows: readonly AnswerRow[], options: TerminalOptions, cautious: boolean): string {
  const assumed = [...new Set(rows.flatMap(({ answer }) => answer.assumed))];
  const missing = new Map(
    rows.flatMap(({ answer, grant }) => (grant === null || !wouldHelp(answer) ? [] : [[grant.Sid, grant] as const])),
  );
  return paragraphs(
    [
      rows.flatMap(({ answer }) => linesOf(answer, options)),
      missing.size === 0
        ? []
        : ['Grant what is missing with:', ...[...missing.values()].map((grant) => `  ${JSON.stringify(grant)}`)],
      assumed.length === 0
        ? []
        : cautious
          ? ['Not given:', ...assumed.map((text) => `  ${text.replace(/^no /, '')}`)]
          : ['Assumed, because it was not given:', ...assumed.map((text) => `  ${text}`)],
      rows.length > 1 ? [countLine(rows)] : [],
    ],
    options,
  );
}

/**
 * Returns the answers as JSON. A single one also has its fields at the top; of several, the top has the worst decision with
 * the reason and statements of the first such answer, and everything that was assumed.
 */
export function answersJson(rows: readonly AnswerRow[]): string {
  const decision = worstDecision(rows);
  const answers = rows.map(({ answer, grant }) => fieldsOf(answer, grant));
  const deciding = rows.find(({ answer }) => answer.decision === decision)?.answer;
  const top =
    answers.length === 1
      ? answers[0]
      : {
          decision,
          reason: deciding?.reason,
          statements: deciding?.statements.map(hitFields),
          assumed: [...new Set(rows.flatMap(({ answer }) => answer.assumed))],
        };
  return `${JSON.stringify({ ...top, answers }, null, 2)}\n`;
}

function linesOf(answer: Answer, { color }: TerminalOptions): ReportLine[] {
  const { question, decision, reason, statements, nearMisses } = answer;
  const tone = decision === 'allowed' ? 'good' : decision === 'denied' ? 'bad' : 'plain';
  const why = decision === 'allowed' && statements.length > 0 ? '' : `: ${reason}`;
  return [
    painter(color)(`${MARKS[decision]} ${decision}: ${question.action} on ${question.resource}${why}`, tone),
    ...statements.map((hit) => `  ${hitLine(hit)}`),
    ...nearMisses.map((near) => `  ${hitLine(near.hit)}: ${missedText(near)}`),
  ];
}

function hitLine(hit: Hit): string {
  const { file, line } = placeOfHit(hit);
  const { effect, sid } = hit.statement;
  return `${file}:${line}  ${effect?.text}${sid === null ? '' : ` ${sid.text}`} (${LAYER_TEXTS[hit.layer]})`;
}

function missedText({ match }: MatchedStatement): string {
  if (match.missed === 'condition') return `condition not met: ${match.why.join(', ')}`;
  return match.missed === 'resource' ? 'has the action, not the resource' : 'does not name the principal';
}

/** Whether an Allow is missing. Against an explicit Deny none helps. */
function wouldHelp({ decision, statements }: Answer): boolean {
  return decision !== 'allowed' && statements.length === 0;
}

function countLine(rows: readonly AnswerRow[]): string {
  const count = (decision: AccessDecision): number => rows.filter(({ answer }) => answer.decision === decision).length;
  return `${count('allowed')} allowed, ${count('denied')} denied, ${count('unknown')} unknown`;
}

function fieldsOf(answer: Answer, grant: WrittenStatement | null): object {
  const { question, principal, decision, reason, statements, nearMisses, assumed } = answer;
  return {
    principal,
    action: question.action,
    resource: question.resource,
    decision,
    reason,
    statements: statements.map(hitFields),
    nearMisses: nearMisses.map(({ hit, match }) => ({
      ...hitFields(hit),
      missed: match.missed,
      conditions: match.why,
    })),
    assumed,
    ...(grant === null || !wouldHelp(answer) ? {} : { grant }),
  };
}

function hitFields(hit: Hit): object {
  const { file, line, column } = placeOfHit(hit);
  const { sid, effect } = hit.statement;
  return { policy: LAYER_TEXTS[hit.layer], file, line, column, sid: sid?.text ?? null, effect: effect?.text };
}
