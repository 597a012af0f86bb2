/** The scripts as bash, shellcheck, findmnt and systemd understand them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type NotebookMount, notebookMounts } from '../../src/notebook/notebook-mounts.js';
import { literal } from '../../src/notebook/shell-literal.js';
import { START_HOOKS, type StartScriptSettings, startScript } from '../../src/notebook/start-script.js';
import { stubScript } from '../../src/notebook/stub-script.js';
import { fstabText, systemdText } from '../../src/notebook/unit-text.js';
import { WORKER_FUNCTIONS } from '../../src/notebook/worker-text.js';
import { needTool, skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('notebook/start-script');
const SHA256 = 'a'.repeat(64);

const settings: StartScriptSettings = {
  start: 'notebook',
  version: '1.2.3',
  user: 'ec2-user',
  readAheadKib: 15_360,
  tries: 5,
  timeoutSeconds: 60,
  feedrate: null,
};

const HOSTILE = [
  'a b',
  '$HOME',
  '`id`',
  "it's",
  '"q"',
  'a\\b',
  '$(id)',
  'a;id',
  '*',
  '~',
  '!x',
  '#x',
  'a&b|c',
  '%n%h',
  'é日',
];

function mountsOf(...targets: readonly string[]): NotebookMount[] {
  return notebookMounts({ targets, exports: [], optionLists: [], below: '/mnt/b' });
}

const hostileMounts = mountsOf(...HOSTILE.map((text, index) => `n${index}=svm:/${text}=/mnt/${index} ${text}/x`));

function bash(script: string, ...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  assert.is(status, 0, stderr);
  assert.is(stderr, '');
  return stdout;
}

test('a word is read by bash as it was, whatever it holds', () => {
  // A word of a command line may have everything but NUL.
  const words = fc.sample(
    fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => text.replaceAll('\0', '')),
    {
      numRuns: 500,
      seed: 18,
    },
  );
  const all = [...words, ...HOSTILE, '', '-n', "'", "''", "\\'", 'a\nb'];
  assert.equal(
    bash(`printf '%s\\0' ${all.map(literal).join(' ')}`)
      .split('\0')
      .slice(0, -1),
    all,
  );
});

test('hostile names reach mount(8) as they were, by way of the script and of the one that it writes', () => {
  const script = startScript(hostileMounts, settings);
  const [lines = ''] = /^mounts\(\) \{\n[\s\S]*?^\}\n/m.exec(script) ?? [];
  const printed = bash(`one() { printf '%s\\0' "$@"; }\n${lines}\nmounts; eval "$(declare -f mounts)"; mounts`);
  const words = hostileMounts.flatMap(({ name, source, mountPoint, options }) => [name, source, mountPoint, options]);
  assert.equal(printed.split('\0').slice(0, -1), [...words, ...words]);
});

test('status files are JSON, whatever they report', () => {
  const texts = [...HOSTILE, '', 'a"b\\c', 'line\nbreak\ttab\u001b[31m', '\\u0041'];
  const printed = bash(
    `${WORKER_FUNCTIONS}\nfor text; do json "$text"; echo; done; list $'one "1"\\n\\ntwo'`,
    ...texts,
  );
  const values = printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  assert.equal(values, [...texts.map((text) => text.replaceAll(/\p{Cc}/gu, ' ')), ['one "1"', 'two']]);
});

test('the mount is found by its mount point in mountinfo, and the last one counts', () =>
  withTemporaryDirectory((directory) => {
    const mountinfo = join(directory, 'mountinfo');
    writeFileSync(
      mountinfo,
      [
        '23 1 0:18 / / rw,relatime - overlay lab rw',
        '40 23 0:40 / /mnt/a\\040b rw,noatime shared:1 master:2 - nfs4 svm:/old rw,vers=4.1,addr=10.0.0.1',
        '41 23 0:41 / /mnt/a\\040b rw,noatime - nfs4 svm:/a\\134\\040\\043b rw,vers=4.2,rsize=65536,nconnect=8,addr=10.0.0.2',
        '42 23 0:42 / /mnt/tmp rw - tmpfs tmpfs rw',
        '43 23 0:43 / /mnt/a rw - nfs svm:/a rw,vers=3',
      ].join('\n'),
    );
    const functions = WORKER_FUNCTIONS.replace('/proc/self/mountinfo', mountinfo);
    const found = (point: string) =>
      bash(`${functions}\npoint=$1; find_mount && echo "$dev|$from|$shown"; :`, point).trim();
    assert.is(found('/mnt/a b'), '0:41|svm:/a\\ #b|,rw,noatime,rw,vers=4.2,rsize=65536,nconnect=8,addr=10.0.0.2,');
    assert.is(found('/mnt/tmp'), '0:42|tmpfs on tmpfs|,rw,rw,');
    assert.is(found('/mnt'), '');
  }));

test('what was negotiated differently is named, and nothing else', () => {
  const cases: readonly (readonly [requested: string, shown: string, differences: string])[] = [
    ['vers=4.1,rsize=1048576,hard', 'vers=4.1,rsize=1048576,hard', ''],
    ['vers=4.1,rsize=1048576', 'vers=4.1,rsize=65536', 'rsize is 65536 instead of 1048576'],
    ['nfsvers=4.1', 'vers=4.0', 'vers is 4.0 instead of 4.1'],
    ['vers=4', 'vers=4.2', ''],
    ['vers=4', 'vers=3', 'vers is 3 instead of 4'],
    ['nconnect=16', 'vers=3', 'nconnect is 1 instead of 16'],
    ['nconnect=1', 'vers=3', ''],
    ['nconnect=1', 'nconnect=16', 'nconnect is 16 instead of 1'],
    ['soft,noatime', 'hard,relatime', 'soft is not in effect|noatime is not in effect'],
    ['_netdev,actimeo=60,lookupcache=all,defaults', 'hard', ''],
    ['proto=tcp', 'proto=tcp6', ''],
    ['wsize=1048576,timeo=600', 'timeo=600', 'wsize is not shown instead of 1048576'],
  ];
  const script = `${WORKER_FUNCTIONS}
    log() { :; }
    while [ $# -gt 0 ]; do options=$1 shown=,rw,$2, differences=''; compare; echo "$differences" | paste -s -d '|'; shift 2; done`;
  const printed = bash(script, ...cases.flatMap(([requested, shown]) => [requested, shown].map(String)));
  assert.equal(
    printed
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/\|+$/, ''))
      .join('\n'),
    cases
      .map(([, , differences]) => differences)
      .join('\n')
      .trimEnd(),
  );
});

test('shellcheck has nothing to say of any variant', () => {
  needTool('shellcheck');
  return withTemporaryDirectory((directory) => {
    const few = hostileMounts.slice(0, 4);
    const feedrate = { place: "s3://bucket/it's $HOME.tar.gz", sha256: SHA256 };
    const texts = {
      plain: startScript(mountsOf('svm:/a'), { ...settings, user: null, readAheadKib: null }),
      ...Object.fromEntries(START_HOOKS.map((start) => [start, startScript(few, { ...settings, start, feedrate })])),
      bucket: stubScript("s3://bucket/it's $HOME", SHA256, '1.2.3'),
      file: stubScript('/home/ec2-user/SageMaker/a b.sh', SHA256, '1.2.3'),
      systemd: systemdText(few, '1.2.3'),
    };
    const paths = Object.entries(texts).map(([name, text]) => {
      writeFileSync(join(directory, `${name}.sh`), text);
      return join(directory, `${name}.sh`);
    });
    const { status, stdout } = spawnSync('shellcheck', paths, { encoding: 'utf8' });
    assert.is(stdout, '');
    assert.is(status, 0);
  });
});

test('a script of five mounts is below the limit of SageMaker, and a stub is far below', () => {
  const svm = 'svm-0123456789abcdef0.fs-0123456789abcdef0.fsx.ap-northeast-1.amazonaws.com';
  const five = mountsOf(...[1, 2, 3, 4, 5].map((number) => `${svm}:/volume_${number}`));
  const feedrate = { place: 's3://sagemaker-ap-northeast-1-111122223333/feedrate/feedrate.tar.gz', sha256: SHA256 };
  const encoded = (text: string) => Buffer.from(text).toString('base64').length;
  assert.ok(encoded(startScript(five, { ...settings, feedrate })) <= 16_384);
  assert.ok(encoded(stubScript(feedrate.place, SHA256, '1.2.3')) <= 4096);
});

test('a HyperPod script leaves a worker that bash reads, and a service that systemd reads', () => {
  if (process.getuid?.() !== 0) skipTest('the script mounts as root only');
  needTool('systemd-analyze');
  return withTemporaryDirectory((directory) => {
    const places = {
      '/run/feedrate-mount': 'run',
      '/usr/local/sbin': '.',
      '/etc/systemd/system': '.',
      '/var/log': '.',
    };
    let script = startScript(hostileMounts, { ...settings, start: 'hyperpod-on-create' });
    for (const [place, other] of Object.entries(places)) script = script.replaceAll(place, join(directory, other));
    // Nothing may be mounted or enabled on the machine of the test.
    bash(`setsid() { :; }; systemctl() { :; }; timeout() { :; }\n${script}`);
    const worker = readFileSync(join(directory, 'feedrate-mount'), 'utf8');
    const calls = worker.slice(0, worker.lastIndexOf('settings && worker'));
    const printed = bash(`${calls}\none() { printf '%s\\0' "$3"; }\nmounts`);
    assert.equal(
      printed.split('\0').slice(0, -1),
      hostileMounts.map(({ mountPoint }) => mountPoint),
    );
    const service = join(directory, 'feedrate-mount.service');
    const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', service], { encoding: 'utf8' });
    assert.not.match(stderr, 'feedrate-mount');
    assert.match(readFileSync(service, 'utf8'), /^ExecStart=\/bin\/bash \S+feedrate-mount$/m);
  });
});

test('fstab is as libmount reads it', () => {
  needTool('findmnt');
  return withTemporaryDirectory((directory) => {
    const table = join(directory, 'fstab');
    writeFileSync(table, fstabText(hostileMounts, '1.2.3'));
    const words = ['--tab-file', table, '--json', '-o', 'SOURCE,TARGET,OPTIONS'];
    const { stdout, stderr } = spawnSync('findmnt', words, { encoding: 'utf8' });
    assert.is(stderr, '');
    const { filesystems } = JSON.parse(stdout) as {
      filesystems: { source: string; target: string; options: string }[];
    };
    assert.equal(
      filesystems.map(({ source, target }) => ({ source, target })),
      hostileMounts.map(({ source, mountPoint }) => ({ source, target: mountPoint })),
    );
    for (const { options } of filesystems)
      assert.match(
        options,
        /,_netdev,nofail,x-systemd\.automount,x-systemd\.mount-timeout=60,x-systemd\.requires=network-online\.target$/,
      );
  });
});

test('units are as systemd reads them', () => {
  needTool('systemd-analyze');
  return withTemporaryDirectory((directory) => {
    const units = join(directory, 'units');
    mkdirSync(units);
    const mounts = hostileMounts.slice(0, 14);
    const script = systemdText(mounts, '1.2.3').replace('/etc/systemd/system', units);
    bash(`systemctl() { printf '%s\\n' "$@" >>${directory}/called; }\n${script}`);
    const names = readdirSync(units);
    assert.is(names.length, 2 * mounts.length);
    // Complaints about programs and man pages of this machine are not about the units.
    const paths = names.map((name) => join(units, name));
    const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', '--recursive-errors=no', ...paths], {
      encoding: 'utf8',
    });
    assert.equal(
      stderr.split('\n').filter((line) => line.includes(units) || names.some((name) => line.includes(name))),
      [],
    );
    const called = readFileSync(join(directory, 'called'), 'utf8').trim().split('\n');
    assert.equal(called.slice(4).sort(), names.filter((name) => name.endsWith('.automount')).sort());
  });
});

test.run();
