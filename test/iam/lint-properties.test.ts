/** Findings point at a fault wherever it is, no document makes lint fail, and its time does not explode. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { coversText as covers, overlapsText as overlaps } from '../../src/iam/wildcards.js';
import { repositoryRoot } from '../support/repository.js';
import { data, fixture, lint } from './linting.js';

const test = suite('iam/lint-properties');

const correct = readdirSync(join(repositoryRoot, 'test/fixtures/iam/correct'))
  .sort()
  .map((name) => fixture(join('correct', name)));

test('a fault planted at any value is found there', () => {
  // Each plant: what is replaced, by what, and the code of the finding.
  const plants = [
    ['"Effect": "Allow"', '"Effect": "Alow"', 'INVALID_EFFECT'],
    ['"arn:aws:s3:::amzn', '"arn:aws:S3:::amzn', 'INVALID_ARN_SERVICE_CASE'],
    ['"s3:GetObject"', '"s3:GetObjekt"', 'INVALID_ACTION'],
    ['"s3:PutObject"', '"s4:PutObject"', 'INVALID_SERVICE_IN_ACTION'],
    ['"StringEquals"', '"StringEqual"', 'INVALID_CONDITION_OPERATOR'],
    ['"Condition"', '"Conditions"', 'INVALID_POLICY_ELEMENT'],
  ] as const;
  const places = correct.flatMap((text) =>
    plants.flatMap(([from, to, code]) =>
      // The ARN of a source is the value of a condition, where it is a pattern of strings.
      [
        ...text
          .replaceAll(/("(?:AWS|aws):SourceArn": )"arn/g, '$1"xxx')
          .matchAll(new RegExp(from.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'g')),
      ].map(({ index }) => ({
        text: text.slice(0, index) + to + text.slice(index + from.length),
        offset: index + to.lastIndexOf('"', to.length - 2),
        keyOffset: index,
        code,
      })),
    ),
  );
  assert.ok(places.length > 100, `${places.length}`);
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.constantFrom('\n', '\r\n'), fc.boolean(), (plant, line, mark) => {
      const text = (mark ? '\ufeff' : '') + plant.text.replaceAll('\n', line);
      const before = plant.text.slice(0, plant.code === 'INVALID_EFFECT' ? plant.offset : plant.keyOffset);
      const place = `${before.split('\n').length}:${before.length - before.lastIndexOf('\n')}`;
      const found = lint(text).filter(({ code }) => code === plant.code);
      assert.ok(
        found.some(({ line: row, column }) => `${row}:${column}` === place),
        `${plant.code} at ${place}: ${found.map(({ line: row, column }) => `${row}:${column}`)}`,
      );
    }),
    { numRuns: 100, seed: 3 },
  );
});

/** `FEEDRATE_IAM_MUTATIONS=20000` damages more documents. */
const MUTATIONS = Number(process.env['FEEDRATE_IAM_MUTATIONS'] ?? 800);

const WORDS = [
  '*',
  '?',
  '${',
  '}',
  '"',
  "'",
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  'null',
  '1e999',
  '-',
  '\\u0000',
  '\ud83d',
  'arn:aws:s3:::',
  'aws:',
  `\${aws:username}`,
  '2012-10-17',
  'Not',
  'ForAllValues:',
  'IfExists',
  '0.0.0.0/0',
  'Principal',
  '',
];

test('no damaged document makes lint fail, and every finding is inside of the file', () => {
  const damaged = fc.record({
    text: fc.constantFrom(...correct),
    cuts: fc.array(fc.tuple(fc.nat(5000), fc.nat(40), fc.constantFrom(...WORDS)), { minLength: 1, maxLength: 4 }),
  });
  fc.assert(
    fc.property(damaged, fc.boolean(), ({ text, cuts }, hasData) => {
      const broken = cuts.reduce((current, [at, length, word]) => {
        const start = at % (current.length + 1);
        return current.slice(0, start) + word + current.slice(start + length);
      }, text);
      const lines = broken.split('\n');
      for (const { line, column, message, fix, code } of lint(broken, hasData ? {} : { data: null })) {
        assert.ok(line >= 1 && line <= lines.length && column >= 1 && column <= (lines[line - 1] as string).length + 1);
        assert.ok(code !== '' && message !== '' && fix !== '' && !/undefined|\[object/.test(message + fix), message);
      }
    }),
    { numRuns: MUTATIONS, seed: 4 },
  );
});

test('values of a wrong type at any place are faults, not failures', () => {
  const values = [null, 0, true, '', [], {}, [null], [[]], { a: null }, 'x'.repeat(300)];
  fc.assert(
    fc.property(fc.constantFrom(...correct), fc.nat(1000), fc.constantFrom(...values), (text, at, value) => {
      let left = at;
      const replaced = JSON.parse(text, (_key, old) => (left-- === 0 ? value : old));
      lint(JSON.stringify(replaced, null, 1) ?? 'null');
    }),
    { numRuns: 200, seed: 5 },
  );
});

/** Whether a pattern matches a text, by trying everything. */
function matches(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern[0] === '*') return matches(pattern.slice(1), text) || (text !== '' && matches(pattern, text.slice(1)));
  return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && matches(pattern.slice(1), text.slice(1));
}

