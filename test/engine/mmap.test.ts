import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mapRoomBytes } from '../../src/engine/backends/map-room.js';
import { MmapBackend, mmapRefusal } from '../../src/engine/backends/mmap.js';
import { Content } from '../../src/engine/content/buffers.js';
import { IoFault } from '../../src/engine/core/backend.js';
import { MonotonicClock } from '../../src/engine/core/clock.js';
import { WorkerPool } from '../../src/engine/pool.js';
import { type Libc, libc, POSIX_FADV_DONTNEED } from '../../src/host/system/libc.js';
import { READ, WRITE } from '../../src/plan/batch.js';
import type { DataFile } from '../../src/plan/plan.js';
import { assembleClient } from '../../src/trial/assemble.js';
import type { MapAdvice } from '../../src/workload/workload.js';
import { runChild } from '../host/child.js';
import { type EngineRun, layOut, runEngine, runEngineWell } from '../support/engine.js';
import { blocks, ioJob } from '../support/jobs.js';
import { skipTest } from '../support/skip.js';

const KIB = 1024;
const MIB = 1024 ** 2;
const mmap = suite('engine/mmap');
const pool = new WorkerPool(2);
let directory = '';

mmap.before.each(() => {
  const refusal = mmapRefusal();
  if (refusal !== null) skipTest(refusal);
  directory = mkdtempSync(join(tmpdir(), 'feedrate-test-'));
});
mmap.after.each(() => rmSync(directory, { recursive: true, force: true }));
mmap.after(() => pool.close());

const file = (bytes: number, contentSeed = 7): DataFile => ({ path: `f${contentSeed}`, bytes, contentSeed });
const mmapJob = (changes: Parameters<typeof ioJob>[0] = {}) => ioJob({ ioengine: 'mmap', ...changes });
/** Mapped into the worker's memory, as files are up to 4 GiB a worker, and anywhere, as longer ones are. */
const WAYS = [
  ['in the memory of the worker', true],
  ['anywhere', false],
] as const;
const OPEN = { create: false, direct: false };

function faultOf(run: EngineRun) {
  return run.outcomes.find(({ fault }) => fault !== null)?.fault ?? null;
}

interface Mapped {
  readonly backend: MmapBackend;
  readonly content: Content;
  readonly file: DataFile;
}

/** A backend of this thread with one file in slot 0, not open yet. */
async function mapped(bytes: number, advice: MapAdvice = 'normal', inRoom = true): Promise<Mapped> {
  const [laidOut] = await layOut(directory, [file(bytes)]);
  const needs = {
    maxBlockBytes: 64 * KIB,
    wholeSectors: true,
    places: 1,
    checks: false,
    mapRoomBytes: inRoom ? mapRoomBytes([file(bytes)]) : 0,
  };
  const content = new Content([laidOut as DataFile], needs);
  const backend = new MmapBackend(libc() as Libc, content, new MonotonicClock(), advice);
  return { backend, content, file: laidOut as DataFile };
}

/** The kernel's flags of this process's mappings of a file, as in proc(5): `rr` random, `sr` sequential. */
function mappingFlags(path: string): string[] {
  const flags: string[] = [];
  let inside = false;
  for (const line of readFileSync('/proc/self/smaps', 'utf8').split('\n')) {
    if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) inside = line.endsWith(path);
    else if (inside && line.startsWith('VmFlags:')) flags.push(...line.trim().split(/\s+/).slice(1));
  }
  return flags;
}

for (const rw of ['read', 'randread'] as const) {
  mmap(`${rw} by two workers delivers each block once, with the content of the file`, async () => {
    const files = await layOut(directory, [file(2 * MIB, 1), file(2 * MIB, 2)]);
    const extents = [0, 1].map((i) => [{ file: i, startBytes: 0, lengthBytes: 2 * MIB }]);
    const job = mmapJob({ rw, verify: true, numjobs: 2, bs: blocks(16 * KIB) });
    const run = await runEngineWell(pool, job, { files, extents });
    assert.is(run.window.totalReadBytes, 4 * MIB);
    assert.is(run.window.totalReadOps, 256);
  });
}

for (const [where, inRoom] of WAYS) {
  mmap(`blocks at odd places, and the last bytes of a file, are what others read there (${where})`, async () => {
    const { backend, content, file: data } = await mapped(100_003, 'normal', inRoom);
    const whole = readFileSync(data.path);
    backend.open(0, data.path, { ...OPEN, write: false });
    try {
      for (const [offset, length] of [
        [0, 1],
        [4095, 3],
        [77_777, 20_001],
        [100_002, 1],
      ] as const) {
        backend.transfer(READ, 0, offset, length, 0);
        assert.is(Buffer.compare(content.bytes.subarray(0, length), whole.subarray(offset, offset + length)), 0);
      }
    } finally {
      backend.dispose();
    }
  });
}

