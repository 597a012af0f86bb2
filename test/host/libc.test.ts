import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { codeOf, errnoName, type Libc, libc } from '../../src/host/system/libc.js';
import { needTool, skipTest } from '../support/skip.js';
import { runChild } from './child.js';
import { withTemporaryDirectory } from './temporary.js';

const test = suite('libc');

const needLibc = (): Libc => libc() ?? skipTest('koffi is not installed');

test('reads, writes, allocates and syncs by descriptor and address', () => {
  const calls = needLibc();
  withTemporaryDirectory((directory) => {
    const path = join(directory, 'f');
    const fd = openSync(path, 'w+');
    try {
      const written = new TextEncoder().encode('hello, page cache');
      assert.is(calls.pwrite64(fd, calls.addressOf(written), written.length, 5000), written.length);
      assert.is(calls.fdatasync(fd), 0);
      assert.is(calls.fsync(fd), 0);
      const read = new Uint8Array(100);
      assert.is(calls.pread64(fd, calls.addressOf(read) + 1, 4, 5007), 4);
      assert.equal([...read.subarray(0, 6)], [0, ...new TextEncoder().encode('page'), 0]);
      assert.is(calls.pread64(fd, calls.addressOf(read), 100, 5010), 7, 'short at the end');
      assert.is(calls.fallocate64(fd, 0, 0, 100000), 0);
      assert.is(fstatSync(fd).size, 100000);
      assert.is(readFileSync(path, 'latin1').slice(5000, 5017), 'hello, page cache');
    } finally {
      closeSync(fd);
    }
  });
});

test('offsets beyond 4 GiB are exact', () => {
  const calls = needLibc();
  withTemporaryDirectory((directory) => {
    const fd = openSync(join(directory, 'sparse'), 'w+');
    try {
      const byte = new Uint8Array([42]);
      const offset = 5 * 2 ** 30 + 3;
      assert.is(calls.pwrite64(fd, calls.addressOf(byte), 1, offset), 1);
      assert.is(fstatSync(fd).size, offset + 1);
    } finally {
      closeSync(fd);
    }
  });
});

test('a failed call leaves its reason', () => {
  const calls = needLibc();
  const byte = new Uint8Array(1);
  assert.is(calls.pread64(-1, calls.addressOf(byte), 1, 0), -1);
  assert.is(errnoName(calls.errno()), 'EBADF');
  assert.is(calls.posixFadvise64(-1, 0, 0, 4), constants.errno.EBADF, 'posix_fadvise returns it');
});

test('the page size is what getconf says', () => {
  const calls = needLibc();
  needTool('getconf');
  assert.is(calls.getpagesize(), Number(spawnSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }).stdout));
});

test('an address stays the same while its view is referenced', () => {
  const calls = needLibc();
  const small = new Uint8Array(8);
  const before = calls.addressOf(small);
  const garbage = Array.from({ length: 200 }, (_, index) => new Array(10000).fill(index));
  assert.is(calls.addressOf(small), before);
  assert.is(garbage.length, 200);
});

test('FEEDRATE_NO_KOFFI=1 turns it off', () => {
  const text = `answer((await host('system/libc')).libc());`;
  assert.is(runChild(text, { environment: { FEEDRATE_NO_KOFFI: '1' } }), null);
});

test('names every error number, by the name that Node uses', () => {
  assert.is(errnoName(28), 'ENOSPC');
  assert.is(errnoName(constants.errno.ESTALE), 'ESTALE');
  assert.is(errnoName(constants.errno.EDQUOT), 'EDQUOT');
  assert.is(errnoName(constants.errno.EAGAIN), 'EAGAIN');
  assert.is(errnoName(constants.errno.EOPNOTSUPP), 'ENOTSUP');
  assert.is(errnoName(4095), 'E4095');
  for (const number of Object.values(constants.errno)) assert.match(errnoName(number), /^E[A-Z0-9]+$/);
});

test('tells the code of errors that Node has no name for', () => {
  const stale = Object.assign(new Error('x'), { errno: -constants.errno.ESTALE, code: 'Unknown system error -116' });
  assert.is(codeOf(stale), 'ESTALE');
  assert.is(codeOf(Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' })), 'ERR_INVALID_ARG_TYPE');
  for (const thrown of [new Error('x'), null, undefined, 'text']) assert.is(codeOf(thrown), null);
  withTemporaryDirectory((directory) => {
    writeFileSync(join(directory, 'f'), '');
    try {
      openSync(join(directory, 'f/x'), 'r');
    } catch (error) {
      assert.is(codeOf(error), 'ENOTDIR');
    }
  });
});

test.run();
