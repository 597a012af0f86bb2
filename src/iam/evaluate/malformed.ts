/** Refuses policies that AWS would not accept, because their evaluation means nothing. */
import { FeedrateError, type Issue } from '../../base/errors.js';
import { operatorOf } from '../condition-operator.js';
import type { PolicyDocument, PolicyStatement } from '../policy-document.js';
import type { Span } from '../source-text.js';
import type { LayerName } from './policies.js';

/** Throws `FeedrateError('usage')` with an issue for each fault of the document, as a policy of this kind. */
export function refuseMalformed(document: PolicyDocument, layer: LayerName): void {
  const { source, root, version, hasStatement, statements } = document;
  const faults: PolicyFault[] = document.faults.map((fault) => [fault, fault.message]);
  if (!hasStatement) faults.push([root, 'expected the element Statement, found none']);
  if (version !== null && !['2012-10-17', '2008-10-17'].includes(version.text))
    faults.push([version, `Version: expected 2012-10-17 or 2008-10-17, found ${JSON.stringify(version.text)}`]);
  faults.push(...statements.flatMap((statement) => faultsOf(statement, layer)));
  if (faults.length === 0) return;
  const issues = faults.map(([{ start }, message]): Issue => ({ where: source.where(start), message }));
  throw new FeedrateError('usage', `${issues[0]?.where}: ${issues[0]?.message}`, { issues });
}

type PolicyFault = readonly [place: Span, message: string];

/** Pairs of elements of which a statement has one. */
const PAIRS = [
  ['action', 'notAction', 'Action'],
  ['resource', 'notResource', 'Resource'],
  ['principal', 'notPrincipal', 'Principal'],
] as const;

function faultsOf(statement: PolicyStatement, layer: LayerName): PolicyFault[] {
  const faults: PolicyFault[] = [];
  const { effect, condition } = statement;
  if (effect === null) faults.push([statement, 'expected the element Effect, found none']);
  else if (effect.text !== 'Allow' && effect.text !== 'Deny')
    faults.push([effect, `Effect: expected Allow or Deny, found ${JSON.stringify(effect.text)}`]);
  for (const [positive, negative, name] of PAIRS) {
    const [first, second] = [statement[positive], statement[negative]];
    if (first !== null && second !== null) faults.push([second.key, `expected ${name} or Not${name}, found both`]);
    else if (first === null && second === null && isNeeded(name, layer))
      faults.push([statement, `expected the element ${name} or Not${name}, found none${ADVICE[name] ?? ''}`]);
    else if ((first ?? second) !== null && name === 'Principal' && !(layer === 'resource' || layer === 'rcp'))
      faults.push([(first ?? second)?.key ?? statement, `${name}: not possible in this kind of policy; ${GIVE_IT}`]);
  }
  for (const principal of [statement.principal, statement.notPrincipal])
    if (principal?.text != null && principal.text.text !== '*')
      faults.push([
        principal,
        `${principal.key.text}: expected "*" or an object such as {"AWS": "arn:..."}, found a string`,
      ]);
  for (const element of [statement.resource, statement.notResource])
    for (const value of element?.values ?? [])
      if (/^arn:[^:]*:[^:]*[*?][^:]*:/.test(value.text))
        faults.push([value, `${value.text}: expected a service without wildcards in an ARN`]);
  for (const { operator } of condition?.blocks ?? [])
    if (!isOperator(operator.text))
      faults.push([
        operator,
        `Condition: expected an operator such as StringEquals, found ${JSON.stringify(operator.text)}`,
      ]);
  return faults;
}

/** `Null` has no form with `IfExists`. */
function isOperator(text: string): boolean {
  const operator = operatorOf(text);
  return operator !== null && !(operator.family === 'presence' && operator.hasIfExists);
}

const GIVE_IT = 'give the policy of a resource with --resource-policy';
const ADVICE: Readonly<Record<string, string>> = {
  Principal: '; give the policy of a user or role with --policy',
};

/** The policy of a resource may leave out the resource: trust policies do. */
function isNeeded(name: (typeof PAIRS)[number][2], layer: LayerName): boolean {
  if (name === 'Principal') return layer === 'resource';
  return name === 'Action' || layer !== 'resource';
}
