/** Rules about the elements of a document: which there are, which are missing, and what they hold. */
import type { JsonMember, JsonNode, JsonObject } from '../json-source.js';
import { memberOf } from '../json-source.js';
import type { PolicyKind } from '../policy-document.js';
import type { Span } from '../source-text.js';
import { isIdentityKind, type LintedPolicy, type LintedStatement } from './linted-policy.js';
import { fault, type LintFault, type LintRule, policyRules, quote, type RuleFacts, statementRules } from './rule.js';

/** Reported by the reader of the file, because there is no document for rules to see. */
export const JSON_SYNTAX_ERROR: RuleFacts = {
  code: 'JSON_SYNTAX_ERROR',
  severity: 'error',
  summary: 'The text is not JSON.',
};

const TOP_ELEMENTS = ['Version', 'Id', 'Statement'];
const STATEMENT_ELEMENTS = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
];
const VERSIONS = ['2012-10-17', '2008-10-17'];

/** Elements of which a statement may have one only. */
const EXCLUSIVE = [
  ['Action', 'NotAction'],
  ['Resource', 'NotResource'],
  ['Principal', 'NotPrincipal'],
] as const;

/** The kinds whose statements name principals. */
const WITH_PRINCIPAL: readonly PolicyKind[] = ['resource', 'trust', 'rcp'];

/** The first character of an object or statement: where something is missing. */
function opening({ start }: Span): Span {
  return { start, end: start + 1 };
}

function has({ node }: LintedStatement, ...names: readonly string[]): boolean {
  return names.some((name) => memberOf(node, name) !== undefined);
}

function unknownElements(object: JsonObject, known: readonly string[]): LintFault[] {
  return object.members.flatMap((member) => {
    if (known.includes(member.key)) return [];
    const meant = known.find((name) => name.toLowerCase() === member.key.toLowerCase());
    const fix = meant === undefined ? `remove it, or use one of: ${known.join(', ')}` : `write "${meant}"`;
    return [fault(member, `${quote(member.key)} is not an element of a policy`, fix)];
  });
}

/** Keys that an object has twice. IAM refuses them; other readers take the last one. */
function duplicateKeys(node: JsonNode): LintFault[] {
  if (node.kind === 'array') return node.items.flatMap(duplicateKeys);
  if (node.kind !== 'object') return [];
  const seen = new Set<string>();
  return node.members.flatMap((member) => {
    const isDuplicate = seen.has(member.key);
    seen.add(member.key);
    const inside = duplicateKeys(member.value);
    if (!isDuplicate) return inside;
    const message = `the key ${quote(member.key)} appears twice in the same object`;
    return [fault(member, message, 'merge both values into one key'), ...inside];
  });
}

/** Names without regard to case that appear again in another spelling. */
function differentCase(members: readonly JsonMember[]): JsonMember[] {
  const spellings = new Map<string, string>();
  return members.filter(({ key }) => {
    const first = spellings.get(key.toLowerCase());
    if (first === undefined) spellings.set(key.toLowerCase(), key);
    return first !== undefined && first !== key;
  });
}

function keysOfDifferentCase({ node }: LintedStatement): LintFault[] {
  const condition = memberOf(node, 'Condition')?.value;
  if (condition?.kind !== 'object') return [];
  const blocks = condition.members.flatMap(({ value }) =>
    value.kind === 'object' ? differentCase(value.members) : [],
  );
  return [...differentCase(condition.members), ...blocks].map((member) =>
    fault(
      member,
      `the condition has ${quote(member.key)} more than once, in different capitalisation`,
      'merge both into one key',
    ),
  );
}

function missingStatement({ document }: LintedPolicy): LintFault[] {
  const { root, hasStatement } = document;
  if (root.kind !== 'object') return [];
  const statement = memberOf(root, 'Statement');
  if (hasStatement && !(statement?.value.kind === 'array' && statement.value.items.length === 0)) return [];
  const fix = hasStatement
    ? 'add a statement to the list: {"Effect": …, "Action": …, "Resource": …}'
    : 'add "Statement": [{"Effect": …, "Action": …, "Resource": …}]';
  return [fault(statement ?? opening(root), 'the policy has no statement', fix)];
}

function missingResource(statement: LintedStatement, { kind, service }: LintedPolicy): LintFault[] {
  // The policy of an ECR repository has no resource: it applies to its repository.
  if (kind === 'trust' || service === 'ecr' || has(statement, 'Resource', 'NotResource')) return [];
  return [fault(opening(statement), 'the statement has no resource', 'add "Resource" or "NotResource"')];
}

function duplicateSids(policy: LintedPolicy): LintFault[] {
  const seen = new Set<string>();
  return policy.document.statements.flatMap(({ sid }) => {
    if (sid === null || sid.text === '') return [];
    if (seen.has(sid.text)) return [fault(sid, `another statement has the Sid ${quote(sid.text)}`, 'use another Sid')];
    seen.add(sid.text);
    return [];
  });
}

