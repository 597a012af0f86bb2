/** Rules about condition keys that need AWS's data: whether they exist, their types, and the actions that have them. */
import type { ActionFacts, ConditionKeyFacts, ConditionKeyType } from '../action-data.js';
import { type ConditionOperator, inFormOf, type OperatorFamily } from '../condition-operator.js';
import { hasKey, knownActions } from './action-support.js';
import { keyFacts, type LintedPolicy, type LintedStatement, type LintedTest } from './linted-policy.js';
import { nearest } from './nearest.js';
import { enumerate, fault, type LintFault, type LintRule, quote, statementRules, testRules } from './rule.js';

/** Keys that the data does not list yet. Source: IAM User Guide, reference_policies_condition-keys (2026-11-29). */
const NEW_GLOBAL_KEYS = ['aws:signinsessionarn', 'aws:arn'];

/** Maps of tags without the key of a tag are another rule's business. */
const TAG_MAP = /(?:tag)\/?$/;

const UNKNOWN_GLOBAL_KEY = 'check the name in the list of global condition keys';
const UNKNOWN_KEY = 'check the name in the Service Authorization Reference';

function prefixOf(name: string): string {
  return name.slice(0, name.indexOf(':'));
}

function unknownGlobalKey({ name, key }: LintedTest, _statement: LintedStatement, policy: LintedPolicy): LintFault[] {
  if (policy.data === null || !name.startsWith('aws:') || TAG_MAP.test(name)) return [];
  if (NEW_GLOBAL_KEYS.includes(name) || keyFacts(policy, name) !== undefined) return [];
  const near = nearest(key.text, policy.data.globalConditionKeys());
  return [
    fault(
      key,
      `there is no global condition key ${quote(key.text)}`,
      near === null ? UNKNOWN_GLOBAL_KEY : `use ${near}`,
    ),
  ];
}

function unknownServiceKey({ name, key }: LintedTest, _statement: LintedStatement, policy: LintedPolicy): LintFault[] {
  const { data } = policy;
  const service = prefixOf(name);
  // Keys of identity providers begin with a domain.
  if (data === null || name.startsWith('aws:') || !data.services().includes(service) || TAG_MAP.test(name)) return [];
  const known = data.conditionKeysOf(service);
  if (known.length === 0 || keyFacts(policy, name) !== undefined) return [];
  const near = nearest(key.text, known);
  return [
    fault(key, `${service} has no condition key ${quote(key.text)}`, near === null ? UNKNOWN_KEY : `use ${near}`),
  ];
}

/** Operators that match a type of key. A string operator also compares ARNs. */
const FAMILIES: Readonly<Record<ConditionKeyType, readonly OperatorFamily[]>> = {
  String: ['string'],
  ARN: ['arn', 'string'],
  Bool: ['boolean'],
  Numeric: ['numeric'],
  Date: ['date'],
  IPAddress: ['ip'],
  Binary: ['binary'],
};

/** Says which operator compares a type of key as another operator does, with the same qualifier and suffix. */
function operatorFix(type: ConditionKeyType, operator: ConditionOperator): string {
  const { isNegated, name } = operator;
  const equality = isNegated ? 'NotEquals' : 'Equals';
  const [order] = /(?:Less|Greater)Than(?:Equals)?$/.exec(name) ?? [];
  const names: Readonly<Record<ConditionKeyType, string>> = {
    String: `String${equality}`,
    ARN: isNegated ? 'ArnNotLike' : 'ArnLike',
    Bool: 'Bool',
    Numeric: `Numeric${order ?? equality}`,
    Date: `Date${order ?? equality}`,
    IPAddress: isNegated ? 'NotIpAddress' : 'IpAddress',
    Binary: 'BinaryEquals',
  };
  const other = inFormOf(operator, names[type]);
  if (isNegated && type === 'Bool') return `use ${other} with the opposite value`;
  const hasOrder = order === undefined || type === 'Numeric' || type === 'Date';
  return hasOrder ? `use ${other}` : `use ${other} and name each value`;
}

