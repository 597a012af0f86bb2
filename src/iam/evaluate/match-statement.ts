/** Whether a statement applies to a request. */
import type { PolicyStatement, TextList } from '../policy-document.js';
import { arnPatternOf, covers, type Glob, globOf, overlaps } from '../wildcards.js';
import { conditionsHold } from './conditions.js';
import type { Hit } from './policies.js';
import { expandVariables } from './policy-variables.js';
import type { RequestContext } from './request-context.js';
import { type Grade, gradeOf, isExempt, namesSomeSession, type Requester } from './requester.js';
import { allOf, anyOf, type Finding, not, plainly, unknownFor } from './truth.js';

/** A request. With wildcards, action and resource stand for all that they match. */
export interface AccessRequest {
  readonly requester: Requester;
  readonly action: string;
  readonly resource: string;
  readonly context: RequestContext;
  /** A Deny with `NotPrincipal` then always applies to users and roles: IAM User Guide, "Permissions boundaries". */
  readonly hasBoundary: boolean;
  /** Whether what was not given is unknown instead of absent. */
  readonly cautious: boolean;
}

export interface Match extends Finding<Hit> {
  /** How the statement names the requester. `direct` for policies without principals. */
  readonly grade: Grade;
  /** What keeps a statement that has the action from applying; null if it applies, or has not even the action. */
  readonly missed: 'principal' | 'resource' | 'condition' | null;
}

/** A statement with principals belongs to a resource, and its `Resource` may be left out. */
export function matchStatement(hit: Hit, request: AccessRequest): Match {
  const { statement } = hit;
  const isDeny = statement.effect?.text === 'Deny';
  const actions = (element: TextList): Finding<Hit> =>
    listMatches(element, globOf(request.action.toLowerCase()), isDeny !== (element === statement.notAction), (text) =>
      plainGlob(globOf(text.toLowerCase())),
    );
  const action = eitherOf(statement.action, statement.notAction, actions);
  if (action.truth === 'no') return missing('none', null);
  const certain = gradeIn(statement, request, isDeny);
  const maybe =
    request.cautious && certain === 'none' && namesSomeSession(statement.principal, request.requester)
      ? unknownFor<Hit>('the name of the session')
      : plainly<Hit>('yes');
  const grade = maybe.truth === 'unknown' ? 'direct' : certain;
  if (grade === 'none') return missing(grade, 'principal');
  const resource = resourceMatches(hit, request, isDeny);
  if (resource.truth === 'no') return missing(grade, 'resource');
  const conditions = conditionsHold(statement.condition, request.context, hasVariables(hit));
  if (conditions.truth === 'no') return { ...conditions, grade, missed: 'condition' };
  return { ...allOf<Hit>([maybe, resource, conditions]), hits: [hit], grade, missed: null };
}

function missing(grade: Grade, missed: Match['missed']): Match {
  return { ...plainly<Hit>('no'), grade, missed };
}

function gradeIn(statement: PolicyStatement, { requester, hasBoundary }: AccessRequest, isDeny: boolean): Grade {
  const { principal, notPrincipal } = statement;
  if (principal !== null) return gradeOf(principal, requester);
  if (notPrincipal === null) return 'direct';
  const isBounded = hasBoundary && (requester.kind === 'user' || requester.kind === 'role');
  if (isDeny) return isExempt(notPrincipal, requester) && !isBounded ? 'none' : 'direct';
  return gradeOf(notPrincipal, requester) === 'none' ? 'direct' : 'none';
}

function resourceMatches(hit: Hit, { resource, context }: AccessRequest, isDeny: boolean): Finding<Hit> {
  const { statement } = hit;
  if (statement.resource === null && statement.notResource === null) return plainly('yes');
  const asked = resource === '*' ? globOf(resource) : arnPatternOf(globOf(resource));
  const read = (text: string): Glob | Finding<Hit> => {
    if (!hasVariables(hit)) return plainGlob(arnPatternOf(globOf(text)));
    const expansion = expandVariables(text, context, globOf);
    if (expansion.state === 'done') return arnPatternOf(expansion.glob);
    return expansion.state === 'absent' ? plainly('no') : unknownFor(`context key ${expansion.key}`);
  };
  return eitherOf(statement.resource, statement.notResource, (element) =>
    // `*` is asked for an action that has no resource: no ARN is part of it.
    listMatches(element, asked, resource !== '*' && isDeny !== (element === statement.notResource), read),
  );
}

/**
 * Whether the list has what is asked for. `some`: a part of it is enough, for a Deny; otherwise all of it. For elements with
 * `Not`, whose answer is turned round, the caller turns `some` round as well.
 */
function listMatches(
  { values }: TextList,
  asked: Glob,
  some: boolean,
  read: (text: string) => Glob | Finding<Hit>,
): Finding<Hit> {
  const matches = some ? overlaps : covers;
  return anyOf(
    values.map(({ text }) => {
      const glob = read(text);
      return 'truth' in glob ? glob : plainly(matches(glob, asked) ? 'yes' : 'no');
    }),
  );
}

/** Applies `match` to the element that the statement has, and turns the answer round for the negative one. */
function eitherOf(
  positive: TextList | null,
  negative: TextList | null,
  match: (element: TextList) => Finding<Hit>,
): Finding<Hit> {
  if (positive !== null) return match(positive);
  return negative === null ? plainly('no') : not(match(negative));
}

function plainGlob(glob: Glob): Glob {
  return glob;
}

function hasVariables({ document }: Hit): boolean {
  return document.version?.text === '2012-10-17';
}
