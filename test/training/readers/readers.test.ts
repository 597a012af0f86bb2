/** Readers make the calls that strace has recorded of the real ones (`strace.long.test.ts` records them and compares). */
import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fixturePath } from '../../support/repository.js';
import { READER_CASES, type ReaderCase } from './reader-cases.js';
import { ownCalls, type Seen } from './seen-calls.js';

const test = suite('training/readers');

const recorded = readdirSync(fixturePath('readers')).map((name) => {
  const [, of, block] = /^(\w+)-(\d+)\.json$/.exec(name) as RegExpExecArray;
  return { name, of: READER_CASES.find((one) => one.name === of) as ReaderCase, block: Number(block) };
});

test('there is a recording of each case', () => {
  for (const one of READER_CASES)
    assert.ok(
      recorded.some(({ of }) => of === one),
      one.name,
    );
});

for (const { name, of } of recorded) {
  test(`${name}: the same calls, sizes and order`, () => {
    const seen = JSON.parse(readFileSync(fixturePath('readers', name), 'utf8')) as Seen;
    assert.equal(ownCalls(of, seen, `/${of.name}`), seen.calls);
  });
}

test.run();