const DOCUMENT_RULES = policyRules([
  [
    'DATA_TYPE_MISMATCH',
    'error',
    'A value has another JSON type than its element takes.',
    ({ document }) => document.faults.map((found) => fault(found, found.message, `write ${found.expected}`)),
  ],
  [
    'INVALID_POLICY_ELEMENT',
    'error',
    'An element has a name that the policy language does not have.',
    ({ document }) => [
      ...(document.root.kind === 'object' ? unknownElements(document.root, TOP_ELEMENTS) : []),
      ...document.statements.flatMap(({ node }) => unknownElements(node, STATEMENT_ELEMENTS)),
    ],
  ],
  [
    'INVALID_VERSION',
    'error',
    'Version is neither 2012-10-17 nor 2008-10-17.',
    ({ document: { version } }) =>
      version === null || VERSIONS.includes(version.text)
        ? []
        : [fault(version, `there is no version ${quote(version.text)} of the policy language`, 'use "2012-10-17"')],
  ],
  [
    'MISSING_VERSION',
    'warning',
    'The document has no Version, so it is read as the older one, without variables.',
    ({ document: { root } }) =>
      root.kind !== 'object' || memberOf(root, 'Version') !== undefined
        ? []
        : [
            fault(
              opening(root),
              'the policy has no Version and is read as 2008-10-17, without variables',
              'add "Version": "2012-10-17"',
            ),
          ],
  ],
  ['MISSING_STATEMENT', 'error', 'The document has no statement.', missingStatement],
  [
    'UNIQUE_SIDS_REQUIRED',
    'error',
    'Two statements of an IAM policy have the same Sid.',
    (policy) => (isIdentityKind(policy.kind) || policy.kind === 'trust' ? duplicateSids(policy) : []),
  ],
  [
    'UNIQUE_SIDS_RECOMMENDED',
    'warning',
    'Two statements of a resource or organization policy have the same Sid.',
    (policy) => (isIdentityKind(policy.kind) || policy.kind === 'trust' ? [] : duplicateSids(policy)),
  ],
]);

const STATEMENT_RULES = statementRules([
  [
    'DUPLICATE_KEYS_WITH_DIFFERENT_CASE',
    'error',
    'A condition has the same key or operator twice, in different capitalisation.',
    keysOfDifferentCase,
  ],
  [
    'INVALID_EFFECT',
    'error',
    'Effect is neither Allow nor Deny.',
    ({ effect, isAllow, isDeny }) =>
      effect === null || isAllow || isDeny
        ? []
        : [fault(effect, `the effect ${quote(effect.text)} does not exist`, 'write "Allow" or "Deny"')],
  ],
  [
    'MISSING_EFFECT',
    'error',
    'A statement has no Effect.',
    (statement) =>
      has(statement, 'Effect')
        ? []
        : [fault(opening(statement), 'the statement has no effect', 'add "Effect": "Allow" or "Effect": "Deny"')],
  ],
  [
    'MISSING_ACTION',
    'error',
    'A statement has neither Action nor NotAction.',
    (statement) =>
      has(statement, 'Action', 'NotAction')
        ? []
        : [fault(opening(statement), 'the statement has no action', 'add "Action" or "NotAction"')],
  ],
  ['MISSING_RESOURCE', 'error', 'A statement has neither Resource nor NotResource.', missingResource],
  [
    'MISSING_PRINCIPAL',
    'error',
    'A statement of a resource or trust policy has no principal.',
    (statement, { kind }) => {
      if (!WITH_PRINCIPAL.includes(kind) || has(statement, 'Principal', 'NotPrincipal')) return [];
      const fix = kind === 'rcp' ? 'add "Principal": "*"' : 'add "Principal": {"AWS": "ACCOUNT OR ARN"}';
      return [fault(opening(statement), 'the statement has no principal', fix)];
    },
  ],
  [
    'UNSUPPORTED_PRINCIPAL',
    'error',
    'A policy of an identity names a principal.',
    ({ principal, notPrincipal }, { kind }) =>
      [principal, notPrincipal].flatMap((element) =>
        element === null || !isIdentityKind(kind)
          ? []
          : [
              fault(
                element.key,
                `a policy of an identity has no ${element.key.text}: its principal is the identity`,
                'remove it, or lint the file with --type resource',
              ),
            ],
      ),
  ],
  [
    'UNSUPPORTED_ELEMENT_COMBINATION',
    'error',
    'A statement has an element and its opposite, such as Action and NotAction.',
    ({ node }) =>
      EXCLUSIVE.flatMap(([first, second]) => {
        const other = memberOf(node, second);
        if (other === undefined || memberOf(node, first) === undefined) return [];
        return [fault(other, `the statement has both ${first} and ${second}`, 'remove one of them')];
      }),
  ],
  [
    'UNSUPPORTED_SID',
    'error',
    'The Sid of an IAM policy has characters other than letters and digits.',
    ({ sid }, { kind }) =>
      sid === null || !isIdentityKind(kind) || /^[A-Za-z0-9]*$/.test(sid.text)
        ? []
        : [fault(sid, `the Sid ${quote(sid.text)} has characters other than A-Z, a-z and 0-9`, 'remove them')],
  ],
  [
    'EMPTY_SID_VALUE',
    'suggestion',
    'A Sid is empty.',
    ({ sid }) => (sid?.text === '' ? [fault(sid, 'the Sid is empty', 'write a name, or remove the Sid')] : []),
  ],
]);

const OWN_RULES = policyRules(
  [['DUPLICATE_KEY', 'error', 'An object has the same key twice.', ({ document }) => duplicateKeys(document.root)]],
  { isOwn: true },
);

export const STRUCTURE_RULES: readonly LintRule[] = [...DOCUMENT_RULES, ...STATEMENT_RULES, ...OWN_RULES];
