/** What a start script left, as the doctor reports it. */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MountStatus } from '../../src/base/mount-status.js';
import { diagnose } from '../../src/doctor/check.js';
import { START_MOUNT, START_MOUNT_CHECKS, type StartMount } from '../../src/doctor/start-mount-checks.js';
import { startMountFact } from '../../src/host/start-mount.js';
import type { Finding } from '../../src/record/finding.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('host/start-mount');

const STATUS: MountStatus = {
  name: 'train',
  source: 'svm:/train',
  shownSource: 'svm:/train',
  mountPoint: '/mnt/train',
  options: 'vers=4.1,nconnect=16',
  state: 'mounted',
  tries: 1,
  differences: [],
  notes: [],
  writeTest: 'ok',
  reason: '',
  hint: '',
  bootId: 'boot',
  pid: 1,
  changedAt: '2026-11-29T12:00:00Z',
};

function findingOf(status: Partial<MountStatus>, start: Partial<StartMount> = {}): Finding {
  const state = { isCurrent: true, isAtWork: false, isMounted: true, ...start };
  const [finding] = diagnose([START_MOUNT.state({ ...state, status: { ...STATUS, ...status } })], START_MOUNT_CHECKS);
  return finding as Finding;
}

test('each state has its severity, and each problem says what to do', () => {
  const failed = {
    state: 'failed',
    reason: 'no answer from svm within 60 s',
    hint: 'open port 2049',
    tries: 5,
  } as const;
  const cases: readonly (readonly [
    status: Partial<MountStatus>,
    start: Partial<StartMount>,
    severity: string,
    value: string,
  ])[] = [
    [{}, {}, 'good', 'mounted as requested (2026-11-29T12:00:00Z)'],
    [{ writeTest: 'skipped' }, {}, 'good', 'mounted as requested (2026-11-29T12:00:00Z)'],
    [{ differences: ['rsize is 65536 instead of 1048576'] }, {}, 'note', 'rsize is 65536 instead of 1048576'],
    [{ notes: ['the mount hides files in /mnt/train'] }, {}, 'note', 'the mount hides files in /mnt/train'],
    [{ writeTest: 'ec2-user cannot write: Permission denied' }, {}, 'bad', 'ec2-user cannot write: Permission denied'],
    [{}, { isMounted: false }, 'bad', 'no longer mounted'],
    [failed, { isMounted: false }, 'bad', 'not mounted (5 attempts)'],
    [failed, {}, 'note', 'mounted, but not by the start script: no answer from svm within 60 s'],
    [{ state: 'working' }, { isMounted: false }, 'bad', 'not mounted: the start script was interrupted'],
    [
      { state: 'working', tries: 2 },
      { isMounted: false, isAtWork: true },
      'bad',
      'not mounted yet (failed attempts: 2)',
    ],
    [{}, { isCurrent: false }, 'note', 'status of an earlier start'],
  ];
  for (const [status, start, severity, value] of cases) {
    const finding = findingOf(status, start);
    assert.equal([finding.severity, finding.value], [severity, value]);
    if (severity === 'bad') assert.ok((finding.remedy ?? '') !== '' && (finding.reason ?? '') !== '', value);
  }
  assert.is(findingOf({}, { isMounted: false }).remedy, 'mount -t nfs -o vers=4.1,nconnect=16 svm:/train /mnt/train');
  assert.is(findingOf(failed, { isMounted: false }).remedy, 'open port 2049');
  assert.match(findingOf(failed, { isMounted: false }).reason ?? '', /no answer from svm within 60 s$/);
  assert.match(
    findingOf({ differences: ['nconnect is 1 instead of 16'] }).remedy ?? '',
    /^unmount all mounts of this server/,
  );
  const small = { differences: ['rsize is 65536 instead of 1048576'] };
  assert.match(findingOf(small).remedy ?? '', /^raise tcp-max-xfer-size of the SVM /);
  // Whoever mounted it may have asked for that.
  assert.is(findingOf({ ...small, tries: 0 }).remedy, 'unmount it, then run the start script again');
});

test('the status of the nearest mount above the target counts; damage is reported, and nothing is no check', () =>
  withTemporaryDirectory((directory) => {
    const statuses = join(directory, 'run');
    const target = join(directory, 'mnt', 'train');
    mkdirSync(join(target, 'deep'), { recursive: true });
    symlinkSync(target, join(directory, 'link'));
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stated = (path: string) => startMountFact(path, statuses) as { value?: StartMount | null; reason?: string };
    const write = (name: string, value: unknown) =>
      writeFileSync(
        join(statuses, name),
        typeof value === 'string' ? value : JSON.stringify({ format: 1, ...(value as object) }),
      );
    assert.is(stated(target).value, null);
    mkdirSync(statuses);
    write('outer.json', { ...STATUS, name: 'outer', mountPoint: join(directory, 'mnt'), bootId });
    write('inner.json', { ...STATUS, name: 'inner', mountPoint: target, pid: process.pid });
    write('sibling.json', { ...STATUS, name: 'sibling', mountPoint: `${target}-2` });
    write('.inner.new', 'half');
    const deep = stated(join(directory, 'link', 'deep')).value;
    assert.equal([deep?.status.name, deep?.isCurrent, deep?.isAtWork, deep?.isMounted], ['inner', false, true, false]);
    const outer = stated(join(directory, 'mnt')).value;
    assert.equal([outer?.status.name, outer?.isCurrent], ['outer', true]);
    assert.is(stated(directory).value, null);
    for (const damaged of [
      '',
      '{',
      '[]',
      'null',
      '{"format":2}',
      { ...STATUS, tries: 'x' },
      { ...STATUS, notes: [1] },
      { ...STATUS, state: 'odd' },
    ]) {
      rmSync(statuses, { recursive: true });
      mkdirSync(statuses);
      write('train.json', damaged);
      assert.match(stated(target).reason ?? '', /cannot be read; run the start script again$/, JSON.stringify(damaged));
    }
    // The script writes its status anew.
    write('train.json', { ...STATUS, mountPoint: target });
    assert.equal([stated(target).reason, stated(target).value?.status.name], [undefined, 'train']);
  }));

test.run();
