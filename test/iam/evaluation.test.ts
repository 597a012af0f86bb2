import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FeedrateError } from '../../src/base/errors.js';
import { refuseMalformed } from '../../src/iam/evaluate/malformed.js';
import { placeOfHit } from '../../src/iam/evaluate/policies.js';
import { requesterOf } from '../../src/iam/evaluate/requester.js';
import { CONDITION_CASES } from './cases/conditions.js';
import { LAYER_CASES } from './cases/layers.js';
import { WORKED_EXAMPLES } from './cases/worked-examples.js';
import {
  ACCOUNT,
  allow,
  answerOf,
  BUCKET,
  deny,
  type EvaluationCase,
  type Json,
  ROLE,
  readPolicy,
  USER,
} from './evaluation-case.js';

const CASES = [...LAYER_CASES, ...CONDITION_CASES, ...WORKED_EXAMPLES];

const test = suite('iam/evaluation');

for (const one of CASES) {
  test(`${one.name}: ${one.expect}`, () => {
    const { decision, reason, statements } = answerOf(one);
    assert.is(decision, one.expect, reason);
    if (one.by !== undefined)
      assert.equal(
        statements.map(({ statement }) => statement.sid?.text),
        one.by,
      );
  });
}

test('there are at least 150 cases, each with a name of its own', () => {
  assert.ok(CASES.length >= 150);
  assert.is(new Set(CASES.map(({ name }) => name)).size, CASES.length);
});

test('a cautious answer is the certain one or unknown, and is certain when everything was said', () => {
  for (const one of CASES.filter(({ cautious }) => cautious !== true)) {
    const certain = answerOf(one).decision;
    const cautious = answerOf({ ...one, cautious: true }).decision;
    assert.ok(cautious === certain || cautious === 'unknown', `${one.name}: ${certain}, but cautious ${cautious}`);
  }
});

test('the deciding statements have their places, and an answer lists what it assumes', () => {
  const { statements, assumed } = answerOf({ name: '', identity: [[allow(), allow({ Sid: 'B' })]], expect: 'allowed' });
  assert.equal(statements.map(placeOfHit), [
    { file: 'identity0.json', line: 4, column: 3 },
    { file: 'identity0.json', line: 9, column: 3 },
  ]);
  assert.equal(assumed, [
    'no resource policy',
    'no permissions boundary',
    'no SCP',
    'no RCP',
    `the resource is in the principal's account, ${ACCOUNT}: its ARN names none`,
  ]);
});

test('a denied answer names the statements that nearly allow', () => {
  const missed = (statement: Json, more: Partial<EvaluationCase> = {}): unknown =>
    answerOf({ name: '', expect: 'denied', identity: [statement], ...more }).nearMisses.map(({ match }) => [
      match.missed,
      ...match.why,
    ]);
  assert.equal(missed(allow({ Resource: BUCKET })), [['resource']]);
  assert.equal(missed(allow({ Action: 's3:PutObject' })), []);
  assert.equal(missed(allow({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } })), [
    ['condition', 'Bool aws:SecureTransport'],
  ]);
  assert.equal(missed(allow({ Resource: BUCKET }), { resourcePolicy: [allow({ Principal: { AWS: ROLE } })] }), [
    ['resource'],
    ['principal'],
  ]);
});

/** Small worlds, so that statements meet often. */
const action = fc.constantFrom('s3:GetObject', 's3:Get*', 's3:PutObject', 's3:*', '*');
const resource = fc.constantFrom(
  `${BUCKET}/*`,
  `${BUCKET}/runs/*`,
  `${BUCKET}/x`,
  '*',
  `${BUCKET}/\${aws:PrincipalTag/t}/*`,
);
const condition = fc.constantFrom<Json>(
  {},
  { StringEquals: { 'aws:RequestTag/a': '1' } },
  { StringNotEquals: { 'aws:RequestTag/a': '1' } },
  { StringLikeIfExists: { 'aws:RequestTag/b': 'x*' } },
  { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] } },
  { Null: { 'aws:RequestTag/a': 'true' } },
);
const statementOf = (effects: readonly string[]): fc.Arbitrary<Json> =>
  fc
    .record({
      Effect: fc.constantFrom(...effects),
      actions: fc.tuple(fc.boolean(), fc.array(action, { maxLength: 2 })),
      resources: fc.tuple(fc.boolean(), fc.array(resource, { minLength: 1, maxLength: 2 })),
      Condition: condition,
    })
    .map(({ Effect, actions: [notAction, actions], resources: [notResource, resources], Condition }) => ({
      Effect,
      [notAction ? 'NotAction' : 'Action']: actions,
      [notResource ? 'NotResource' : 'Resource']: resources,
      Condition,
    }));