function wrongOperator(test: LintedTest, facts: ConditionKeyFacts): boolean {
  const { operator, values, name } = test;
  if (operator.family === 'presence' || FAMILIES[facts.type].includes(operator.family)) return false;
  // An ARN may be the value of a key whose type is not known better, such as an encryption context.
  if (operator.family === 'arn' && facts.type === 'String')
    return !values.every(({ text }) => /^(?:arn:|\$\{)/.test(text));
  if (operator.family === 'string') return !values.every(({ text }) => text.includes('${'));
  return !(name === 'aws:epochtime' && operator.family === 'numeric');
}

/** A row whose check sees what AWS says of the key. */
function withFacts(
  check: (test: LintedTest, facts: ConditionKeyFacts, statement: LintedStatement) => readonly LintFault[],
): (test: LintedTest, statement: LintedStatement, policy: LintedPolicy) => readonly LintFault[] {
  return (test, statement, policy) => {
    const facts = keyFacts(policy, test.name);
    return facts === undefined ? [] : check(test, facts, statement);
  };
}

const KEY_RULES = testRules(
  [
    ['INVALID_GLOBAL_CONDITION_KEY', 'error', 'A global condition key does not exist.', unknownGlobalKey],
    ['INVALID_SERVICE_CONDITION_KEY', 'error', 'A condition key of a service does not exist.', unknownServiceKey],
    [
      'TYPE_MISMATCH',
      'warning',
      'The operator does not match the type of its key.',
      withFacts((test, facts) =>
        wrongOperator(test, facts)
          ? [
              fault(
                test.operatorText,
                `${test.operatorText.text} does not compare ${test.key.text}`,
                operatorFix(facts.type, test.operator),
              ),
            ]
          : [],
      ),
    ],
    [
      'MISSING_QUALIFIER',
      'error',
      'A key with several values is tested without ForAllValues or ForAnyValue.',
      withFacts(({ operator, key, operatorText }, { isMultiValued }) =>
        isMultiValued && operator.qualifier === null && operator.family !== 'presence'
          ? [
              fault(
                key,
                `${key.text} can have several values`,
                `use ForAnyValue:${operatorText.text} or ForAllValues:${operatorText.text}`,
              ),
            ]
          : [],
      ),
    ],
    [
      'FORALLVALUES_WITH_SINGLE_VALUED_KEY',
      'security-warning',
      'ForAllValues tests a key with one value, and is true when the key is missing.',
      withFacts(({ operator, key, operatorText }, { isMultiValued }, { isAllow }) =>
        isAllow && !isMultiValued && operator.qualifier === 'ForAllValues' && operator.family !== 'presence'
          ? [fault(operatorText, `${operatorText.text} is true when ${key.text} is missing`, 'remove ForAllValues:')]
          : [],
      ),
    ],
    [
      'STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS',
      'security-warning',
      'StringLike compares an ARN, so a wildcard can span its fields.',
      withFacts(({ operator, operatorText, key }, { type }) =>
        type === 'ARN' && operator.family === 'string' && operator.takesWildcards
          ? [
              fault(
                operatorText,
                `a wildcard of ${operatorText.text} spans several fields of ${key.text}`,
                `use ${operatorText.text.replace(/String/i, 'Arn')}`,
              ),
            ]
          : [],
      ),
    ],
  ],
  { needsData: true },
);

/** Actions that lack a key which the statement tests, each with the values that name them exactly. */
function unsupportedActions(test: LintedTest, statement: LintedStatement, { data, kind }: LintedPolicy) {
  const service = prefixOf(test.name);
  // The request of AssumeRole has the keys of all actions of a trust policy.
  if (data === null || kind === 'trust' || test.operator.hasIfExists || test.operator.family === 'presence')
    return null;
  const facts = data.conditionKey(test.name);
  if (facts === undefined || facts.isGlobal || data.actionsOf(service).length === 0) return null;
  const known = knownActions(statement, data);
  if (known === null) return null;
  const lacking = known.filter(({ facts: found }) => !found.some((action) => hasKey(action, test.name, data)));
  const having = data.actionsOf(service).filter((action) => hasKey(action, test.name, data));
  return { lacking, isNone: lacking.length === known.length, having };
}

/** So few actions have the key that one of them is missing, rather than the key being misplaced. */
const FEW = 3;

const SUPPORT_RULES = testRules(
  [
    [
      'UNSUPPORTED_ACTION_FOR_CONDITION_KEY',
      'error',
      'A condition tests a key that an action of the statement does not have.',
      (test, statement, policy) => {
        const found = unsupportedActions(test, statement, policy);
        if (found === null || (found.isNone && found.having.length <= FEW)) return [];
        return found.lacking
          .filter(({ pattern }) => !pattern.hasWildcard)
          .map(({ pattern }) =>
            fault(
              pattern,
              `${pattern.text} does not have ${test.key.text}`,
              'move the action to a statement without this key',
            ),
          );
      },
    ],
    [
      'MISSING_ACTION_FOR_CONDITION_KEY',
      'error',
      'A condition tests a key, but the action that has it is missing.',
      (test, statement, policy) => {
        const found = unsupportedActions(test, statement, policy);
        if (found === null || !found.isNone || found.having.length === 0 || found.having.length > FEW) return [];
        const names = enumerate(found.having.map(({ name }) => name));
        return [
          fault(
            test.key,
            `only ${names} can have ${test.key.text}`,
            `move it to a statement with ${names}, or remove it`,
          ),
        ];
      },
    ],
  ],
  { needsData: true },
);

function isPositiveTag({ name, operator }: LintedTest): boolean {
  return (
    name.startsWith('aws:resourcetag/') &&
    !operator.isNegated &&
    !operator.hasIfExists &&
    operator.family !== 'presence'
  );
}

function untaggedActions(
  statement: LintedStatement,
  { data }: LintedPolicy,
  effect: 'isAllow' | 'isDeny',
): LintFault[] {
  const test = statement.tests.find(isPositiveTag);
  if (test === undefined || data === null || !statement[effect]) return [];
  const known = knownActions(statement, data) ?? [];
  const lacks = (action: ActionFacts): boolean => !hasKey(action, test.name, data);
  return known
    .filter(({ facts }) => facts.every(lacks))
    .map(({ pattern }) => {
      const verb = effect === 'isAllow' ? 'allowed' : 'denied';
      const message = `${pattern.text} does not have ${test.key.text}, so this statement never has it ${verb}`;
      return fault(pattern, message, 'move the action to a statement without this key; IfExists is no remedy');
    });
}

function taggedNotAction(
  statement: LintedStatement,
  { data }: LintedPolicy,
  effect: 'isAllow' | 'isDeny',
): LintFault[] {
  const test = statement.tests.find(isPositiveTag);
  if (test === undefined || data === null || !statement[effect] || statement.notAction === null) return [];
  const message = `not all actions have ${test.key.text}, and this statement says nothing about those that lack it`;
  return [fault(statement.notAction.key, message, 'name the actions with Action')];
}

const TAG_RULES = statementRules(
  [
    [
      'ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE',
      'suggestion',
      'Allow tests the tags of resources for an action that does not have them.',
      (statement, policy) => untaggedActions(statement, policy, 'isAllow'),
    ],
    [
      'DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE',
      'security-warning',
      'Deny tests the tags of resources for an action that does not have them.',
      (statement, policy) => untaggedActions(statement, policy, 'isDeny'),
    ],
    [
      'ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE',
      'suggestion',
      'Allow with NotAction tests the tags of resources.',
      (statement, policy) => taggedNotAction(statement, policy, 'isAllow'),
    ],
    [
      'DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE',
      'security-warning',
      'Deny with NotAction tests the tags of resources.',
      (statement, policy) => taggedNotAction(statement, policy, 'isDeny'),
    ],
  ],
  { needsData: true },
);

export const KEY_DATA_RULES: readonly LintRule[] = [...KEY_RULES, ...SUPPORT_RULES, ...TAG_RULES];
