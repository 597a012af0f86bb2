/** Space that is reserved when a file is made, as the file system and the kernel's extent map tell of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PsyncBackend } from '../../src/engine/backends/psync.js';
import { IoFault } from '../../src/engine/core/backend.js';
import { transferCalls } from '../../src/engine/core/calls.js';
import { MonotonicClock } from '../../src/engine/core/clock.js';
import { WorkerPool } from '../../src/engine/pool.js';
import type { DataFile } from '../../src/plan/plan.js';
import { below, layOut, runEngineWell } from '../support/engine.js';
import { blocks, ioJob } from '../support/jobs.js';
import { withExt4 } from '../support/loop-device.js';
import { needTool, skipTest } from '../support/skip.js';

const test = suite('engine/preallocation');

const MIB = 2 ** 20;
const STAT_BLOCK_BYTES = 512;
const directory = mkdtempSync(join(tmpdir(), 'feedrate-preallocation-'));

test.after(() => rmSync(directory, { recursive: true, force: true }));

const fileOf = (path: string, fallocate: DataFile['fallocate'] = 'none'): DataFile => ({
  path,
  bytes: MIB,
  contentSeed: 1,
  fallocate,
});

function spaceOf(path: string): { sizeBytes: number; allocatedBytes: number } {
  const { size, blocks: allocated } = statSync(path);
  return { sizeBytes: size, allocatedBytes: allocated * STAT_BLOCK_BYTES };
}

/** Opens a file as a program does that makes it, and writes nothing. */
function create(path: string, preallocate: Pick<DataFile, 'bytes' | 'fallocate'>): void {
  const backend = new PsyncBackend(transferCalls(new Uint8Array(4096)), new MonotonicClock());
  try {
    backend.open(0, path, { write: true, create: true, direct: false, preallocate });
  } finally {
    backend.dispose();
  }
}

test('native reserves all of the space and sets the size, keep leaves the size, none does nothing', () => {
  const made = (['native', 'keep', 'none'] as const).map((fallocate) => {
    const path = join(directory, fallocate);
    create(path, { bytes: MIB, fallocate });
    return spaceOf(path);
  });
  const [native, keep, none] = made;
  assert.is(native?.sizeBytes, MIB);
  assert.ok((native?.allocatedBytes ?? 0) >= MIB, 'allocated before anything is written');
  assert.is(keep?.sizeBytes, 0);
  assert.ok((keep?.allocatedBytes ?? 0) >= MIB);
  assert.equal(none, { sizeBytes: 0, allocatedBytes: 0 });
});

test('what is reserved is known to the kernel as unwritten extents', () => {
  needTool('filefrag');
  const path = join(directory, 'extents');
  create(path, { bytes: MIB, fallocate: 'native' });
  const { status, stdout, stderr } = spawnSync('filefrag', ['-v', path], { encoding: 'utf8' });
  if (status !== 0) skipTest(`filefrag does not work on ${directory}: ${stderr.trim()}`);
  assert.match(stdout, /unwritten/);
});

test('a job that makes its files reserves them whole, whatever it writes', async () => {
  const pool = new WorkerPool(1);
  try {
    for (const fallocate of ['native', 'none'] as const) {
      const files = below(directory, [fileOf(`job-${fallocate}`, fallocate)]);
      const job = ioJob({ rw: 'write', bs: blocks(4096), ioSizeBytes: 4096, fallocate, endFsync: true });
      await runEngineWell(pool, job, { files, laidOut: false });
      const { sizeBytes, allocatedBytes } = spaceOf(files[0]?.path ?? '');
      if (fallocate === 'native') assert.ok(sizeBytes === MIB && allocatedBytes >= MIB, `${allocatedBytes}`);
      else assert.ok(sizeBytes === 4096 && allocatedBytes < MIB, `${allocatedBytes}`);
    }
  } finally {
    await pool.close();
  }
});

test('files that are laid out are never sparse, and hold the same bytes however they were reserved', async () => {
  const files = await layOut(directory, [
    fileOf('laid-none'),
    fileOf('laid-native', 'native'),
    fileOf('laid-keep', 'keep'),
  ]);
  for (const { path } of files) {
    const { sizeBytes, allocatedBytes } = spaceOf(path);
    assert.is(sizeBytes, MIB);
    assert.ok(allocatedBytes >= MIB, `${path} has ${allocatedBytes} bytes on disk`);
    assert.is(spawnSync('cmp', [path, files[0]?.path ?? '']).status, 0);
  }
});

test('an existing file is not touched', () => {
  const path = join(directory, 'existing');
  writeFileSync(path, 'content');
  const backend = new PsyncBackend(transferCalls(new Uint8Array(4096)), new MonotonicClock());
  const preallocate = { bytes: MIB, fallocate: 'native' } as const;
  backend.open(0, path, { write: true, create: false, direct: false, preallocate });
  backend.dispose();
  assert.is(statSync(path).size, 'content'.length);
});

test('a file system that cannot reserve says so with a remedy', () =>
  withExt4(directory, { sectorBytes: 512, options: ['-O', '^extent,^64bit'] }, async (mounted) => {
    const faultOf = (bytes: number): IoFault['fault'] | null => {
      try {
        create(join(mounted, 'file'), { bytes, fallocate: 'native' });
        return null;
      } catch (thrown) {
        assert.instance(thrown, IoFault);
        return (thrown as IoFault).fault;
      }
    };
    const fault = faultOf(4096);
    assert.is(fault?.code, 'ENOTSUP');
    assert.is(fault?.syscall, 'fallocate');
    assert.match(
      fault?.message ?? '',
      /^fallocate of \S+ failed with ENOTSUP: the file system cannot .*leave out fallocate$/,
    );
    let message = '';
    await layOut(mounted, [fileOf('laid', 'keep')]).catch((error: Error) => {
      message = error.message;
    });
    assert.match(message, /^cannot lay out \S+: ENOTSUP in fallocate; the file system cannot .*; leave out fallocate$/);
  }));

test('a file system without the space says so', () =>
  withExt4(mkdtempSync(join(directory, 'full-')), { sectorBytes: 512 }, (mounted) => {
    try {
      create(join(mounted, 'file'), { bytes: 2 ** 30, fallocate: 'native' });
    } catch (thrown) {
      const { code, message } = (thrown as IoFault).fault;
      assert.is(code, 'ENOSPC');
      assert.match(message, /free some space or use smaller files$/);
      return;
    }
    assert.unreachable('1 GiB was reserved in 96 MiB');
  }));

test.run();
