/** The line that mounts a target again: it differs from the mount in the advised option alone. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { optionName, splitMountOptions } from '../../src/base/mount-command.js';
import { shellWord } from '../../src/base/shell-word.js';
import { diagnose } from '../../src/doctor/check.js';
import { MOUNTING, type Mounting, NFS, SERVER } from '../../src/doctor/host-facts.js';
import { NFS_CHECKS } from '../../src/doctor/nfs-checks.js';
import { parseNfsOptions } from '../../src/host/nfs/nfs-options.js';
import { type Mount, mountableOptions, parseMountinfo } from '../../src/host/system/mountinfo.js';

const test = suite('doctor/remount-line');

const number = fc.integer({ min: 0, max: 1_048_576 }).map(String);
const address = fc.constantFrom('192.0.2.7', '2001:db8::1', 'fe80::1%eth0');
const oneOf = (...values: string[]) => fc.constantFrom(...values);

/**
 * Every option of nfs(5), of nfs-utils 1.3 to 2.8, and of the kernel's nfs_show_options, with its values; a flag has none.
 * Those of the version, the recovery and of access times are below.
 */
const OPTIONS: Readonly<Record<string, fc.Arbitrary<string> | null>> = {
  rsize: number,
  wsize: number,
  bsize: number,
  namlen: number,
  acregmin: number,
  acregmax: number,
  acdirmin: number,
  acdirmax: number,
  actimeo: number,
  softreval: null,
  nosoftreval: null,
  intr: null,
  nointr: null,
  ac: null,
  bg: null,
  fg: null,
  sharecache: null,
  resvport: null,
  nofsc: null,
  sloppy: null,
  udp: null,
  tcp: null,
  rdma: null,
  lock: null,
  cto: null,
  acl: null,
  nomigration: null,
  notrunkdiscovery: null,
  posix: null,
  nocto: null,
  noac: null,
  nolock: null,
  noacl: null,
  nordirplus: null,
  rdirplus: oneOf('', 'none', 'force'),
  nosharecache: null,
  noresvport: null,
  proto: oneOf('tcp', 'tcp6', 'udp', 'udp6', 'rdma', 'rdma6'),
  port: number,
  nconnect: oneOf('1', '4', '16'),
  max_connect: oneOf('1', '4', '16'),
  trunkdiscovery: null,
  timeo: number,
  retrans: number,
  retry: number,
  sec: oneOf('sys', 'none', 'krb5', 'krb5i', 'krb5p'),
  xprtsec: oneOf('none', 'tls', 'mtls'),
  clientaddr: address,
  mountaddr: address,
  mounthost: oneOf('fs1'),
  mountvers: oneOf('1', '2', '3'),
  mountport: number,
  mountproto: oneOf('tcp', 'udp', 'tcp6', 'udp6'),
  fsc: null,
  migration: null,
  lookupcache: oneOf('all', 'none', 'pos', 'positive'),
  local_lock: oneOf('all', 'none', 'flock', 'posix'),
  write: oneOf('lazy', 'eager', 'wait'),
  fatal_neterrors: oneOf('default', 'none', 'ENETDOWN:ENETUNREACH'),
  addr: address,
  context: oneOf('"system_u:object_r:nfs_t:s0:c1,c2"', 'system_u:object_r:nfs_t:s0'),
  nosuid: null,
  nodev: null,
  noexec: null,
  nodiratime: null,
  nosymfollow: null,
  sync: null,
  dirsync: null,
  lazytime: null,
  _netdev: null,
  nofail: null,
  'x-systemd.automount': null,
  'x-systemd.requires': oneOf('network-online.target'),
};
const anyOption = (name: string): fc.Arbitrary<string> =>
  OPTIONS[name]?.map((value) => (value === '' ? name : `${name}=${value}`)) ?? fc.constant(name);
/** One version has several spellings; kernels before 2.6.38 show two options. */
const version = fc.constantFrom(
  ...['vers=3', 'vers=4.0', 'vers=4.1', 'vers=4.2', 'nfsvers=3', 'nfsvers=4', 'nfsvers=4.2'].map((option) => [option]),
  ['vers=4', 'minorversion=0'],
  ['vers=4', 'minorversion=1'],
);
const recovery = fc.constantFrom('hard', 'soft', 'softerr');
const access = fc.constantFrom('ro', 'rw');
const atime = fc.constantFrom('relatime', 'noatime', 'strictatime');

