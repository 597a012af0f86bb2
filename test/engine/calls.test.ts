import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { libc } from '../../src/host/system/libc.js';
import { runChild } from '../host/child.js';
import { skipTest } from '../support/skip.js';

const test = suite('engine/calls');

const MODULE = new URL('../../src/engine/core/calls.js', import.meta.url).href;
const FILE_BYTES = 1000;
/** Place in the memory, length, place in the file: lengths that come again, rests of a transfer, the end of the file. */
const READS = [
  [0, 100, 0],
  [0, 64, 500],
  [0, 100, 300],
  [40, 60, 700],
  [0, 64, 10],
  [0, 100, 950],
  [0, 100, 2000],
] as const;

for (const name of ['koffi', 'fs'] as const) {
  test(`${name}: reads go where they were asked to, and nowhere else`, () => {
    if (name === 'koffi' && libc() === null) skipTest('koffi is not installed');
    const directory = mkdtempSync(join(tmpdir(), 'feedrate-calls-'));
    try {
      const path = join(directory, 'data');
      const data = Uint8Array.from({ length: FILE_BYTES }, (_, i) => (i * 31 + 7) & 0xff);
      writeFileSync(path, data);
      const text = `
        const { openSync } = await import('node:fs');
        const { transferCalls } = await import('${MODULE}');
        const memory = new Uint8Array(128);
        const calls = transferCalls(memory);
        const fd = openSync(process.env.FILE, 'r');
        const results = ${JSON.stringify(READS)}.map(([at, bytes, offset]) => {
          memory.fill(1);
          return [calls.read(fd, at, bytes, offset), [...memory]];
        });
        answer([calls.name, results, calls.read(999999, 0, 64, 0), calls.write(fd, 0, 64, 0)]);`;
      const environment = { FILE: path, ...(name === 'fs' ? { FEEDRATE_NO_KOFFI: '1' } : {}) };
      const expected = READS.map(([at, bytes, offset]) => {
        const memory = new Uint8Array(128).fill(1);
        const found = data.subarray(offset, offset + bytes);
        memory.set(found, at);
        return [found.length, [...memory]];
      });
      // EBADF: no such descriptor, and one that was opened for reading only.
      assert.equal(runChild(text, { environment }), [name, expected, -9, -9]);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
}

test.run();