const statements = fc.array(statementOf(['Allow', 'Deny']), { minLength: 1, maxLength: 4 });
const world = fc.record(
  {
    role: fc.constantFrom<string | undefined>(undefined, ROLE),
    resource: fc.constantFrom(`${BUCKET}/runs/a`, `${BUCKET}/x`, `${BUCKET}/*`),
    action: fc.constantFrom('s3:GetObject', 's3:PutObject', 's3:Get*'),
    context: fc.constantFrom<Record<string, string>>({}, { 'aws:RequestTag/a': '1' }, { 'aws:TagKeys': 'b' }),
    identity: fc.array(statements, { minLength: 1, maxLength: 2 }),
    boundary: fc.option(
      statements.map((list) => [list]),
      { nil: undefined },
    ),
    scp: fc.option(fc.array(statements, { minLength: 1, maxLength: 2 }), { nil: undefined }),
    principal: fc.constantFrom('*', { AWS: USER }, { AWS: ROLE }, { AWS: ACCOUNT }),
    given: fc.option(statements, { nil: undefined }),
  },
  { noNullPrototype: true },
);
type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

function caseIn({ role, principal, given, boundary, scp, ...rest }: World): EvaluationCase {
  const resourcePolicy = given?.map((statement) => ({ ...statement, Principal: principal }));
  return {
    name: '',
    expect: 'allowed',
    ...rest,
    ...(role === undefined ? {} : { role }),
    ...(boundary === undefined ? {} : { boundary }),
    ...(scp === undefined ? {} : { scp }),
    ...(resourcePolicy === undefined ? {} : { resourcePolicy: [resourcePolicy] }),
  };
}

test('adding a Deny never allows, and adding an Allow never denies', () => {
  fc.assert(
    fc.property(world, statementOf(['Deny']), statementOf(['Allow']), (drawn, denial, permission) => {
      const one = caseIn(drawn);
      const with_ = (statement: Json) => answerOf({ ...one, identity: [...drawn.identity, [statement]] }).decision;
      const before = answerOf(one).decision;
      if (before === 'denied') assert.is(with_(denial), 'denied');
      else assert.is(with_(permission), 'allowed');
    }),
    { numRuns: 120 },
  );
});

test('the order of statements and documents is irrelevant, and so is a document twice', () => {
  fc.assert(
    fc.property(world, (drawn) => {
      const one = caseIn(drawn);
      const { decision } = answerOf(one);
      const turned = drawn.identity.map((list) => [...list].reverse()).reverse();
      assert.is(answerOf({ ...one, identity: turned }).decision, decision);
      assert.is(answerOf({ ...one, identity: [...drawn.identity, ...drawn.identity] }).decision, decision);
      assert.is(answerOf({ ...one, identity: [drawn.identity.flat()] }).decision, decision);
    }),
    { numRuns: 60 },
  );
});

test('a cautious answer never says the opposite, whatever the missing keys are', () => {
  const tags = [undefined, '1', 'xy'] as const;
  fc.assert(
    fc.property(world, (drawn) => {
      const one = caseIn(drawn);
      const said: EvaluationCase = { ...one, cautious: true, boundary: one.boundary ?? 'none', scp: one.scp ?? 'none' };
      const { decision } = answerOf({
        ...said,
        resourcePolicy: one.resourcePolicy ?? 'none',
        session: 'none',
        rcp: 'none',
      });
      if (decision === 'unknown') return;
      for (const a of tags)
        for (const b of tags) {
          const more = {
            ...(a && { 'aws:RequestTag/a': a }),
            ...(b && { 'aws:RequestTag/b': b, 'aws:PrincipalTag/t': b }),
          };
          assert.is(answerOf({ ...one, context: { ...more, ...drawn.context } }).decision, decision);
        }
    }),
    { numRuns: 60 },
  );
});

