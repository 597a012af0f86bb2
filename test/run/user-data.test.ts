import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ScanSummary } from '../../src/plan/scan-summary.js';
import { userDataRecords } from '../../src/run/user-data.js';
import { foundFiles, type Listed } from '../support/file-index.js';

const test = suite('run/user-data');

function recordOf(path: string, files: readonly Listed[], more: Partial<ScanSummary> = {}) {
  const declared = {
    kind: 'existing',
    path,
    manifest: null,
    include: [],
    exclude: [],
    follow: false,
    limit: null,
    seed: 1,
  } as const;
  const found = new Map([['t', foundFiles(files, more)]]);
  const records = userDataRecords({ kind: 'scanned', declared, filesets: 1, found }, [{ name: 't', path: '/t' }]);
  const record = records.get('t');
  assert.ok(record);
  return record;
}

/** By the words of the documentation. */
function digestOf(files: readonly Listed[]): string {
  const lines = files
    .map(([name, bytes]) => ({ name: Buffer.from(name as string), bytes }))
    .sort((a, b) => Buffer.compare(a.name, b.name))
    .map(({ name, bytes }) => Buffer.concat([name, Buffer.from(`\0${bytes}\n`)]));
  return createHash('sha256').update(Buffer.concat(lines)).digest('hex');
}

const LATIN = Buffer.from([0x61, 0xff, 0x0a]);

test('the digest is that of names below the path and sizes, wherever the data is', () => {
  const files: readonly Listed[] = [
    ['a/b', 1],
    ['a.txt', 2],
    ['a', 3],
    [LATIN, 4],
    ['x'.repeat(255), 2 ** 40],
  ];
  assert.is(recordOf('.', files).digest, digestOf(files));
  const below = (prefix: string) =>
    files.map(([path, bytes]): Listed => [Buffer.concat([Buffer.from(prefix), Buffer.from(path as string)]), bytes]);
  assert.is(recordOf('train', below('train/')).digest, digestOf(files));
  assert.is(recordOf('train/set/', below('train/set/')).digest, digestOf(files));
  assert.is(recordOf('x/model.bin', [['x/model.bin', 7]]).digest, digestOf([['model.bin', 7]]));
  assert.is.not(
    recordOf('.', [
      ['a', 1],
      ['b', 2],
    ]).digest,
    recordOf('.', [
      ['a', 2],
      ['b', 1],
    ]).digest,
  );
  const many = Array.from({ length: 5000 }, (_, i): Listed => [`${'d'.repeat(100)}/${i}`, i]);
  assert.is(recordOf('.', many).digest, digestOf(many), 'more than one chunk');
});

test('counts, sizes, holes, and what was not read', () => {
  const files: readonly Listed[] = [
    ['a', 0],
    ['b', 4096],
    ['c', 5000],
    ['d', 1 << 20],
  ];
  const record = recordOf('.', files, {
    matching: 6,
    sparseFiles: 1,
    sparseBytes: 1 << 20,
    allocatedBytes: 1 << 18,
    leftOut: { link: 2, unreadable: 1 },
    firstLeftOut: [{ path: 'secret', why: 'unreadable', code: 'EACCES' }],
  });
  assert.equal([record.files, record.bytes, record.smallestBytes, record.largestBytes], [4, 1_057_672, 0, 1 << 20]);
  assert.is(record.unallocatedBytes, 3 << 18);
  assert.equal(record.sizes, [
    { fromBytes: 0, files: 1, bytes: 0 },
    { fromBytes: 4096, files: 2, bytes: 9096 },
    { fromBytes: 1 << 20, files: 1, bytes: 1 << 20 },
  ]);
  assert.equal(record.notRead, [
    { why: 'link', entries: 2, first: [] },
    { why: 'unreadable', entries: 1, first: ['secret'] },
    { why: 'limit', entries: 2, first: [] },
  ]);
});

test.run();
