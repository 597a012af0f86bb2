/**
 * The calls of feedrate's readers are those of the real ones, sequence by sequence, as strace shows them on a file system.
 * `READERS_DIR` names the directory for the data, such as one on NFS, and `READERS_PYTHON` further Pythons that have modules
 * that the first does not. `READERS_CASES` names some cases. `UPDATE_READERS=1` keeps what was seen as fixtures of the short test.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chunksOf } from '../../../src/engine/layout/file-content.js';
import type { DataFile } from '../../../src/plan/plan.js';
import { shapedFiles } from '../../../src/plan/shaped-files.js';
import { scanOf } from '../../../src/training/scans/format-scans.js';
import { straceLines } from '../../support/recorded-calls.js';
import { repositoryRoot } from '../../support/repository.js';
import { needTool, skipTest } from '../../support/skip.js';
import { shapeOf } from '../../support/training-data.js';
import { READER_CASES, type ReaderCase } from './reader-cases.js';
import { sourceOf } from './scanned-file.js';
import { ownCalls, type Seen } from './seen-calls.js';

const test = suite('training/readers/strace');
const SCRIPT = join(repositoryRoot, 'test/training/readers/real-readers.py');
const PYTHONS = ['/usr/bin/python3', ...(process.env['READERS_PYTHON'] ?? '').split(':').filter((path) => path !== '')];
const MISSING = 77;
const CALLS =
  'openat,fstat,newfstatat,statx,stat,lstat,ioctl,lseek,read,pread64,readv,flock,fadvise64,mmap,munmap,getdents64,close,fcntl';

/** Runs the script with the first Python that has the modules. */
function python(before: readonly string[], action: string, name: string, directory: string): void {
  let said = '';
  for (const executable of PYTHONS) {
    const words = [...before, executable, SCRIPT, action, name, directory];
    const { status, stdout, stderr } = spawnSync(words[0] as string, words.slice(1), { encoding: 'utf8' });
    if (status === 0) return;
    if (status !== MISSING) throw new Error(`${words.join(' ')}: ${stderr}`);
    said = stdout.trim();
  }
  skipTest(`${said}; name a Python that has it with READERS_PYTHON`, 'tool');
}

/** Writes a case's files as feedrate generates them. */
function writeOwn({ format, reads }: ReaderCase, records: readonly number[], directory: string): void {
  mkdirSync(directory);
  for (const [place, recordBytes] of records.entries()) {
    const [file] = shapedFiles(shapeOf(format, { files: 1, recordBytes }), 'a');
    const [name] = reads[place] as ReaderCase['reads'][number];
    writeFileSync(
      join(directory, name),
      Buffer.concat(Array.from(chunksOf(file as DataFile), (chunk) => Buffer.from(chunk))),
    );
  }
}

function foldersOf(directory: string): [string, number][] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => [join(directory, name), readdirSync(join(directory, name)).length]);
}

function seenOf(one: ReaderCase, directory: string): Seen {
  const trace = join(dirname(directory), `${one.name}.strace`);
  python(['strace', '-f', '-y', '-s', '0', '-e', `trace=${CALLS}`, '-o', trace], 'read', one.name, directory);
  const files = one.reads.map(([name]) => {
    const path = join(directory, name);
    return { path, numbers: scanOf(one.format).scan(sourceOf(path), one.choices) };
  });
  const { blksize } = statSync((files[0] as { path: string }).path);
  const calls = straceLines(readFileSync(trace, 'utf8'), directory);
  return { blockBytes: blksize, files, folders: foldersOf(directory), calls };
}

/** Names of cases, if not all of them. */
const CHOSEN = process.env['READERS_CASES']?.split(',');

for (const one of READER_CASES.filter(({ name }) => CHOSEN?.includes(name) ?? true)) {
  test(`${one.name}: the same calls, sizes and order`, () => {
    needTool('strace');
    const place = mkdtempSync(join(process.env['READERS_DIR'] ?? tmpdir(), 'feedrate-readers-'));
    try {
      const directory = join(place, one.name);
      if (one.ownRecords === undefined) python([], 'make', one.name, directory);
      else writeOwn(one, one.ownRecords, directory);
      const seen = seenOf(one, directory);
      assert.equal(ownCalls(one, seen, directory), seen.calls);
      if (process.env['UPDATE_READERS'] === '1') {
        const fixture = join(repositoryRoot, 'test/fixtures/readers', `${one.name}-${seen.blockBytes}.json`);
        writeFileSync(fixture, `${JSON.stringify(seen, null, 1).replaceAll(place, '')}\n`);
      }
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  });
}

test.run();
