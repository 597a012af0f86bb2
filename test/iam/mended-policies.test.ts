/** Every fix that lint prints is followed: the finding is gone, no other one appears, and the access is the intended one. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMAND_RULES } from '../../src/iam/lint/command-rules.js';
import { RULES } from '../../src/iam/lint/lint-rules.js';
import { JSON_SYNTAX_ERROR } from '../../src/iam/lint/structure-rules.js';
import type { PolicyKind } from '../../src/iam/policy-document.js';
import { lint, placed } from './linting.js';
import { decisionFor, FIXES_OF_SIZES, mendedCases, printedFix } from './mended-cases.js';

const test = suite('iam/mended-policies');
const cases = mendedCases();

for (const one of cases)
  test(`${one.place}: ${one.code} is mended by: ${one.fix}`, () => {
    const { code, kind, mendedKind, service, name, faulty, mended } = one;
    const before = lint(faulty, { kind, service }, name);
    const findings = before.filter((finding) => finding.code === code);
    assert.ok(findings.length > 0, `found ${before.map(placed).join(', ')} in ${faulty}`);
    for (const { fix } of findings) assert.match(fix, printedFix(one.fix));
    const known = new Set(before.map((finding) => finding.code));
    known.delete(code);
    // What stays is another advice's business; what is new is the fault of this one.
    const after = lint(mended, { kind: mendedKind, service }, name).filter((finding) => !known.has(finding.code));
    assert.equal(after.map(placed), [], mended);
    for (const request of one.requests) {
      const asked = `${request.action} on ${request.resource}`;
      assert.is(decisionFor(faulty, kind, request), request.before, `${asked} before: ${faulty}`);
      assert.is(decisionFor(mended, mendedKind, request), request.after, `${asked} after: ${mended}`);
    }
  });

/** A policy of many ARNs, as one list. */
function policyOf(buckets: readonly string[], principal = ''): string {
  const resources = JSON.stringify(buckets.map((name) => `arn:aws:s3:::${name}/*`));
  return `{"Version": "2012-10-17", "Statement": {"Effect": "Deny", ${principal}"Action": "s3:GetObject", "Resource": ${resources}}}`;
}

/** A trust policy for many roles, as one list. */
function trustOf(roles: readonly string[], condition = ''): string {
  return `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": ${JSON.stringify(roles)}}, "Action": "sts:AssumeRole"${condition}}}`;
}

const [SPLIT, REPLACE] = FIXES_OF_SIZES;
const SIZES = /^POLICY_SIZE_EXCEEDS_/;

test('a policy that is too large is split, or has a pattern in place of its list', () => {
  const sizes = (text: string, kind: PolicyKind) => lint(text, { kind }).filter(({ code }) => SIZES.test(code));
  const buckets = Array.from({ length: 480 }, (_, i) => `bucket-${i}`);
  for (const [kind, principal] of [['identity'], ['scp'], ['rcp', '"Principal": "*", ']] as const) {
    const [finding] = sizes(policyOf(buckets, principal), kind);
    assert.is(finding?.fix, SPLIT);
    for (let at = 0; at < buckets.length; at += 120)
      assert.equal(sizes(policyOf(buckets.slice(at, at + 120), principal), kind), []);
    assert.equal(sizes(policyOf(['bucket-*'], principal), kind), []);
  }
  const [resource] = sizes(policyOf([...buckets, ...buckets], '"Principal": "*", '), 'resource');
  assert.is(resource?.fix, REPLACE);
  assert.equal(sizes(policyOf(['bucket-*'], '"Principal": "*", '), 'resource'), []);
  const [trust] = sizes(trustOf(buckets.map((name) => `arn:aws:iam::444455556666:role/${name}`)), 'trust');
  assert.is(trust?.fix, REPLACE);
  const pattern = ', "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/bucket-*"}}';
  assert.equal(sizes(trustOf(['444455556666'], pattern), 'trust'), []);
});

test('every code has a case', () => {
  const codes = [JSON_SYNTAX_ERROR, ...RULES, ...COMMAND_RULES].map(({ code }) => code);
  assert.equal(
    codes.filter((code) => !SIZES.test(code) && !cases.some((one) => one.code === code)),
    [],
  );
});

test.run();
