import { spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { evict, readEvidence, warmInStretches } from '../../src/host/files/page-cache.js';
import type { Residency } from '../../src/host/files/residency.js';
import { libc } from '../../src/host/system/libc.js';
import { residentBytes } from '../support/resident.js';
import { needTool, skipTest } from '../support/skip.js';
import { warm } from '../support/warm.js';
import { runChild } from './child.js';
import { withDiskDirectory, withTemporaryDirectory } from './temporary.js';

const test = suite('page cache');
const MIB = 1024 * 1024;

function writeRandom(path: string, bytes: number): string {
  writeFileSync(path, randomFillSync(new Uint8Array(bytes)));
  return path;
}

/** What util-linux says is resident, bytes. */
function fincoreBytes(path: string): number {
  const result = spawnSync('fincore', ['-b', '-n', '-o', 'RES', path], { encoding: 'utf8' });
  return Number(result.stdout.trim());
}

const resident = (paths: readonly string[], source: Residency['source']): number | null =>
  residentBytes(paths, [source])?.bytes ?? null;

function needKoffi(): void {
  if (libc() === null) skipTest('koffi is not installed');
}

test('evicts dirty files wholly: cachestat and mincore both say 0', () => {
  needKoffi();
  withDiskDirectory((directory) => {
    const paths = [writeRandom(join(directory, 'a'), 8 * MIB), writeRandom(join(directory, 'b'), 5 * MIB + 123)];
    const totalBytes = 13 * MIB + 123;
    assert.is(resident(paths, 'mincore'), totalBytes);
    assert.is(residentBytes(paths)?.bytes, totalBytes);
    assert.equal(evict(paths, { dropCaches: false }), { evictedBy: 'fadvise', problem: null });
    assert.is(resident(paths, 'mincore'), 0);
    assert.is(residentBytes(paths)?.bytes, 0);
    assert.is(resident(paths, 'mincore'), 0, 'asking brings nothing in');
  });
});

test('a part of a file: both sources and fincore agree', () => {
  needKoffi();
  needTool('fincore');
  needTool('python3');
  withDiskDirectory((directory) => {
    const path = writeRandom(join(directory, 'half'), 8 * MIB);
    evict([path], { dropCaches: false });
    assert.is(fincoreBytes(path), 0);
    // Without read-ahead, so that exactly this much comes in.
    spawnSync('python3', [
      '-c',
      `import os\nfd=os.open(${JSON.stringify(path)},os.O_RDONLY)\nos.posix_fadvise(fd,0,0,os.POSIX_FADV_RANDOM)\nos.pread(fd,2<<20,1<<20)`,
    ]);
    const bytes = fincoreBytes(path);
    assert.is(resident([path], 'mincore'), bytes);
    assert.is(residentBytes([path])?.bytes, bytes);
  });
});

test('warm brings files in whole, and can be left on the way', () => {
  needKoffi();
  withDiskDirectory((directory) => {
    const path = writeRandom(join(directory, 'warm'), 6 * MIB + 7);
    evict([path], { dropCaches: false });
    const descriptors = readdirSync('/proc/self/fd').length;
    for (const _ of warmInStretches([path, path])) break;
    assert.is(readdirSync('/proc/self/fd').length, descriptors);
    assert.is(warm([path]), 6 * MIB + 7);
    assert.equal(readEvidence([path]), {
      residentBytesBefore: 6 * MIB + 7,
      fileBytes: 6 * MIB + 7,
      residencySource: residentBytes([path])?.source,
    });
  });
});

test('on tmpfs nothing is evicted, and residency says so', () => {
  needKoffi();
  if (!existsSync('/dev/shm')) skipTest('no /dev/shm');
  withTemporaryDirectory((directory) => {
    const path = writeRandom(join(directory, 'f'), MIB);
    evict([path], { dropCaches: false });
    assert.is(residentBytes([path])?.bytes, MIB);
    assert.is(resident([path], 'mincore'), MIB);
  }, '/dev/shm');
});

test('an empty file and no file at all', () => {
  needKoffi();
  withDiskDirectory((directory) => {
    const path = writeRandom(join(directory, 'empty'), 0);
    assert.is(evict([path], { dropCaches: false }).problem, null);
    assert.is(residentBytes([path])?.bytes, 0);
    assert.is(resident([path], 'mincore'), 0);
    assert.is(residentBytes([])?.bytes, 0);
    assert.is(warm([path]), 0);
  });
});

test('thousands of files leak no descriptor', () => {
  withDiskDirectory((directory) => {
    const paths = Array.from({ length: 3000 }, (_, index) => join(directory, String(index)));
    for (const path of paths) writeFileSync(path, path);
    const open = (): number => readdirSync('/proc/self/fd').length;
    const before = open();
    // Written back in one go: a commit of the journal for each of the files would be this test's whole time.
    spawnSync('sync', ['-f', directory]);
    evict(paths, { dropCaches: false });
    const evidence = readEvidence(paths);
    warm(paths);
    assert.is(open(), before);
    assert.is(
      evidence.fileBytes,
      paths.reduce((sum, path) => sum + statSync(path).size, 0),
    );
    if (libc() !== null) assert.is(evidence.residentBytesBefore, 0);
  });
});

test('a missing file is an error, and closes the others', () => {
  withDiskDirectory((directory) => {
    const path = writeRandom(join(directory, 'there'), 10);
    const gone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
    for (const work of [
      () => evict([path, `${path}-gone`], { dropCaches: false }),
      () => warm([path, `${path}-gone`]),
      () => readEvidence([path, `${path}-gone`]),
    ]) {
      assert.throws(work, gone);
    }
  });
});

test('without koffi dd evicts, and nothing can prove it', () => {
  needTool('xargs');
  needKoffi();
  withDiskDirectory((directory) => {
    mkdirSync(join(directory, 'odd names'));
    const names = ['plain', "odd names/it's; $(x) `y`", 'odd names/new\nline', 'odd names/{}'];
    const paths = names.map((name) => writeRandom(join(directory, name), MIB));
    const text = `
      const { evict, readEvidence } = await host('files/page-cache');
      const paths = JSON.parse(process.env.PATHS);
      answer([evict(paths, { dropCaches: false }), readEvidence(paths)]);`;
    const answer = runChild(text, { environment: { FEEDRATE_NO_KOFFI: '1', PATHS: JSON.stringify(paths) } });
    assert.equal(answer, [
      { evictedBy: 'dd', problem: null },
      { residentBytesBefore: null, fileBytes: 4 * MIB, residencySource: null },
    ]);
    assert.is(residentBytes(paths)?.bytes, 0);
  });
});

test('without koffi and dd the problem is told', () => {
  withDiskDirectory((directory) => {
    const path = writeRandom(join(directory, 'f'), 10);
    const text = `
      process.env.PATH = '/nowhere';
      const { evict } = await host('files/page-cache');
      answer(evict([process.env.FILE], { dropCaches: false }));`;
    const environment = { FEEDRATE_NO_KOFFI: '1', FILE: path };
    const { evictedBy, problem } = runChild(text, { environment }) as { evictedBy: null; problem: string };
    assert.is(evictedBy, null);
    assert.match(problem, /^xargs dd did not start: .*ENOENT/);
  });
});

test('drop_caches without permission leaves the rest done and says so', () => {
  needKoffi();
  withDiskDirectory((directory) => {
    const path = writeRandom(join(directory, 'f'), MIB);
    const text = `
      const { evict } = await host('files/page-cache');
      const { libc } = await host('system/libc');
      libc();
      if (process.geteuid() === 0) process.seteuid(65534);
      answer(evict([process.env.FILE], { dropCaches: true }));`;
    spawnSync('chmod', ['-R', 'a+rX', directory]);
    const answer = runChild(text, { environment: { FILE: path } }) as { evictedBy: string; problem: string };
    assert.is(answer.evictedBy, 'fadvise');
    assert.match(answer.problem, /^drop_caches needs root: EACCES/);
  });
});

test("mincore is not asked of someone else's file, about which it would lie", () => {
  needKoffi();
  if (process.geteuid?.() !== 0) skipTest('changing the user needs root');
  withDiskDirectory((directory) => {
    const path = writeRandom(join(directory, 'f'), MIB);
    spawnSync('chmod', ['-R', 'a+rX', directory]);
    evict([path], { dropCaches: false });
    const text = `
      const { residencyTest } = await host('files/residency');
      const { withOwnFile } = await host('files/own-file');
      const test = residencyTest(['mincore']);
      process.setuid(65534);
      answer(withOwnFile(process.env.FILE, test));`;
    assert.is(runChild(text, { environment: { FILE: path } }), null);
  });
});

test('on overlayfs the pages of the layer below are seen', () => {
  needKoffi();
  withDiskDirectory((directory) => {
    for (const name of ['lower', 'upper', 'work', 'merged']) mkdirSync(join(directory, name));
    const shell =
      'mount -t overlay overlay -o lowerdir=$D/lower,upperdir=$D/upper,workdir=$D/work $D/merged && ' +
      'head -c 1048576 /dev/urandom > $D/merged/f';
    const text = `
      const { evict, readEvidence } = await host('files/page-cache');
      const file = D + '/merged/f';
      const before = readEvidence([file]);
      evict([file], { dropCaches: false });
      answer([before, readEvidence([file])]);`;
    assert.equal(runChild(text, { shell, directory }), [
      { residentBytesBefore: MIB, fileBytes: MIB, residencySource: 'mincore' },
      { residentBytesBefore: 0, fileBytes: MIB, residencySource: 'mincore' },
    ]);
  });
});

test.run();