for (const [where, inRoom] of WAYS) {
  mmap(`a place of its own in the buffer is where the bytes go to and come from (${where})`, async () => {
    const { backend, content, file: data } = await mapped(MIB, 'normal', inRoom);
    backend.open(0, data.path, { ...OPEN, write: true });
    try {
      content.bytes.fill(1);
      backend.transfer(READ, 0, 8192, 512, 4096);
      const expected = readFileSync(data.path).subarray(8192, 8704);
      assert.equal(Buffer.from(content.bytes.subarray(4096, 4608)), expected);
      assert.is(content.bytes[4095], 1);
      assert.is(content.bytes[4608], 1);
      backend.transfer(WRITE, 0, 100_000, 512, 4096);
      assert.equal(readFileSync(data.path).subarray(100_000, 100_512), expected);
    } finally {
      backend.dispose();
    }
  });
}

mmap('a file that was closed leaves plain memory, and room for the next', async () => {
  const { backend, content, file: data } = await mapped(3 * MIB);
  const behind = new Uint8Array(content.bytes.buffer, content.bytes.length);
  assert.ok(content.mapRoomBytes > 0 && behind.length === content.mapRoomBytes);
  for (let time = 0; time < 3; time++) {
    backend.open(0, data.path, { ...OPEN, write: false });
    const at = behind.findIndex((byte) => byte !== 0);
    const whole = readFileSync(data.path);
    assert.is(Buffer.compare(behind.subarray(at, at + whole.length), whole), 0);
    backend.close(0);
    assert.equal(mappingFlags(data.path), []);
    assert.is(
      behind.findIndex((byte) => byte !== 0),
      -1,
    );
    behind[at] = 1;
    behind[at] = 0;
  }
});

mmap('files of more than 4 GiB a worker are mapped anywhere, and read all the same', async () => {
  const bytes = 5 * 1024 * MIB;
  const path = join(directory, 'sparse');
  writeFileSync(path, '');
  truncateSync(path, bytes);
  const needs = { maxBlockBytes: 4096, wholeSectors: true, places: 1, checks: false };
  const files = [{ path, bytes, contentSeed: 1 }];
  const content = new Content(files, { ...needs, mapRoomBytes: mapRoomBytes(files) });
  assert.is(content.mapRoomBytes, 0);
  const backend = new MmapBackend(libc() as Libc, content, new MonotonicClock(), 'normal');
  backend.open(0, path, { ...OPEN, write: true });
  try {
    const last = Buffer.from(content.bytes.subarray(0, 4096));
    backend.transfer(WRITE, 0, bytes - 4096, 4096, 0);
    content.bytes.fill(0);
    backend.transfer(READ, 0, bytes - 4096, 4096, 0);
    assert.is(Buffer.compare(content.bytes.subarray(0, 4096), last), 0);
  } finally {
    backend.dispose();
  }
});

mmap('a new file gets its planned length, each block is written, and python reads the same', async () => {
  const files = [{ ...file(3 * MIB + 512, 5), path: join(directory, 'new') }];
  const job = mmapJob({ rw: 'write', bs: blocks(64 * KIB), verify: true, endFsync: true, fsync: 8 });
  const run = await runEngineWell(pool, job, { files, laidOut: false });
  assert.is(run.window.totalWriteBytes, 3 * MIB + 512);
  const path = join(directory, 'new');
  assert.is(statSync(path).size, 3 * MIB + 512);
  const text = `import hashlib,sys;print(hashlib.sha256(open(sys.argv[1],'rb').read()).hexdigest())`;
  const digest = execFileSync('python3', ['-c', text, path], { encoding: 'utf8' }).trim();
  const whole = readFileSync(path);
  assert.is(createHash('sha256').update(whole).digest('hex'), digest);
  for (let at = 0; at < 3 * MIB + 512; at += 512)
    assert.ok(whole.readBigUInt64LE(at) !== 0n, `the sector at ${at} was not written`);
});

mmap('mixed reads and writes are verified afterwards', async () => {
  const files = await layOut(directory, [file(2 * MIB)]);
  const run = await runEngineWell(pool, mmapJob({ rw: 'randrw', verify: true, fdatasync: 16 }), { files });
  assert.is(run.window.totalReadBytes + run.window.totalWriteBytes, 2 * MIB);
  assert.ok(run.window.totalWriteBytes > 0 && run.window.totalReadBytes > 0);
});

