import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { arnPatternOf, covers, globOf, literalOf, overlaps } from '../../src/iam/wildcards.js';

const test = suite('iam/wildcards');

/** The plainest matcher: every way in which `*` can take characters, tried one after the other. */
function matches(pattern: string, text: string, colons = true): boolean {
  const [first] = pattern;
  if (first === undefined) return text === '';
  const rest = pattern.slice(1);
  if (first === '*') {
    for (let taken = 0; taken <= text.length; taken++) {
      if (!colons && text.slice(0, taken).includes(':')) break;
      if (matches(rest, text.slice(taken), colons)) return true;
    }
    return false;
  }
  return (
    text !== '' &&
    (first === text[0] || (first === '?' && (colons || text[0] !== ':'))) &&
    matches(rest, text.slice(1), colons)
  );
}

const word = (letters: string, maxLength: number) => fc.string({ unit: fc.constantFrom(...letters), maxLength });
/** Every text of three letters and at most four characters. */
const TEXTS = ['', 'a', 'b', ':'].flatMap((a) =>
  ['', 'a', 'b', ':'].flatMap((b) => ['', 'a', 'b'].flatMap((c) => ['', 'a'].map((d) => a + b + c + d))),
);

test('a pattern covers a text as the plain matcher says', () => {
  fc.assert(
    fc.property(word('ab:*?', 7), word('ab:', 8), (pattern, text) => {
      assert.is(covers(globOf(pattern), literalOf(text)), matches(pattern, text));
      assert.is(overlaps(globOf(pattern), literalOf(text)), matches(pattern, text));
    }),
    { numRuns: 2000 },
  );
});

test('what a pattern covers, it matches all of; what it does not overlap, nothing of', () => {
  fc.assert(
    fc.property(word('ab*?', 4), word('ab*?', 4), (pattern, other) => {
      const both = TEXTS.filter((text) => matches(other, text));
      if (covers(globOf(pattern), globOf(other))) assert.ok(both.every((text) => matches(pattern, text)));
      const isMet = both.some((text) => matches(pattern, text));
      if (isMet) assert.ok(overlaps(globOf(pattern), globOf(other)), `${pattern} and ${other}`);
      assert.is(overlaps(globOf(pattern), globOf(other)), overlaps(globOf(other), globOf(pattern)));
    }),
    { numRuns: 1000 },
  );
});

test('wildcards of a question are covered by wildcards', () => {
  const covered = (pattern: string, other: string): boolean => covers(globOf(pattern), globOf(other));
  assert.ok(covered('s3:*', 's3:Get*') && covered('*', '*') && covered('a?', 'a?') && covered('a*', 'a?b*'));
  assert.not.ok(covered('s3:Get*', 's3:*') || covered('a?', 'a*') || covered('?', '*'));
  assert.ok(overlaps(globOf('a*c'), globOf('*b*')) && !overlaps(globOf('a*'), globOf('b*')));
});

test('in the first five segments of an ARN a wildcard stays in its segment, but for a last *', () => {
  const resource = (pattern: string, text: string): boolean => covers(arnPatternOf(globOf(pattern)), literalOf(text));
  assert.ok(resource('arn:aws:sqs:us-*-1:1:q', 'arn:aws:sqs:us-east-1:1:q'));
  assert.not.ok(resource('arn:aws:sqs:us-*-1:1:q', 'arn:aws:sqs:us-a:b-1:1:q'));
  assert.ok(resource('arn:aws:sqs:*:q', 'arn:aws:sqs:us-east-1:1:q'));
  assert.ok(resource('arn:aws:sqs:*', 'arn:aws:sqs:us-east-1:1:q:r'));
  assert.ok(resource('arn:aws:s3:::a*c', 'arn:aws:s3:::ab/:/c'));
  assert.not.ok(resource('arn:aws:sqs:u?east:1:q', 'arn:aws:sqs:u:east:1:q'));
  fc.assert(
    fc.property(word('a:*?', 6), word('a:', 7), (tail, text) => {
      // Beyond the fifth colon a wildcard is a plain one.
      assert.is(resource(`arn:a:b:c:d:${tail}`, `arn:a:b:c:d:${text}`), matches(tail, text));
    }),
    { numRuns: 500 },
  );
});

test.run();
