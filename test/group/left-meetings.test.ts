/** Where the ranks of killed groups met: `clean` lists it, and the next group of a job removes it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openFilesGroup } from '../../src/group/files-group.js';
import { Follower } from '../../src/group/follower.js';
import { leftMeetings } from '../../src/group/left-meetings.js';
import { encodeNote } from '../../src/group/note.js';
import { currentProcess } from '../../src/host/files/marker.js';
import { feedrate } from '../support/command-thread.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('group/left-meetings');
const patience = { silentNs: 400e6, joinNs: 2e9 };
const ofDead = (): number => spawnSync('true').pid;

/** A directory in which a rank of such a process met. */
function meetingOf(parent: string, name: string, changes: Partial<ReturnType<typeof currentProcess>>): string {
  const directory = join(parent, name);
  mkdirSync(directory, { recursive: true });
  const self = { nonce: 'n', rank: 1, size: 2, process: { ...currentProcess(), ...changes } };
  writeFileSync(join(directory, 'rank-1'), encodeNote(new Follower(self, patience).note(1)));
  return directory;
}

test('clean removes what a killed group left, and nothing that a rank of another machine or a living one may use', () =>
  withTemporaryDirectory((directory) => {
    const results = join(directory, 'results');
    const dead = meetingOf(results, '.feedrate-group', { pid: ofDead() });
    const elsewhere = meetingOf(results, '.feedrate-group-00000001', { bootId: 'another' });
    const alive = meetingOf(results, '.feedrate-group-00000002', {});
    const words = ['clean', '-o', results];
    const listed = feedrate(words, directory).stdout;
    assert.match(listed, /\.feedrate-group +.*left by a killed process/);
    assert.match(listed, /\.feedrate-group-00000001 .*on another machine or before a restart/);
    assert.match(listed, /\.feedrate-group-00000002 .*in use/);
    assert.is(feedrate([...words, '--yes'], directory).status, 0);
    assert.equal([dead, elsewhere, alive].map(existsSync), [false, true, true]);
    writeFileSync(join(elsewhere, 'mine'), '');
    const refused = feedrate([...words, '--yes', '--elsewhere'], directory);
    assert.is(refused.status, 2);
    assert.match(refused.stderr, /cannot remove .*00000001/);
    assert.ok(existsSync(join(elsewhere, 'mine')));
  }));

test('a group removes what dead groups of other jobs left beside it', () =>
  withTemporaryDirectory(async (directory) => {
    meetingOf(directory, '.feedrate-group-00000001', { pid: ofDead() });
    const alive = meetingOf(directory, '.feedrate-group-00000002', {});
    const open = (rank: number) =>
      openFilesGroup({
        place: { launcher: 'files', rank, size: 2, foundIn: 'test', job: 'x' },
        directory: join(directory, '.feedrate-group-00000003'),
        patience,
        tell: () => {},
      });
    const groups = await Promise.all([open(0), open(1)]);
    assert.equal(
      leftMeetings(directory).map(({ state }) => state),
      ['alive', 'alive'],
    );
    await Promise.all(groups.map((group) => group.close()));
    assert.equal(readdirSync(directory), [alive.slice(directory.length + 1)]);
  }));

test.run();