for (const [where, inRoom] of WAYS) {
  mmap(`after a sync the kernel holds no dirty page of the file (${where})`, async () => {
    const { backend, file: data } = await mapped(MIB, 'normal', inRoom);
    const dirtyKib = () => /^Shared_Dirty: +(\d+)|^Private_Dirty: +(\d+)/gm;
    const dirty = () => {
      let kib = 0;
      let inside = false;
      for (const line of readFileSync('/proc/self/smaps', 'utf8').split('\n')) {
        if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) inside = line.endsWith(data.path);
        else if (inside) for (const match of line.matchAll(dirtyKib())) kib += Number(match[1] ?? match[2]);
      }
      return kib;
    };
    backend.open(0, data.path, { ...OPEN, write: true });
    try {
      for (const dataOnly of [false, true]) {
        // The kernel may write pages back by itself, or because another program syncs the file system.
        do for (let at = 0; at < MIB; at += 64 * KIB) backend.transfer(WRITE, 0, at, 64 * KIB, 0);
        while (dirty() < 1024);
        backend.sync(0, dataOnly);
        assert.is(dirty(), 0);
      }
    } finally {
      backend.dispose();
    }
  });
}

mmap('a file that is shorter than planned is a fault that names the place, not a signal', async () => {
  const files = await layOut(directory, [file(MIB)]);
  const path = (files[0] as DataFile).path;
  for (const bytes of [500_000, 0]) {
    truncateSync(path, bytes);
    const fault = faultOf(await runEngine(pool, mmapJob({ rw: 'read' }), { files }));
    assert.is(fault?.code, 'EOF');
    assert.is(fault?.path, path);
    assert.is(fault?.offsetBytes, Math.floor(bytes / 4096) * 4096);
    assert.match(fault?.message ?? '', /reached the end of the file: was it truncated\?/);
  }
});

mmap('what cannot be opened or mapped is a fault with its code', async () => {
  const { backend } = await mapped(MIB);
  const fault = (path: string) => {
    try {
      backend.open(0, path, { ...OPEN, write: false });
    } catch (thrown) {
      if (thrown instanceof IoFault) return [thrown.fault.syscall, thrown.fault.code];
      throw thrown;
    } finally {
      backend.dispose();
    }
    return null;
  };
  assert.equal(fault(join(directory, 'none')), ['open', 'ENOENT']);
  assert.equal(fault(directory), ['mmap', 'ENODEV']);
});

for (const [advice, flag] of [
  ['random', 'rr'],
  ['sequential', 'sr'],
] as const) {
  mmap(`the kernel was told of ${advice} access, and nothing by default`, async () => {
    const advised = await mapped(MIB, advice);
    const { backend: plain } = await mapped(MIB);
    const { path } = advised.file;
    try {
      plain.open(0, path, { ...OPEN, write: false });
      const before = mappingFlags(path);
      assert.ok(before.includes('rd') && !before.includes('rr') && !before.includes('sr'), before.join(' '));
      plain.close(0);
      assert.equal(mappingFlags(path), [], 'nothing is mapped after close');
      advised.backend.open(0, path, { ...OPEN, write: false });
      assert.ok(mappingFlags(path).includes(flag), mappingFlags(path).join(' '));
    } finally {
      plain.dispose();
      advised.backend.dispose();
    }
  });
}

/** Drops a file from the page cache; its pages must be clean. */
function evict(path: string): void {
  const fd = openSync(path, 'r');
  try {
    (libc() as Libc).posixFadvise64(fd, 0, 0, POSIX_FADV_DONTNEED);
  } finally {
    closeSync(fd);
  }
}

mmap('page faults of the workers are counted: one a page where the kernel reads nothing ahead', async () => {
  const files = await layOut(directory, [file(8 * MIB)]);
  const path = (files[0] as DataFile).path;
  const client = async () => {
    const { reports } = await runEngineWell(pool, mmapJob({ madvise: 'random' }), { files });
    return assembleClient(reports, { maxNs: 0, p99Ns: 0 });
  };
  evict(path);
  const cold = await client();
  const warm = await client();
  const pages = (8 * MIB) / 4096;
  if (cold.majorFaults === 0) skipTest(`${tmpdir()} has no device behind it: nothing can be evicted`);
  assert.ok((cold.majorFaults ?? 0) >= pages * 0.9, `${cold.majorFaults} major faults for ${pages} pages`);
  assert.is(warm.majorFaults, 0);
  assert.ok((warm.minorFaults ?? 0) > 0, 'mapping what is cached takes minor faults');
});

mmap('without koffi the refusal says what is missing', () => {
  const environment = { FEEDRATE_NO_KOFFI: '1' };
  const module = new URL('../../src/engine/backends/mmap.js', import.meta.url).href;
  const text = `answer((await import('${module}')).mmapRefusal());`;
  assert.match(runChild(text, { environment }) as string, /koffi/);
});

mmap.run();