/** Options of a mount in any order. Every name occurs at most once, as in the kernel's list. */
const mountOptions: fc.Arbitrary<string[]> = fc
  .tuple(fc.shuffledSubarray(Object.keys(OPTIONS)), version, recovery, access, atime)
  .chain(([names, versions, ...choices]) =>
    fc.tuple(...names.map(anyOption)).chain((options) => {
      const all = [...options, ...versions, ...choices];
      return fc.shuffledSubarray(all, { minLength: all.length });
    }),
  );

const WORDS = 'a b\'c$d"e\\f;g&h|i*j`k(l)m[n]o{p}q~r#s!t\tuéü中';
const pathPart = fc.string({ unit: fc.constantFrom(...WORDS), minLength: 1, maxLength: 12 });
const source = fc.oneof(
  fc.constantFrom('fs1:/data', '[2001:db8::1]:/train', '[fe80::1%eth0]:/train'),
  pathPart.map((part) => `svm-1:/${part}`),
);

/** The calls of umount and mount that bash makes of each command, if every mount fails. */
function callsOf(commands: readonly string[]): string[][][] {
  const record = (name: string, status: number) =>
    `${name}() { printf '%s\\0' ${name} "$@" "$(printf '\\1')"; return ${status}; }`;
  const script = commands.map((command) => `${command}\nprintf '\\2\\0'`).join('\n');
  const { stdout } = spawnSync('bash', ['-s'], {
    input: `${record('umount', 0)}\n${record('mount', 1)}\n${script}\n`,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const upTo = (end: string, text: string) => text.split(end).slice(0, -1);
  return upTo('\u0002\0', stdout).map((calls) => upTo('\u0001\0', calls).map((call) => upTo('\0', call)));
}

/** What each check changes: the names of the options that may differ, and how they may differ. */
const MAY_DIFFER: Readonly<Record<string, RegExp>> = {
  version: /^vers=4\.1$/,
  'transfer size': /^[rw]size=1048576$/,
  connections: /^nconnect=16$/,
  'when the server is gone': /^hard$/,
  'attribute cache': /^$/,
};
const MAY_GO: Readonly<Record<string, RegExp>> = {
  version: /^(?:vers=4(?:\.0)?|nfsvers=4|minorversion=0)$/,
  'transfer size': /^[rw]size=\d+$/,
  connections: /^nconnect=1$/,
  'when the server is gone': /^soft(?:err)?$/,
  'attribute cache': /^(?:noac|sync|lookupcache=none|actimeo=0|ac(?:reg|dir)(?:min|max)=0)$/,
};

function remediesOf(mounting: Mounting): { readonly check: string; readonly remedy: string }[] {
  const options = parseNfsOptions(mounting.options);
  const nfs = {
    options,
    service: 'other' as const,
    serverImplementation: null,
    ontapRelease: null,
    pnfs: null,
    openTransports: options.connections,
    readAheadBytes: 2 ** 30,
    limits: { tcpSlots: null, tcpMaxSlots: null, sessionSlots: null },
  };
  const facts = [NFS.state({ mount: nfs, calls: null }), MOUNTING.state(mounting), SERVER.state('another machine')];
  return diagnose(facts, NFS_CHECKS).flatMap(({ check, remedy }) =>
    remedy !== null && check in MAY_DIFFER ? [{ check, remedy }] : [],
  );
}

/** The mount as mountinfo shows it, read again. */
function asShown(mounting: Omit<Mounting, 'managed'>): Mount {
  const escaped = (text: string) =>
    text.replaceAll(/[ \t\n\\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
  const [mount] = parseMountinfo(
    `30 20 0:40 / ${escaped(mounting.mountPoint)} rw,relatime - nfs4 ${escaped(mounting.source)} ${escaped(mounting.options.join(','))}\n`,
  );
  return mount as Mount;
}

test('the printed line, parsed again, differs from the mount in the advised option alone', () => {
  const seen = new Set<string>();
  const lines: { readonly check: string; readonly mounting: Mounting; readonly command: string }[] = [];
  fc.assert(
    fc.property(mountOptions, source, pathPart, (options, from, part) => {
      const mounting = { source: from, mountPoint: `/mnt/${part}`, options, managed: null };
      for (const { check, remedy } of remediesOf(mounting)) {
        seen.add(check);
        lines.push({ check, mounting, command: remedy.replace('unmount all mounts of this server first: ', '') });
      }
    }),
    { numRuns: 200, seed: 1 },
  );
  assert.equal([...seen].sort(), Object.keys(MAY_DIFFER).sort());
  const calls = callsOf(lines.map(({ command }) => command));
  for (const [index, { check, mounting, command }] of lines.entries()) {
    const [unmount, mount = [], ...again] = calls[index] ?? [];
    const [, , type, , text, from, at] = mount;
    const old = ['mount', '-t', 'nfs', '-o', mounting.options.join(','), mounting.source, mounting.mountPoint];
    assert.equal(unmount, ['umount', mounting.mountPoint], command);
    assert.equal(again, check === 'version' || check === 'connections' ? [old] : [], command);
    assert.equal([type, from, at], ['nfs', mounting.source, mounting.mountPoint], command);
    const after = splitMountOptions(text as string);
    const gone = mounting.options.filter((option) => !after.includes(option));
    const come = after.filter((option) => !mounting.options.includes(option));
    assert.ok(
      gone.every((option) => MAY_GO[check]?.test(option)),
      `${check} drops ${gone}: ${command}`,
    );
    assert.ok(
      come.every((option) => MAY_DIFFER[check]?.test(option)),
      `${check} adds ${come}: ${command}`,
    );
    // The order: without what changed, the two lists are the same.
    const kept = (list: readonly string[]) => list.filter((option) => !gone.includes(option) && !come.includes(option));
    assert.equal(kept(after), kept(mounting.options), command);
    // What replaces an option stands in its place.
    for (const option of come) {
      const was = mounting.options.findIndex((one) => gone.includes(one) && MAY_GO[check]?.test(one));
      if (gone.length === 1) assert.is(after.indexOf(option), was, command);
    }
    assert.equal(after.map(optionName).length, new Set(after.map(optionName)).size, command);
  }
});

test('a mount is read from mountinfo and mounted again with the same options, whatever its names contain', () => {
  const atimeIsShown = (options: readonly string[]) => options.filter((option) => !option.endsWith('atime'));
  fc.assert(
    fc.property(mountOptions, source, pathPart, (options, from, part) => {
      const written = { source: from, mountPoint: `/mnt/${part}`, options };
      const mount = asShown(written);
      assert.equal([mount.source, mount.mountPoint], [written.source, written.mountPoint]);
      assert.equal(
        atimeIsShown(mountableOptions(mount)).slice(1),
        atimeIsShown(options).filter((one) => !/^r[ow]$/.test(one)),
      );
    }),
    { numRuns: 200, seed: 2 },
  );
});

test('words that a shell would take apart are quoted, and a refused version or nconnect leaves the mount as it was', () => {
  assert.equal(['/mnt/a b', "it's", 'svm:/vol', ''].map(shellWord), ["'/mnt/a b'", "'it'\\''s'", 'svm:/vol', "''"]);
  const mounting = {
    source: '[2001:db8::1]:/a b',
    mountPoint: '/mnt/$x',
    options: ['ro', 'nosuid', 'vers=4.0', 'rsize=1048576', 'wsize=1048576', 'soft', 'proto=rdma', 'port=20049'],
    managed: null,
  };
  const lines = new Map(remediesOf(mounting).map(({ check, remedy }) => [check, remedy]));
  const tail = `'[2001:db8::1]:/a b' '/mnt/$x'`;
  const old = mounting.options.join(',');
  assert.is(
    lines.get('version'),
    `umount '/mnt/$x' && { mount -t nfs -o ${old.replace('4.0', '4.1')} ${tail} || mount -t nfs -o ${old} ${tail}; }`,
  );
  assert.is(
    lines.get('when the server is gone'),
    `umount '/mnt/$x' && mount -t nfs -o ${old.replace('soft', 'hard')} ${tail}`,
  );
  assert.is(lines.get('connections'), undefined, 'RDMA has no TCP flow');
});

test('strictatime is what the kernel means if it shows no rule for atime', () => {
  const shown = (options: string) =>
    mountableOptions(parseMountinfo(`30 20 0:40 / /mnt/a ${options} - nfs4 svm:/a rw,vers=4.1`)[0] as Mount).join(',');
  assert.is(shown('rw,noatime'), 'rw,noatime,vers=4.1');
  assert.is(shown('rw,relatime'), 'rw,relatime,vers=4.1');
  assert.is(shown('ro,nodiratime'), 'ro,nodiratime,vers=4.1,strictatime');
});

test.run();
