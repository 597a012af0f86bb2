/** The alignment of direct I/O, held against what Python's own direct reads are granted. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { alignmentByTrying, DIRECT_PROBE_BYTES, directAlignment } from '../../src/host/files/direct-io.js';
import { withExt4 } from '../support/loop-device.js';
import { needTool, skipTest } from '../support/skip.js';
import { withTemporaryDirectory as withAsyncDirectory } from '../support/temporary-directory.js';
import { runChild } from './child.js';
import { withDiskDirectory, withTemporaryDirectory } from './temporary.js';

const test = suite('host/direct-io');

/** Direct reads of these lengths at the same offsets: the bytes that came, or null for EINVAL. Anonymous maps are page-aligned. */
const READS = `
import errno, json, mmap, os, sys
path, lengths = sys.argv[1], json.loads(sys.argv[2])
def read(fd, length):
    buffer = memoryview(mmap.mmap(-1, 131072))[:length]
    try:
        return os.preadv(fd, [buffer], length)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return None
try:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECT)
except OSError as error:
    print(json.dumps(errno.errorcode[error.errno]))
else:
    print(json.dumps([read(fd, length) for length in lengths]))
`;

function pythonReads(path: string, lengths: readonly number[]): unknown {
  needTool('python3');
  const { stdout, stderr } = spawnSync('python3', ['-c', READS, path, JSON.stringify(lengths)], { encoding: 'utf8' });
  assert.is(stderr, '');
  return JSON.parse(stdout);
}

function probeIn(directory: string): string {
  const path = join(directory, 'file');
  writeFileSync(path, Buffer.alloc(DIRECT_PROBE_BYTES, 1));
  return path;
}

/** Reads with the alignment are granted, and with half of it refused. */
function assertExact(path: string): number {
  const alignment = directAlignment(path);
  assert.ok(alignment !== null);
  const { offsetBytes } = alignment;
  assert.equal(pythonReads(path, [offsetBytes]), [offsetBytes]);
  if (offsetBytes > 1) assert.equal(pythonReads(path, [offsetBytes / 2]), [null]);
  assert.is(alignmentByTrying(path)?.offsetBytes, offsetBytes, 'trying finds what statx tells');
  return offsetBytes;
}

test('on a disk is what the kernel grants and no less', () =>
  withDiskDirectory((directory) => {
    assertExact(probeIn(directory));
  }));

test('on sectors of 4096 bytes is 4096', () =>
  withAsyncDirectory((directory) =>
    withExt4(directory, { sectorBytes: 4096 }, (mounted) => {
      assert.is(assertExact(probeIn(mounted)), 4096);
    }),
  ));

test('on sectors of 512 bytes is 512', () =>
  withAsyncDirectory((directory) =>
    withExt4(directory, { sectorBytes: 512 }, (mounted) => {
      assert.is(assertExact(probeIn(mounted)), 512);
    }),
  ));

test('in memory is what the kernel grants: any, or no direct I/O', () => {
  try {
    withTemporaryDirectory((directory) => {
      const path = probeIn(directory);
      if (pythonReads(path, [1]) === 'EINVAL') assert.is(directAlignment(path), null);
      else assertExact(path);
    }, '/dev/shm');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') skipTest('this machine has no /dev/shm');
    throw thrown;
  }
});

test('is null where O_DIRECT is refused', () => {
  assert.is(pythonReads('/proc/version', [1]), 'EINVAL');
  assert.is(directAlignment('/proc/version'), null);
});

test('without koffi is found by trying', () =>
  withDiskDirectory((directory) => {
    const path = probeIn(directory);
    const found = runChild(
      `const { directAlignment } = await host('files/direct-io'); answer(directAlignment(${JSON.stringify(path)}));`,
      { environment: { FEEDRATE_NO_KOFFI: '1' } },
    ) as { offsetBytes: number };
    assert.is(found.offsetBytes, directAlignment(path)?.offsetBytes);
  }));

test('of a file shorter than the alignment is found, too', () =>
  withDiskDirectory((directory) => {
    const exact = directAlignment(probeIn(directory))?.offsetBytes;
    const path = join(directory, 'short');
    writeFileSync(path, Buffer.alloc(100, 1));
    assert.is(alignmentByTrying(path)?.offsetBytes, exact);
  }));

test('of a file that is not there is an error', () => {
  assert.throws(() => directAlignment('/nonexistent/file'), /ENOENT/);
});

test.run();
