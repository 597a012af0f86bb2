/** Every rule finds its fault at its place, with AWS's data and without. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RULES } from '../../src/iam/lint/lint-rules.js';
import type { ResourceService } from '../../src/iam/lint/policy-kind.js';
import { JSON_SYNTAX_ERROR } from '../../src/iam/lint/structure-rules.js';
import type { PolicyKind } from '../../src/iam/policy-document.js';
import { repositoryRoot } from '../support/repository.js';
import { fixture, lint, placed } from './linting.js';

interface Case {
  readonly code: string;
  readonly kind: PolicyKind | null;
  readonly service: ResourceService | null;
  readonly hasData: boolean;
  readonly text: string;
  readonly place: string;
}

const MARK = '▶';

/** The cases of `codes.txt`: see its first lines. */
function cases(): Case[] {
  const lines = fixture('codes.txt')
    .split('\n')
    .filter((line) => !line.startsWith(';'));
  return lines
    .join('\n')
    .split(/^# /m)
    .slice(1)
    .map((block) => {
      const [head = '', ...body] = block.trimEnd().split('\n');
      const option = (name: string): string | null => new RegExp(`--${name} (\\S+)`).exec(head)?.[1] ?? null;
      const given = body.join('\n');
      const whole = /^[▶{]/.test(given) ? given : `{"Version": "2012-10-17", "Statement": [{${given}}]}`;
      const before = whole.slice(0, whole.indexOf(MARK));
      const column = before.length - before.lastIndexOf('\n');
      return {
        code: head.split(' ')[0] as string,
        kind: option('type') as PolicyKind | null,
        service: option('service') as ResourceService | null,
        hasData: !head.includes('no-data'),
        text: whole.replace(MARK, ''),
        place: `${before.split('\n').length}:${column}`,
      };
    });
}

const test = suite('iam/lint-codes');
const all = cases();

for (const { code, kind, service, hasData, text, place } of all)
  test(`${code} points at ${place}`, () => {
    const findings = lint(text, hasData ? { kind, service } : { kind, service, data: null });
    const places = findings.map(placed);
    assert.ok(places.includes(`${code} ${place}`), `found ${places.join(', ') || 'nothing'} in ${text}`);
    const found = findings.find((finding) => finding.code === code);
    for (const part of [found?.message, found?.fix]) assert.match(part as string, /^[^\n]{5,}[^.\n]$/);
  });

/** Codes whose faults are too large for a case: the sizes of documents have a test of their own. */
const ELSEWHERE = /^POLICY_SIZE_EXCEEDS_/;

test('every rule has a case, and no two have the same code', () => {
  const codes = [JSON_SYNTAX_ERROR, ...RULES].map(({ code }) => code);
  assert.equal(
    codes.filter((code) => !(ELSEWHERE.test(code) || all.some((each) => each.code === code))),
    [],
  );
  assert.is(new Set(codes).size, codes.length);
});

test('a document that is too large is reported with its size', () => {
  const long = (count: number): string =>
    JSON.stringify(Array.from({ length: count }, (_, i) => `arn:aws:s3:::bucket-${i}/*`));
  const policy = (count: number, more = ''): string =>
    `{"Version": "2012-10-17",${' '.repeat(9000)} "Statement": {"Effect": "Allow", ${more}"Action": "s3:GetObject", "Resource": ${long(count)}}}`;
  const sizes = (text: string, kind: PolicyKind): string[] =>
    lint(text, { kind }).flatMap(({ code }) => (ELSEWHERE.test(code) ? [code] : []));
  assert.equal(sizes(policy(200), 'identity'), []);
  assert.equal(sizes(policy(250), 'identity'), ['POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA']);
  assert.equal(sizes(policy(100), 'trust'), ['POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA']);
  assert.equal(sizes(policy(100), 'scp'), ['POLICY_SIZE_EXCEEDS_SCP_QUOTA']);
  assert.equal(sizes(policy(100), 'rcp'), ['POLICY_SIZE_EXCEEDS_RCP_QUOTA']);
  assert.equal(sizes(policy(600, '"Principal": "*", '), 'resource'), ['POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA']);
});

/** Suggestions that correct policies may have: there is a better way, but theirs is not wrong. */
const MATTERS_OF_TASTE = ['RESOURCE_COULD_BE_NARROWER'];

const correct = readdirSync(join(repositoryRoot, 'test/fixtures/iam/correct')).sort();

test('there are at least 30 correct policies', () => assert.ok(correct.length >= 30));

for (const name of correct)
  test(`nothing is wrong with ${name}`, () => {
    const text = fixture(join('correct', name));
    const kind = name.split(/[-.]/)[0] as PolicyKind;
    const findings = [...lint(text, { kind }), ...lint(text, { kind, data: null })];
    assert.equal(findings.filter(({ code }) => !MATTERS_OF_TASTE.includes(code)).map(placed), []);
    // Their kind is also recognised, where it shows.
    if (/^(?:identity|resource|trust)/.test(name)) assert.equal(lint(text), lint(text, { kind }));
  });

test.run();