const TEXTS = [1, 2, 3, 4].reduce((texts) => [...texts, ...texts.flatMap((text) => [`${text}a`, `${text}b`])], ['']);

test('covers and overlaps agree with trying every short text', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 4 });
  fc.assert(
    fc.property(pattern, pattern, (a, b) => {
      const common = TEXTS.filter((text) => matches(b, text));
      if (covers(a, b))
        assert.ok(
          common.every((text) => matches(a, text)),
          `${a} does not cover ${b}`,
        );
      if (!b.includes('*') && !b.includes('?')) assert.is(covers(a, b), matches(a, b));
      if (common.some((text) => matches(a, text))) assert.ok(overlaps(a, b), `${a} overlaps ${b}`);
      else if (!`${a}${b}`.includes('*')) assert.not(overlaps(a, b), `${a} does not overlap ${b}`);
    }),
    { numRuns: 2000, seed: 6 },
  );
});

test('a policy of 100 KB, even a hostile one, has its findings in time that grows with its size', () => {
  const star = (count: number, make: (i: number) => string): string =>
    JSON.stringify(Array.from({ length: count }, (_, i) => make(i)));
  const policy = (actions: string, resources: string): string =>
    `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ${actions}, "Resource": ${resources}}]}`;
  const many = policy(
    star(3000, (i) => `s3:Get${i}*Object`),
    star(1800, (i) => `arn:aws:s3:::bucket-${i}/*`),
  );
  assert.ok(many.length > 95_000);
  const hostile = policy(
    star(50, (i) => `s3:${'*a'.repeat(100)}${i}`),
    star(400, (i) => `arn:aws:s3:::${'*a'.repeat(100)}${i}`),
  );
  const statement = '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}';
  const repeated = `{"Version": "2012-10-17", "Statement": [${new Array(1250).fill(statement).join(',')}]}`;
  assert.ok(lint(many).length > 2000);
  assert.ok(lint(hostile).length > 0);
  // Comparing each of 4,000 different statements with every other would take tens of millions of steps.
  const different = Array.from({ length: 4000 }, (_, i) => statement.replace('b/*', `b${i}/*`));
  const distinct = lint(`{"Version": "2012-10-17", "Statement": [${different.join(',')}]}`, { data: null });
  assert.not.ok(distinct.some(({ code }) => code === 'REDUNDANT_STATEMENT'));
  assert.is(lint(repeated).filter(({ code }) => code === 'REDUNDANT_STATEMENT').length, 1249);
});

/** A document of distinct statements, each with a fault. */
function longPolicy(statements: number): string {
  const each = (i: number) =>
    `{"Sid": "S${i}", "Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjekt"], "Resource": "arn:aws:s3:::bucket-${i}/*"}`;
  return `{"Version": "2012-10-17", "Statement": [${Array.from({ length: statements }, (_, i) => each(i)).join(',')}]}`;
}

test('the work grows with the number of statements, and not with its square', () => {
  let asked = 0;
  const counting = new Proxy(data, {
    get: (target, name) => {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        asked += 1;
        return Reflect.apply(value as (...words: unknown[]) => unknown, target, args);
      };
    },
  });
  const work = (statements: number) => {
    const before = process.cpuUsage();
    asked = 0;
    const findings = lint(longPolicy(statements), { data: counting }).length;
    const { user, system } = process.cpuUsage(before);
    return { findings, asked, cpu: user + system };
  };
  work(300);
  const [few, many] = [work(150), work(1500)];
  assert.ok(many.findings >= 1500);
  assert.ok(many.asked <= 12 * few.asked, `${few.asked} and ${many.asked} questions`);
  assert.ok(few.asked < 150 * 60, `${few.asked} questions`);
  // A square would be 100 times as much.
  assert.ok(many.cpu < 40 * few.cpu, `${few.cpu} and ${many.cpu} µs`);
});

test.run();
