import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as z from 'zod';
import { blocks, distribution, sizeRange } from '../../src/workload/composite-types.js';
import { choice, count, duration, flag, name, rate, size, text } from '../../src/workload/value-types.js';

const test = suite('workload/value-types');

const TYPES = [
  ...[size(0, 2 ** 40), duration(0), rate(), count(1, 100), count(0, Number.MAX_SAFE_INTEGER), flag, text, name],
  ...[choice(['psync', 'mmap']), choice(['null', 'psync']), blocks],
  ...[distribution, sizeRange(0), sizeRange(1)],
];

const VALUES: readonly unknown[] = [
  ...[0, -0, 1, -1, 1.5, 100, 101, 2 ** 53, 1e300, Number.NaN, Number.POSITIVE_INFINITY, true, false, null, undefined],
  ...['', '0', '1', '4k', '10s', '1MiB/s', 'psync', 'null', 'true', 'a b', '.a', 'ü', 'random', 'zipf:1.2', '1-2'],
  ...[[], ['4k'], {}, { a: 1 }, 10n, new Date(0)],
];

test('the reader refuses every value that the schema refuses', () => {
  for (const type of TYPES) {
    for (const value of VALUES) {
      const isSpelled = type.spelling(z).safeParse(value).success;
      if (!isSpelled) assert.not(type.read(value).ok, `${type.name}: ${String(value)}`);
    }
  }
});

test('where nothing but the type is asked for, both take the same values', () => {
  for (const type of [count(1, 100), flag, text, name, choice(['psync', 'mmap']), choice(['null', 'psync'])]) {
    for (const value of VALUES)
      assert.is(type.read(value).ok, type.spelling(z).safeParse(value).success, `${type.name}: ${String(value)}`);
  }
});

test.run();
