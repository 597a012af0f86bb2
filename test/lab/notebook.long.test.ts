// serial

/** Start scripts of `feedrate notebook script` in the lab, as root of a fresh machine. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MountStatus } from '../../src/base/mount-status.js';
import type { Diagnosis, Finding } from '../../src/record/finding.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { inLab, shownOption } from './lab.js';

const test = suite('lab/notebook');
/** The scripts return at once. The lab is slow on a busy machine, and SageMaker allows 300 s. */
const FOREGROUND_SECONDS = 60;
const FIRST = '/mnt/m/v4.2-nconnect4-rsize262144-noatime';
const SECOND = '/mnt/m/v4.2-nconnect2';

test('mounts are as requested, made once, and verified; failures are bounded and explained', () =>
  withTemporaryDirectory((directory) => {
    inLab(directory, ['3'], 'inside-notebook.sh', [], ['--nconnect', '2']);
    const file = (name: string) => readFileSync(join(directory, name), 'utf8').trim();
    const statusesOf = (part: string) =>
      new Map(
        readdirSync(join(directory, `${part}.json`)).map((name) => {
          const status = JSON.parse(file(join(`${part}.json`, name))) as MountStatus;
          return [status.name, status] as const;
        }),
      );
    const findingOf = (name: string) =>
      (JSON.parse(file(name)) as Diagnosis[])[0]?.findings.find(({ check }) => check === 'start script') as Finding;
    for (const part of ['matrix', 'other', 'wrong', 'dns', 'dead', 'held', 'stub', 'stubbed']) {
      for (const line of file(`${part}.status`).split('\n')) {
        const [status, seconds] = line.split(' ').map(Number);
        assert.is(status, 0, `${part}: ${file(`${part}.stderr`)}`);
        assert.ok((seconds as number) < FOREGROUND_SECONDS, `${part} took ${seconds} s`);
      }
    }

    const fresh = file('matrix.mountinfo');
    const options = (point: string) => ['vers', 'nconnect', 'rsize'].map((name) => shownOption(fresh, point, name));
    assert.equal(options(FIRST), ['4.2', '4', '262144']);
    assert.equal(options(SECOND), ['4.2', '2', '1048576']);
    assert.match(fresh, new RegExp(`${FIRST} rw,noatime `));
    const made = statusesOf('matrix');
    for (const { state, writeTest, tries, differences, notes } of [...made.values()].slice(1))
      assert.equal(
        { state, writeTest, tries, differences, notes },
        { state: 'mounted', writeTest: 'ok', tries: 1, differences: [], notes: [] },
      );
    // The lab's own mount of that server and version was first.
    assert.equal(made.get('v3-nconnect2-nolock')?.differences, ['nconnect is 1 instead of 2']);
    assert.is(file('again.mountinfo'), fresh, 'a second and a third run change nothing');
    assert.is(statusesOf('again').get('v4.2-nconnect2')?.tries, 0);
    assert.is(findingOf('again.doctor').severity, 'good');

    const other = statusesOf('other');
    assert.equal(other.get('more')?.differences, ['nconnect is 4 instead of 8']);
    assert.equal(other.get('more')?.notes, ['the mount hides files in /mnt/m2/more']);
    assert.match(other.get('user')?.writeTest ?? '', /^nobody cannot write: .*Permission denied$/);
    assert.is(other.get('busy')?.reason, '/mnt/m2/busy has another mount: tmpfs on tmpfs');
    assert.is(other.get('link')?.reason, '/mnt/m2/link leads to /mnt/elsewhere');

    const wrong = statusesOf('wrong').get('wrong-export');
    assert.is(wrong?.state, 'failed');
    assert.is(wrong?.tries, 1, 'a wrong export is not tried again');
    assert.match(wrong?.reason ?? '', /No such file or directory$/);

    const named = statusesOf('dns').get('dns');
    assert.is(named?.state, 'mounted', named?.reason);
    assert.ok((named?.tries ?? 0) > 1, 'the name was found at once');

    const dead = statusesOf('dead');
    assert.is(dead.get('dead')?.state, 'failed');
    assert.is(dead.get('dead')?.tries, 2);
    assert.match(dead.get('dead')?.hint ?? '', /2049 is silent: .*security groups.*Transit Gateway/);
    assert.is(dead.get('late')?.tries, 1, 'a server that was silent gets one more attempt');
    assert.not.match(file('dead.mountinfo'), / \/mnt\/(?:dead|late) /);
    assert.match(findingOf('trying.doctor').value, /^still mounting/);
    assert.match(findingOf('dead.doctor').value, /^not mounted after 2 attempts: no answer from fs2/);
    assert.match(statusesOf('held').get('v4.2-nconnect2')?.reason ?? '', /is mounted, but fs2 does not answer$/);
    assert.match(file('held.mountinfo'), new RegExp(` ${SECOND} `), 'a mount of somebody else was detached');

    // The kernel shows the name of the first mount of the export: slow.test.
    for (const part of ['stub', 'stubbed']) {
      const shared = statusesOf(part).get('stubbed');
      assert.is(shared?.state, 'mounted', shared?.reason);
      assert.is(shared?.shownSource, 'slow.test:/data');
      assert.match(shared?.notes.join() ?? '', /^it shares the options of an earlier mount, slow\.test:\/data/);
    }
    assert.is(file('user.status'), '0');
    assert.is(file('user.stderr'), 'feedrate: nothing is mounted, because only root can do so');
    assert.is(file('left'), '0');
  }));

test.run();
