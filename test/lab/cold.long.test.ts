// serial

/** Cold caches on real NFS: each way to have them, proven by what the server counted, and mounts that are made anew. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeTrial } from '../../src/record/codec.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { inLab } from './lab.js';

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

/** Mount ids tell nothing. */
const withoutIds = (mountinfo: string) => mountinfo.replaceAll(/^\d+ \d+ \d+:\d+ /gm, '');

test('each method has all bytes come from the server, and a remount puts everything back', () =>
  withTemporaryDirectory((directory) => {
    inLab(directory, ['3', '4.2'], 'inside-cold.sh', ['cold.yaml']);
    const file = (name: string) => readFileSync(join(directory, name), 'utf8');
    const mounts = withoutIds(file('before.mountinfo'));
    assert.match(
      mounts,
      /an\\040odd\\040one rw,nosuid,nodev,noatime .*rsize=65536.*acregmin=7.*nconnect=2.*lookupcache=pos/,
    );
    assert.is(file('before.read_ahead'), '128\n1536\n');
    for (const [method, expected] of Object.entries(METHODS)) {
      const trials = trialsIn(directory, method, file(`${method}.stderr`));
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
      assert.is(withoutIds(file(`${method}.after.mountinfo`)), mounts, method);
      assert.is(file(`${method}.after.read_ahead`), file('before.read_ahead'), method);
    }
  }));

function trialsIn(directory: string, method: string, stderr: string): TrialRecord[] {
  const [run] = readdirSync(join(directory, method));
  if (run === undefined) throw new Error(`feedrate kept no run: ${stderr}`);
  const lines = readFileSync(join(directory, method, run, 'trials.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => decodeTrial(line, 'trials.jsonl'));
}

/** The server sent no less than was read, and at most 1 % more. */
function checkBytes(method: string, trials: readonly TrialRecord[], file: (name: string) => string): void {
  const sent = (when: string) => Number(/^io (\d+) /m.exec(file(`${method}.${when}.nfsd`))?.[1]);
  const read = trials.reduce((sum, { window }) => sum + window.totalReadBytes, 0);
  const ratio = (sent('after') - sent('before')) / read;
  assert.ok(ratio >= 1 && ratio < 1.01, `${method}: the server sent ${ratio} of what was read`);
}

test('a mount that cannot be made anew stays, and one that is gone comes back whatever happens to feedrate', () =>
  withTemporaryDirectory((directory) => {
    inLab(directory, ['3', '4.2'], 'inside-remount.sh', ['cold.yaml']);
    const file = (name: string) => readFileSync(join(directory, name), 'utf8').trim();
    const refused = (name: string, status: string, message: RegExp) => {
      assert.is(file(`${name}.status`), status, `${name}: ${file(`${name}.stderr`)}`);
      assert.match(file(`${name}.stderr`), message);
    };
    const cannot = 'target x: \\/mnt\\/nfs3 cannot be remounted: ';
    refused(
      'directory',
      '2 1',
      new RegExp(`^feedrate: ${cannot}it is used by sleep \\(process \\d+, working directory\\)`),
    );
    refused('bound', '2 1', new RegExp(`^feedrate: ${cannot}/mnt/nfs42 shows the same file system`));
    refused('below', '2 1', new RegExp(`^feedrate: ${cannot}/mnt/nfs3/x/below is mounted below it`));
    refused('elsewhere', '5 1', /^\/mnt\/nfs3 was unmounted and mounted again, but its caches lived on: /);
    assert.is(file('retried.status'), '0 1', file('retried.stderr'));
    refused(
      'lost',
      '5 0',
      /^\/mnt\/nfs3 IS NOT MOUNTED ANY MORE: .*no such luck.* type: mount -t nfs -o rw,relatime,vers=3,/,
    );
    const mountOf = (name: string) => /^.* \/mnt\/nfs3 .*$/m.exec(withoutIds(file(name)))?.[0];
    assert.is(mountOf('typed.mountinfo'), mountOf('mountinfo'));
    for (const [name, status] of [
      ['stopped', '130 1'],
      ['interrupted', '130 1'],
      ['killed', '137 0'],
    ] as const) {
      assert.is(file(`${name}.meanwhile`), '0');
      assert.is(file(`${name}.status`), status, file(`${name}.stderr`));
    }
    assert.is(file('killed.later'), '1');
    assert.is(file('matrix.status'), '0 0', file('matrix.stderr'));
    assert.match(file('matrix.report'), /✓ cache cold proven in 2 arms/);
    refused('shared', '2 0', /^feedrate: target v3: .* cannot be remounted: \/mnt\/nfs3 shows the same file system /);
  }));

test.run();
