/** Groups that meet by files, of ranks in this process. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openFilesGroup } from '../../src/group/files-group.js';
import type { Group } from '../../src/group/group.js';
import { encodeNote } from '../../src/group/note.js';
import { currentProcess } from '../../src/host/files/marker.js';
import { refusalOf } from '../support/feedrate-error.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('group/files-group');
/** Nobody is silent so long, however busy the machine is. */
const patience = { silentNs: 60e9, joinNs: 2e9 };

function open(directory: string, rank: number, size: number, silentNs = patience.silentNs): Promise<Group> {
  const place = { launcher: 'files', rank, size, foundIn: 'test', job: '' } as const;
  return openFilesGroup({ place, directory, patience: { ...patience, silentNs }, tell: () => {} });
}

const openAll = (directory: string, size: number): Promise<Group[]> =>
  Promise.all(Array.from({ length: size }, (_, rank) => open(directory, rank, size)));

test('every rank gets the texts of all, in order, and nothing is left', () =>
  withTemporaryDirectory(async (parent) => {
    const groups = await openAll(join(parent, 'group'), 4);
    const long = 'é'.repeat(9000);
    const first = await Promise.all(groups.map((group) => group.meet('first', `text ${group.rank}`)));
    for (const texts of first) assert.equal(texts, ['text 0', 'text 1', 'text 2', 'text 3']);
    const second = await Promise.all(groups.map((group) => group.meet('second', `${long}${group.rank}`)));
    for (const texts of second)
      assert.equal(
        texts,
        [0, 1, 2, 3].map((rank) => `${long}${rank}`),
      );
    await Promise.all(groups.map((group) => group.close()));
    assert.equal(readdirSync(parent), []);
  }));

test('what a killed group left does not confuse the next', () =>
  withTemporaryDirectory(async (parent) => {
    const directory = join(parent, 'group');
    mkdirSync(directory);
    const old = {
      nonce: 'old',
      group: 'old',
      rank: 0,
      size: 3,
      process: currentProcess(),
      beat: 9,
      name: 'start',
      text: '',
    };
    writeFileSync(join(directory, 'rank-0'), encodeNote({ ...old, meeting: 0, step: 'gathered' }));
    writeFileSync(join(directory, 'rank-1'), encodeNote({ ...old, nonce: 'b', rank: 1, meeting: 0, step: 'here' }));
    writeFileSync(
      join(directory, 'rank-2'),
      encodeNote({ ...old, nonce: 'c', rank: 2, size: 7, meeting: 0, step: 'here' }),
    );
    writeFileSync(
      join(directory, 'summary'),
      encodeNote({ group: 'old', meeting: 0, nonces: ['old', 'b', 'c'], texts: ['', '', ''] }),
    );
    const zero = open(directory, 0, 3);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const groups = await Promise.all([zero, open(directory, 1, 3), open(directory, 2, 3)]);
    const texts = await Promise.all(groups.map((group) => group.meet('now', String(group.rank))));
    for (const each of texts) assert.equal(each, ['0', '1', '2']);
    await Promise.all(groups.map((group) => group.close()));
    assert.equal(readdirSync(parent), []);
  }));

test('an abort ends all, with its reason, also between meetings', () =>
  withTemporaryDirectory(async (parent) => {
    const groups = await openAll(join(parent, 'group'), 3);
    groups[1]?.abort('disk full');
    const errors = await Promise.all(groups.map((group) => refusalOf(() => group.meet('next'))));
    for (const error of errors) assert.match(error.message, /the group has ended: .*disk full/);
    for (const { lost } of groups) assert.ok(lost.aborted);
    await Promise.all(groups.map((group) => group.close()));
    assert.equal(readdirSync(parent), []);
  }));

test('a rank that hears nothing while it is busy does not say that the directory is silent', () =>
  withTemporaryDirectory(async (parent) => {
    const silentNs = 100e6;
    const group = await open(join(parent, 'group'), 0, 1, silentNs);
    let turns = 0;
    // Each time, a look at the directory has begun, and its time is over before its answer is heard.
    const busy = setInterval(() => {
      turns++;
      const endMs = performance.now() + (2 * silentNs) / 1e6;
      while (performance.now() < endMs);
    }, 1);
    while (turns < 15 && !group.lost.aborted) await new Promise((resolve) => setImmediate(resolve));
    clearInterval(busy);
    assert.not(group.lost.aborted, String(group.lost.reason));
    await group.close();
  }));

test('a rank that is elsewhere, or never comes, is named', () =>
  withTemporaryDirectory(async (parent) => {
    const groups = await openAll(join(parent, 'group'), 2);
    const errors = await Promise.all([
      refusalOf(() => (groups[0] as Group).meet('trial 1')),
      refusalOf(() => (groups[1] as Group).meet('trial 2')),
    ]);
    for (const { message } of errors)
      assert.match(message, /rank 1 \(.*, process \d+\) is at 'trial 2', and rank 0 is at 'trial 1'/);
    await Promise.all(groups.map((group) => group.close()));
    const alone = await refusalOf(() => open(join(parent, 'other'), 0, 2));
    assert.match(alone.message, /rank 1 has not come within 2 s/);
    assert.equal(readdirSync(parent), []);
  }));

test('a process that takes the rank of another one, or says another size, ends the group with its name', () =>
  withTemporaryDirectory(async (parent) => {
    const directory = join(parent, 'group');
    const [first, second] = (await openAll(directory, 2)) as [Group, Group];
    const errors = await Promise.all([refusalOf(() => first.meet('next')), refusalOf(() => open(directory, 1, 2))]);
    assert.match(
      errors[0].message,
      /rank 1 \(.*, process \d+\) was started again, or has the same rank as another process/,
    );
    await Promise.all([first.close(), second.close()]);
    const other = join(parent, 'other');
    const [zero] = await Promise.all([refusalOf(() => open(other, 0, 2)), refusalOf(() => open(other, 1, 3))]);
    assert.match(zero.message, /rank 1 \(.*\) says that the group has 3 ranks, and rank 0 says 2/);
  }));

test.run();
