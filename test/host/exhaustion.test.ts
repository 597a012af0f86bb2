/** What is said when the system refuses something, and that a read-only file system is told as one. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemFaultOf } from '../../src/base/errors.js';
import { storeOf } from '../../src/host/files/store-of.js';
import { firstReason } from '../../src/host/nfs/first-reason.js';
import { explained } from '../../src/host/system/exhaustion.js';
import { codeOf } from '../../src/host/system/libc.js';
import { makeDirectories } from '../../src/host/system/make-directories.js';
import { withReadOnly } from '../run/place.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('host/exhaustion');

const faultOf = (code: string, message: string = code) => systemFaultOf(Object.assign(new Error(message), { code }));

test('a fault that means a limit says which; EAGAIN does only where something was to be started', () => {
  assert.match(
    explained(faultOf('EMFILE')).message,
    /^EMFILE; this process may open no more files \(ulimit -n: \d+\); /,
  );
  assert.match(explained(faultOf('ENFILE')).message, 'fs.file-max');
  assert.match(explained(faultOf('ERR_WORKER_OUT_OF_MEMORY')).message, 'there is not enough memory');
  assert.match(explained(faultOf('EAGAIN'), 'start').message, 'may start no more processes and threads');
  assert.is(explained(faultOf('EAGAIN')).message, 'EAGAIN');
  assert.is(explained(faultOf('EIO', 'EIO: i/o error')).message, 'EIO: i/o error');
  const refused = explained(systemFaultOf(new RangeError('Array buffer allocation failed')));
  assert.is(refused.code, 'ENOMEM');
});

test('directories below a read-only file system fail with EROFS, however deep', () =>
  withTemporaryDirectory((directory) => {
    const path = join(directory, 'here');
    mkdirSync(path);
    return withReadOnly(path, () => {
      const below = (made: string) => storeOf(path).makeDirectories(path, made);
      for (const make of [makeDirectories, below]) {
        try {
          make(join(path, 'a', 'b', 'c'));
          assert.unreachable();
        } catch (thrown) {
          assert.is(codeOf(thrown), 'EROFS');
        }
      }
    });
  }));

test('a failed mount keeps the line with the reason', () => {
  const hint = '       dmesg(1) may have more information after failed mount system call.\n';
  assert.is(firstReason(`mount: /mnt: permission denied.\n${hint}`), 'mount: /mnt: permission denied');
  const tried = 'mount.nfs: timeout set for Sun Nov 29 10:00:00 2026\nmount.nfs: trying text-based options vers=3\n';
  assert.is(firstReason(`${tried}mount.nfs: Connection refused\n`), 'mount.nfs: Connection refused');
  assert.is(firstReason('\n'), '');
});

test.run();
