// serial

/** A server that stops in the middle of runs: its link goes down in the lab, for 20 s and then for good. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { statusOf, trialsOf } from '../support/run-directory.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { inLab } from './lab.js';

const test = suite('lab/stopped');
const VERSIONS = ['3', '4.2'];
const MOUNTS = [
  { name: 'v3', mountPoint: '/mnt/nfs3' },
  { name: 'v4.2', mountPoint: '/mnt/nfs42' },
];

type Read = (name: string) => string;

test('hard mounts wait, soft ones fail; Ctrl-C ends either, and nothing is lost', () =>
  withTemporaryDirectory((directory) => {
    inLab(directory, VERSIONS, 'inside-stopped.sh', ['stopped.yaml']);
    const file: Read = (name) => readFileSync(join(directory, name), 'utf8').trim();
    for (const mount of MOUNTS) {
      checkPause(mount, file, join(directory, `pause.${mount.name}.runs`));
      checkGone(mount, file, join(directory, `gone.${mount.name}.runs`));
    }
    checkSoft(file, join(directory, 'gone.soft.runs'));
    assert.is(file('gone.left'), '0', 'processes were left');
  }));

const marks = (trials: readonly TrialRecord[]) =>
  trials.map(({ job, status, warnings }) => {
    const silent = warnings.some(({ code }) => code === 'silent');
    return `${job} ${status}${silent ? ' silent' : ''}`;
  });

const silence = ({ name, mountPoint }: (typeof MOUNTS)[number]) =>
  `No response from target ${name} (fs1:/data on ${mountPoint}) for 10 s. Still waiting; press Ctrl-C to stop.`;

function checkPause(mount: (typeof MOUNTS)[number], file: Read, results: string): void {
  const stderr = file(`pause.${mount.name}.stderr`);
  assert.is(file(`pause.${mount.name}.status`), '0', stderr);
  assert.is(statusOf(results), 'complete');
  assert.equal(marks(trialsOf(results)), ['before ok', 'during ok silent', 'after ok']);
  assert.ok(stderr.includes(silence(mount)), stderr);
  assert.ok(stderr.includes(`Target ${mount.name} responds again.`), stderr);
}

function checkGone(mount: (typeof MOUNTS)[number], file: Read, results: string): void {
  const stderr = file(`gone.${mount.name}.stderr`);
  assert.is(file(`gone.${mount.name}.status`), '130', stderr);
  assert.is(statusOf(results), 'aborted');
  assert.equal(marks(trialsOf(results)), ['before ok', 'during aborted silent']);
  assert.ok(stderr.includes(silence(mount)), stderr);
  assert.not.match(stderr, /responds again/);
  assert.match(stderr, /does not respond, so files of this run remain there; .*feedrate clean -t /);
  assert.match(file(`gone.${mount.name}.shown`), /aborted, 2 of 3 trials/);
  assert.match(file(`gone.${mount.name}.cleaned`), /^removed 1 directory, /m);
  assert.is(file(`gone.${mount.name}.after`), '');
}

function checkSoft(file: Read, results: string): void {
  const stderr = file('gone.soft.stderr');
  assert.is(file('gone.soft.status'), '5', stderr);
  assert.is(statusOf(results), 'failed');
  const trials = trialsOf(results);
  assert.equal(marks(trials), ['before ok', 'during failed', 'after failed']);
  const fault = trials[1]?.fault;
  assert.match(fault?.code ?? '', /^(?:EIO|ETIMEDOUT)$/);
  assert.match(fault?.path ?? '', /^\/mnt\/soft\/soft\/\.feedrate-.*\/s1r1t2\//);
  assert.is(fault?.worker, 0);
  assert.match(
    stderr,
    /target soft \(fs1:\/data on \/mnt\/soft\) fails with (?:EIO|ETIMEDOUT); its mount is soft, so it fails where /,
  );
  assert.match(stderr, /cannot remove \/mnt\/soft\/soft\/\.feedrate-.*feedrate clean -t \/mnt\/soft\/soft/);
  assert.not.match(stderr, /defect/);
  assert.match(file('gone.soft.shown'), /failed, 3 of 3 trials/);
  assert.match(file('gone.soft.cleaned'), /^removed 1 directory, /m);
  assert.is(file('gone.soft.after'), '');
}

test.run();
