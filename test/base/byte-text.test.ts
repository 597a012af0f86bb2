/** Names of files as text: as Python's `surrogateescape` does it, in both directions. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bytesOf, hasBytes, partsOf, textOf } from '../../src/base/byte-text.js';

const test = suite('byte text');

test('any bytes become text and the same bytes again', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const text = textOf(bytes);
      assert.equal(Array.from(bytesOf(text)), Array.from(bytes));
      assert.is(hasBytes(text), !Buffer.from(Buffer.from(bytes).toString('utf8')).equals(Buffer.from(bytes)));
    }),
    { seed: 3, numRuns: 500 },
  );
});

test('parts of bytes are read as each of them alone, from memory that threads share, too', () => {
  const names = fc.array(fc.oneof(fc.string(), fc.uint8Array({ maxLength: 8 })), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(names, (list) => {
      const parts = list.map((name) => Buffer.from(name as string));
      const whole = Buffer.concat(parts);
      const shared = new Uint8Array(new SharedArrayBuffer(whole.length + 1), 1);
      shared.set(whole);
      const read = partsOf(shared);
      let at = 0;
      for (const part of parts) {
        const end = at + part.length;
        assert.is(read(at, end), textOf(part));
        at = end;
      }
    }),
    { seed: 3, numRuns: 500 },
  );
});

test('text that is UTF-8 stays as it is, pairs of surrogates too', () => {
  for (const text of ['a/b', 'ünï', '日本', '😀', '\ufeffx', '\ufffd']) {
    assert.is(textOf(Buffer.from(text)), text);
    assert.is(hasBytes(text), false);
    assert.equal(Buffer.from(bytesOf(text)).toString(), text);
  }
});

test('bytes are escaped as Python escapes them', () => {
  const names = ['caf\xe9', '\xff\xfe', '\xe2\x82', '\xed\xa0\x80', 'a\xc3\xbc\xf0\x9f\x98', '\xc0\xaf'];
  const hex = names.map((name) => Buffer.from(name, 'latin1').toString('hex'));
  const program = `import sys
for name in sys.argv[1:]:
    print(' '.join('%x' % ord(c) for c in bytes.fromhex(name).decode('utf-8', 'surrogateescape')))`;
  const { stdout, error } = spawnSync('python3', ['-c', program, ...hex], { encoding: 'utf8' });
  assert.is(error, undefined);
  const ours = names.map((name) =>
    [...textOf(Buffer.from(name, 'latin1'))].map((character) => character.codePointAt(0)?.toString(16)).join(' '),
  );
  assert.is(stdout.trim(), ours.join('\n'));
});

test.run();
