/** Rules about actions, resources and statements that others already cover. */
import type { PolicyStatement, TextList, TextValue } from '../policy-document.js';
import { coversText, hasWildcard } from '../wildcards.js';
import { type LintedPolicy, testsOf } from './linted-policy.js';
import { fault, type LintFault, type LintRule, policyRules, quote, statementRules } from './rule.js';

/**
 * The most comparisons of patterns for one list or document. It is never reached by a policy that AWS would store, and
 * keeps a hostile file from taking minutes.
 */
const COMPARISONS_MOST = 200_000;

interface ListedValue {
  readonly value: TextValue;
  readonly text: string;
}

/**
 * Returns for each value the first other value that covers it; of two equal ones only the later has one. `fold` makes
 * texts comparable: actions have no case.
 */
function coveredValues(values: readonly TextValue[], fold: (text: string) => string): [ListedValue, ListedValue][] {
  const entries = values.map((value) => ({ value, text: fold(value.text) }));
  const firstOf = new Map<string, ListedValue>();
  const covered = new Map<ListedValue, ListedValue>();
  for (const entry of entries) {
    const first = firstOf.get(entry.text);
    if (first === undefined) firstOf.set(entry.text, entry);
    else covered.set(entry, first);
  }
  let comparisons = 0;
  for (const general of [...firstOf.values()].filter(({ text }) => hasWildcard(text)))
    for (const special of firstOf.values()) {
      if (comparisons >= COMPARISONS_MOST) break;
      comparisons += 1;
      if (special === general || covered.has(special) || covered.get(general) === special) continue;
      if (coversText(general.text, special.text)) covered.set(special, general);
    }
  return [...covered];
}

function redundantIn(list: TextList | null, what: string, fold: (text: string) => string): LintFault[] {
  if (list === null || list.values.length < 2) return [];
  return coveredValues(list.values, fold).map(([special, general]) => {
    const isSame = special.text === general.text;
    const message = isSame
      ? `the ${what} ${quote(special.value.text)} appears twice`
      : `the ${what} ${quote(special.value.text)} is covered by ${quote(general.value.text)}`;
    return fault(special.value, message, 'remove it');
  });
}

const same = (text: string): string => text;
const lower = (text: string): string => text.toLowerCase();

/** A text that is equal for statements with the same effect, principals and conditions, in whatever order. */
function contextOf(statement: PolicyStatement): string {
  const { effect, principal, notPrincipal, notAction, notResource, condition } = statement;
  const tests = testsOf(statement);
  const principals = [principal, notPrincipal].map((element) =>
    element === null
      ? null
      : (element.text?.text ?? element.entries.map(({ type, values }) => [type, textsOf(values)]).sort(byText)),
  );
  const conditions = tests
    .map(({ operatorText, name, values }) => [operatorText.text.toLowerCase(), name, textsOf(values)])
    .sort(byText);
  const isWhole = tests.length === (condition?.blocks ?? []).flatMap((block) => block.tests).length;
  const others = [notAction, notResource].map((list) => (list === null ? null : textsOf(list.values)));
  // A condition that could not be read makes the statement unlike all others.
  return JSON.stringify([effect?.text, principals, conditions, others, isWhole ? null : statement.start]);
}

function textsOf(values: readonly TextValue[]): string[] {
  return values.map(({ text }) => text).sort();
}

function byText(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

/** Whether every value of one list is covered by the other. Lists that the statement lacks are empty in both. */
function coversAll(general: TextList | null, special: TextList | null, fold: typeof same): boolean {
  const patterns = valuesOf(general).map(({ text }) => fold(text));
  return valuesOf(special).every(({ text }) => patterns.some((pattern) => coversText(pattern, fold(text))));
}

function valuesOf(list: TextList | null): readonly TextValue[] {
  return list?.values ?? [];
}

function coversStatement(general: PolicyStatement, special: PolicyStatement): boolean {
  return coversAll(general.resource, special.resource, same) && coversAll(general.action, special.action, lower);
}

function redundantStatements({ document }: LintedPolicy): LintFault[] {
  const groups = new Map<string, PolicyStatement[]>();
  for (const statement of document.statements) {
    if ((statement.action ?? statement.notAction) === null || statement.effect === null) continue;
    const key = contextOf(statement);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [statement]);
    else group.push(statement);
  }
  let comparisons = 0;
  return [...groups.values()].flatMap((group) =>
    group.flatMap((special, index) => {
      if (comparisons >= COMPARISONS_MOST) return [];
      const general = group.find((other, position) => {
        if (other === special || comparisons >= COMPARISONS_MOST) return false;
        comparisons +=
          valuesOf(special.action).length * valuesOf(other.action).length + valuesOf(special.resource).length;
        if (!coversStatement(other, special)) return false;
        // Of two statements that cover each other, the first stays.
        return position < index || !coversStatement(special, other);
      });
      if (general === undefined) return [];
      const name =
        general.sid === null || general.sid.text === '' ? `number ${general.index + 1}` : quote(general.sid.text);
      const message = `the statement changes nothing, because statement ${name} covers it`;
      return [fault({ start: special.start, end: special.start + 1 }, message, 'remove it')];
    }),
  );
}

export const REDUNDANCY_RULES: readonly LintRule[] = [
  ...statementRules([
    [
      'REDUNDANT_ACTION',
      'suggestion',
      'An action is covered by another one of the same list.',
      ({ action, notAction }) => [...redundantIn(action, 'action', lower), ...redundantIn(notAction, 'action', lower)],
    ],
    [
      'REDUNDANT_RESOURCE',
      'suggestion',
      'A resource is covered by another one of the same list.',
      ({ resource, notResource }) => [
        ...redundantIn(resource, 'resource', same),
        ...redundantIn(notResource, 'resource', same),
      ],
    ],
  ]),
  ...policyRules([
    ['REDUNDANT_STATEMENT', 'suggestion', 'A statement is covered by another one.', redundantStatements],
  ]),
];