test('a policy that AWS would not accept is refused at its place', () => {
  const refusal = (text: string, layer: 'identity' | 'resource' = 'identity'): string => {
    try {
      refuseMalformed(readPolicy('p.json', text), layer);
      return '';
    } catch (error) {
      return (error as FeedrateError).message;
    }
  };
  const statement = (more: Json): string => JSON.stringify({ Version: '2012-10-17', Statement: [more] });
  assert.is(refusal(statement(allow())), '');
  assert.is(refusal('{"Statement": [}'), 'p.json:1:16: expected a value, found "}"');
  assert.match(refusal('{"Version": "2012-10-17"}'), /^p\.json:1:1: expected the element Statement/);
  assert.match(refusal('{"Version": "2012-10-18", "Statement": []}'), /^p\.json:1:13: Version: expected 2012-10-17/);
  assert.match(refusal(statement(allow({ Effect: 'allow' }))), /Effect: expected Allow or Deny, found "allow"/);
  assert.match(refusal('{"Statement": [{"Effect": "Allow", "Action": "*"}]}'), /^p\.json:1:16: expected .* Resource/);
  assert.match(refusal(statement({ ...allow(), NotAction: 'x' })), /expected Action or NotAction, found both/);
  // What each of the two advises is accepted.
  const named = statement(allow({ Principal: '*' }));
  assert.match(refusal(named), /Principal: not possible .*; give the policy of a resource with --resource-policy/);
  assert.is(refusal(named, 'resource'), '');
  assert.match(
    refusal(statement(allow()), 'resource'),
    /expected the element Principal .*; give the policy of a user or role with --policy/,
  );
  assert.is(refusal(statement(allow())), '');
  assert.match(refusal(statement(allow({ Principal: USER })), 'resource'), /Principal: expected "\*" or an object/);
  assert.match(refusal(statement(allow({ Condition: { StringIs: { a: 'b' } } }))), /found "StringIs"/);
  assert.match(refusal(statement(allow({ Condition: { NullIfExists: { a: 'true' } } }))), /found "NullIfExists"/);
  assert.match(refusal(statement(allow({ Resource: 'arn:aws:s*:::x' }))), /a service without wildcards/);
  assert.match(refusal(statement(allow({ Action: 5 }))), /^p\.json:1:\d+: Action: expected a string/);
});

test('principals are read, and a session belongs to its role', () => {
  const kinds = (text: string): string => requesterOf(text).kind;
  assert.equal(
    [
      USER,
      ROLE,
      ACCOUNT,
      'anonymous',
      'sagemaker.amazonaws.com',
      'accounts.google.com',
      'logs.cn-north-1.amazonaws.com.cn',
    ].map(kinds),
    ['user', 'role', 'root', 'anonymous', 'service', 'federated', 'service'],
  );
  assert.is(requesterOf(`arn:aws-cn:sts::${ACCOUNT}:assumed-role/R/s`).arn, `arn:aws-cn:iam::${ACCOUNT}:role/R`);
  assert.throws(() => requesterOf('ana'), /principal ana: expected the ARN of a user/);
  assert.throws(() => requesterOf(USER, ROLE), /expected a session of the role/);
  assert.throws(() => requesterOf(ROLE, USER), /--role .* expected the ARN of a role/);
});

test('an SCP that only denies is given together with FullAWSAccess, as it is attached', () => {
  const one = { name: '', identity: [allow()], expect: 'allowed' } as const;
  const denial = deny({ Action: 's3:DeleteObject' });
  assert.match(answerOf({ ...one, scp: [denial] }).reason, /if FullAWSAccess is attached too, give it as well/);
  const full = { Effect: 'Allow', Action: '*', Resource: '*' };
  assert.is(answerOf({ ...one, scp: [denial, full] }).decision, 'allowed');
});

test('a Deny in any kind of policy is explicit', () => {
  for (const kind of ['identity', 'boundary', 'session', 'scp'] as const)
    assert.match(answerOf({ name: '', role: ROLE, [kind]: [deny()], expect: 'denied' }).reason, /^explicitly denied/);
});

test.run();
