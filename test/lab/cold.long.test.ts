// serial

/** Cold caches on real NFS: each way to have them, proven by what the server counted; a mount made anew is as it was. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { trialsOf } from '../support/run-directory.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { inLab, withoutMountIds } from './lab.js';

const test = suite('lab/cold');

/** How each method's trials say that they were made cold, and whether they forget names and attributes, too. */
const METHODS = {
  fadvise: { evictedBy: 'fadvise', forgetsNames: false },
  direct: { evictedBy: 'fadvise', forgetsNames: false },
  drop_caches: { evictedBy: 'fadvise+drop_caches', forgetsNames: false },
  remount: { evictedBy: 'remount', forgetsNames: true },
  'remount-uring': { evictedBy: 'remount', forgetsNames: true },
  'remount-mmap': { evictedBy: 'remount', forgetsNames: true },
} as const;

const FILES = 2;

test('each method has all bytes come from the server, and a remount puts everything back', () =>
  withTemporaryDirectory((directory) => {
    inLab(directory, ['3', '4.2'], 'inside-cold.sh', ['cold.yaml']);
    const file = (name: string) => readFileSync(join(directory, name), 'utf8');
    const mounts = withoutMountIds(file('before.mountinfo'));
    assert.match(
      mounts,
      /an\\040odd\\040one rw,nosuid,nodev,noatime .*rsize=65536.*acregmin=7.*nconnect=2.*lookupcache=pos/,
    );
    assert.is(file('before.read_ahead'), '128\n1536\n');
    for (const [method, expected] of Object.entries(METHODS)) {
      const trials = trialsIn(join(directory, method), file(`${method}.stderr`));
      for (const { status, cache, nfs } of trials) {
        assert.equal(
          [status, cache.verdict, cache.observed, cache.evictedBy],
          ['ok', 'proven', 'cold', expected.evictedBy],
        );
        const lookups = nfs?.calls['LOOKUP']?.calls ?? 0;
        assert.ok(expected.forgetsNames ? lookups >= FILES : lookups === 0, `${method}: ${lookups} look-ups`);
      }
      assert.is(new Set(trials.map(({ target }) => target)).size, 2);
      checkBytes(method, trials, file);
      assert.is(withoutMountIds(file(`${method}.after.mountinfo`)), mounts, method);
      assert.is(file(`${method}.after.read_ahead`), file('before.read_ahead'), method);
    }
  }));

function trialsIn(results: string, stderr: string): TrialRecord[] {
  if (readdirSync(results).length === 0) throw new Error(`feedrate kept no run: ${stderr}`);
  return trialsOf(results);
}

/** The server sent no less than was read, and at most 1 % more. */
function checkBytes(method: string, trials: readonly TrialRecord[], file: (name: string) => string): void {
  const sent = (when: string) => Number(/^io (\d+) /m.exec(file(`${method}.${when}.nfsd`))?.[1]);
  const read = trials.reduce((sum, { window }) => sum + window.totalReadBytes, 0);
  const ratio = (sent('after') - sent('before')) / read;
  assert.ok(ratio >= 1 && ratio < 1.01, `${method}: the server sent ${ratio} of what was read`);
}

test.run();
