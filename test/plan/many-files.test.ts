/** Ten million files, the most that a dataset may have: they are generated when they are asked for, and held by nobody. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { filesOf } from '../../src/plan/arm-files.js';
import { FileList } from '../../src/plan/file-list.js';
import { FileUnion } from '../../src/plan/file-union.js';
import { WholeFiles } from '../../src/plan/whole-share.js';
import { environment, mainPath, TIMEOUT_MS } from '../support/feedrate-cli.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { armOf, datasetOf, KIB, smallFilesJob } from './jobs.js';

const test = suite('plan/many-files');

const MOST_FILES = 10_000_000;
/** A list of the files would take gigabytes. */
const HEAP_MIB = 32;

test('a plan of ten million files fits into a small heap', () =>
  withTemporaryDirectory((directory) => {
    const job = 'jobs: {a: {kind: small-files, numjobs: 8}}';
    writeFileSync(join(directory, 'w.yaml'), `name: w\ndataset: {nrfiles: ${MOST_FILES}, filesize: 1-1000}\n${job}\n`);
    const words = [
      `--max-old-space-size=${HEAP_MIB}`,
      mainPath,
      'run',
      'w.yaml',
      '-t',
      '.',
      '--dry-run',
      '--format',
      'json',
    ];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, {
      ...{ encoding: 'utf8', cwd: directory, env: environment({}), timeout: TIMEOUT_MS },
    });
    // Each file takes a block of 4 KiB, for which a disk may have no room.
    if (/the plan needs 38\.1 GiB and a margin of /.test(stderr)) return;
    assert.is(status, 0, stderr);
    const { dataBytes, dataEntries } = JSON.parse(stdout).targets[0];
    // Sizes are drawn uniformly, so their mean has a standard error of 0.09 bytes.
    assert.ok(Math.abs(dataBytes / MOST_FILES - 500.5) < 0.5, String(dataBytes));
    assert.ok(dataEntries >= MOST_FILES + MOST_FILES / 1000, String(dataEntries));
  }));

test('a worker is sent a rule instead of its files', () => {
  const job = smallFilesJob({ numjobs: 8, nrfiles: null, filesizeBytes: null });
  const { files, extents } = filesOf(armOf(job), datasetOf(MOST_FILES, KIB, 2 * KIB), 1);
  const share = extents[3] as WholeFiles;
  assert.instance(share, WholeFiles);
  assert.is(share.length, MOST_FILES / 8);
  const sent = JSON.stringify(share.of(files).placed({ directory: '/mnt/data' }).rule);
  assert.ok(sent.length < 500, sent);
  const received = new FileList(JSON.parse(sent));
  for (const place of [0, 1, 12_345, share.length - 1]) {
    const file = files.at(3 + 8 * place);
    assert.match(file?.path ?? '', /^set1\//);
    assert.equal(received.at(place), { ...file, path: `/mnt/data/${file?.path}` });
  }
  assert.is(received.at(share.length), undefined);
});

test('files that several lists share count once, whatever their sizes and numbers are', () => {
  const sizes = [
    { kind: 'equal', bytes: 5 },
    { kind: 'equal', bytes: 6 },
    { kind: 'drawn', minBytes: 4, maxBytes: 6 },
    { kind: 'divided', files: 3, blockBytes: 2, blocksEach: 2, longer: 1, restBytes: 1 },
  ] as const;
  const lists = sizes.flatMap((rule) =>
    [7, 12, 7].flatMap((length) => [0, 1].map((fileset) => new FileList({ seed: 1, sizes: rule, length, fileset }))),
  );
  for (const before of [[], lists.slice(3, 8)]) {
    const known = new Set(before.flatMap((list) => [...list.pathsIn('')]));
    const paths = new Set(lists.flatMap((list) => [...list.pathsIn('')]).filter((path) => !known.has(path)));
    const union = new FileUnion(lists, before);
    const found = [...union];
    assert.equal(found.map(({ path }) => path).sort(), [...paths].sort());
    const bytes = found.reduce((sum, each) => sum + each.bytes, 0);
    assert.equal(union.count(), { files: found.length, bytes, spaceBytes: 4096 * found.length });
    assert.equal(
      [...union.pathsIn('/d')],
      found.map(({ path }) => `/d/${path}`),
    );
  }
});

test.run();
