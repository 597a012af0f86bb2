import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cgroupLimits, readCgroupLimits } from '../../src/host/system/cgroup.js';
import { parseMountinfo } from '../../src/host/system/mountinfo.js';

const test = suite('control group limits');

const V2 = '29 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n';
const V1 =
  '32 31 0:29 / /cg/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n35 31 0:32 / /cg/memory rw - cgroup cgroup rw,memory\n';
const MIB = 1024 * 1024;

const limits = (cgroup: string, mountinfo: string, files: Record<string, string>) =>
  cgroupLimits(cgroup, parseMountinfo(mountinfo), (path) => files[path] ?? null);

test('version 2: the tightest limit on the way up counts', () => {
  const found = limits('0::/user.slice/job.scope\n', V2, {
    '/sys/fs/cgroup/user.slice/job.scope/memory.max': 'max',
    '/sys/fs/cgroup/user.slice/job.scope/cpu.max': '400000 100000',
    '/sys/fs/cgroup/user.slice/memory.max': String(512 * MIB),
    '/sys/fs/cgroup/user.slice/cpu.max': '150000 100000',
    '/sys/fs/cgroup/memory.max': String(600 * MIB),
  });
  assert.equal(found, { memoryMaxBytes: 512 * MIB, cpuMax: 1.5 });
});

test('version 2: no limit is null', () => {
  const files = { '/sys/fs/cgroup/a/memory.max': 'max', '/sys/fs/cgroup/a/cpu.max': 'max 100000' };
  assert.equal(limits('0::/a\n', V2, files), { memoryMaxBytes: null, cpuMax: null });
});

test('version 2 in a container: its own group is the top of what is mounted', () => {
  const files = { '/sys/fs/cgroup/memory.max': String(MIB), '/sys/fs/cgroup/cpu.max': '50000 100000' };
  const expected = { memoryMaxBytes: MIB, cpuMax: 0.5 };
  assert.equal(limits('0::/\n', V2, files), expected);
  const namespaced = V2.replace('0:26 / ', '0:26 /../../pod42 ');
  assert.equal(limits('0::/\n', namespaced, files), expected);
  const partial = V2.replace('0:26 / ', '0:26 /kubepods/pod42 ');
  assert.equal(limits('0::/kubepods/pod42\n', partial, files), expected);
  const below = { '/sys/fs/cgroup/inner/memory.max': String(MIB / 2), ...files };
  assert.equal(limits('0::/kubepods/pod42/inner\n', partial, below), { memoryMaxBytes: MIB / 2, cpuMax: 0.5 });
});

test('version 1: limits and quotas, with its own words for none', () => {
  const group = '5:memory:/docker/ab\n3:cpu,cpuacct:/docker/ab\n1:name=systemd:/docker/ab\n';
  const set = limits(group, V1, {
    '/cg/memory/docker/ab/memory.limit_in_bytes': String(256 * MIB),
    '/cg/memory/memory.limit_in_bytes': '9223372036854771712',
    '/cg/cpu,cpuacct/docker/ab/cpu.cfs_quota_us': '250000',
    '/cg/cpu,cpuacct/docker/ab/cpu.cfs_period_us': '100000',
  });
  assert.equal(set, { memoryMaxBytes: 256 * MIB, cpuMax: 2.5 });
  const none = limits(group, V1, {
    '/cg/memory/docker/ab/memory.limit_in_bytes': '9223372036854771712',
    '/cg/cpu,cpuacct/docker/ab/cpu.cfs_quota_us': '-1',
    '/cg/cpu,cpuacct/docker/ab/cpu.cfs_period_us': '100000',
  });
  assert.equal(none, { memoryMaxBytes: null, cpuMax: null });
});

test('both versions at once: each controller where it is', () => {
  const found = limits('4:memory:/job\n0::/job\n', V1 + V2, {
    '/cg/memory/job/memory.limit_in_bytes': String(MIB),
    '/sys/fs/cgroup/job/cpu.max': '100000 50000',
  });
  assert.equal(found, { memoryMaxBytes: MIB, cpuMax: 2 });
});

test('a colon in the name of a group', () => {
  const files = { '/sys/fs/cgroup/a:b/memory.max': String(MIB) };
  assert.is(limits('0::/a:b\n', V2, files).memoryMaxBytes, MIB);
});

test('nothing readable is no limit', () => {
  assert.equal(limits('', '', {}), { memoryMaxBytes: null, cpuMax: null });
  const { memoryMaxBytes, cpuMax } = readCgroupLimits();
  assert.ok(memoryMaxBytes === null || memoryMaxBytes > 0);
  assert.ok(cpuMax === null || cpuMax > 0);
});

test.run();
