import { spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { evict } from '../../src/host/files/page-cache.js';
import { blockDeviceBytes, blockDeviceOf } from '../../src/host/system/block-device.js';
import { delta, snapshot } from '../../src/host/system/io-counters.js';
import { mountOf } from '../../src/host/system/mountinfo.js';
import type { IoCounters } from '../../src/record/trial-record.js';
import { needTool, skipTest } from '../support/skip.js';
import { warm } from '../support/warm.js';
import { runChild } from './child.js';
import { withDiskDirectory, withTemporaryDirectory } from './temporary.js';

const test = suite('I/O counters');
const MIB = 1024 * 1024;

function needProcessIo(): void {
  if (!existsSync('/proc/self/io')) skipTest('the kernel keeps no /proc/self/io');
}

test('an evicted file is read from the device, a warm one is not', () => {
  needProcessIo();
  withDiskDirectory((directory) => {
    const path = join(directory, 'f');
    writeFileSync(path, randomFillSync(new Uint8Array(16 * MIB)));
    evict([path], { dropCaches: false });
    const before = snapshot({ path: directory });
    warm([path]);
    const cold = snapshot({ path: directory });
    warm([path]);
    const warmed = delta(cold, snapshot({ path: directory }));
    const { processDeviceReadBytes, blockDevice, blockReadBytes } = delta(before, cold);
    assert.ok((processDeviceReadBytes ?? 0) >= 16 * MIB, String(processDeviceReadBytes));
    assert.ok((processDeviceReadBytes ?? 0) < 18 * MIB, String(processDeviceReadBytes));
    assert.ok((warmed.processDeviceReadBytes ?? MIB) < MIB / 4, String(warmed.processDeviceReadBytes));
    if (blockDevice !== null) assert.ok((blockReadBytes ?? 0) >= 16 * MIB, String(blockReadBytes));
  });
});

test('written bytes are counted', () => {
  needProcessIo();
  withDiskDirectory((directory) => {
    const before = snapshot({ path: directory });
    writeFileSync(join(directory, 'f'), randomFillSync(new Uint8Array(4 * MIB)), { flush: true });
    const { processDeviceWriteBytes, blockWriteBytes } = delta(before, snapshot({ path: directory }));
    assert.ok((processDeviceWriteBytes ?? 0) >= 4 * MIB, String(processDeviceWriteBytes));
    if (blockWriteBytes !== null) assert.ok(blockWriteBytes >= 4 * MIB, String(blockWriteBytes));
  });
});

test('names the device that findmnt names', () => {
  needTool('findmnt');
  withDiskDirectory((directory) => {
    const result = spawnSync('findmnt', ['-n', '-o', 'MAJ:MIN', '-T', directory], { encoding: 'utf8' });
    const device = blockDeviceOf(directory);
    if (device === null) skipTest('the temporary directory is on no block device');
    assert.is(device.number, result.stdout.trim());
    assert.ok(existsSync(`/sys/class/block/${device.name}`));
  });
});

test('reads the columns that /proc/diskstats has', () => {
  withDiskDirectory((directory) => {
    const device = blockDeviceOf(directory) ?? skipTest('the temporary directory is on no block device');
    const before = blockDeviceBytes(device);
    const line = readFileSync('/proc/diskstats', 'utf8')
      .split('\n')
      .map((text) => text.trim().split(/\s+/))
      .find((fields) => fields[2] === device.name);
    const after = blockDeviceBytes(device);
    const between = (low: number | undefined, sectors: string | undefined, high: number | undefined): void =>
      assert.ok(
        (low ?? 0) <= Number(sectors) * 512 && Number(sectors) * 512 <= (high ?? 0),
        `${low} ${sectors} ${high}`,
      );
    between(before?.readBytes, line?.[5], after?.readBytes);
    between(before?.writeBytes, line?.[9], after?.writeBytes);
  });
});

test('file systems without a block device have none', () => {
  for (const path of ['/proc', '/sys', '/dev/shm']) {
    if (statSync(path, { throwIfNoEntry: false }) !== undefined) assert.is(blockDeviceOf(path), null, path);
  }
  withTemporaryDirectory((directory) => {
    const { blockDevice, blockReadBytes, blockWriteBytes } = snapshot({ path: directory });
    assert.equal([blockDevice, blockReadBytes, blockWriteBytes], [null, null, null]);
    assert.is(mountOf(directory)?.fileSystem, 'tmpfs');
  }, '/dev/shm');
});

test('an anonymous device is looked up by the source of its mount', () => {
  needTool('findmnt');
  withDiskDirectory((directory) => {
    // tmpfs takes any name for its source, and so stands in for btrfs, whose files have an anonymous device, too.
    const shell =
      'mkdir $D/m && device=$(findmnt -n -o SOURCE -T $D) && test -b "$device" && mount -t tmpfs "$device" $D/m';
    const text = `
      const { blockDeviceOf } = await host('system/block-device');
      answer([blockDeviceOf(D + '/m'), blockDeviceOf(D)]);`;
    const [bySource, byNumber] = runChild(text, { shell, directory }) as unknown[];
    assert.ok(byNumber);
    assert.equal(bySource, byNumber);
  });
});

test('a loop device is a block device', () => {
  needTool('mkfs.ext4');
  withDiskDirectory((directory) => {
    const shell = `truncate -s 16M $D/image && mkfs.ext4 -q $D/image && mkdir $D/m && mount -o loop $D/image $D/m`;
    const text = `
      const { snapshot } = await host('system/io-counters');
      answer(snapshot({ path: D + '/m' }));`;
    const counters = runChild(text, { shell, directory }) as IoCounters;
    assert.match(counters.blockDevice ?? '', /^loop\d+$/);
    assert.ok((counters.blockReadBytes ?? 0) > 0);
  });
});

test('what is unknown at either end stays unknown', () => {
  const known: IoCounters = {
    processDeviceReadBytes: 10,
    processDeviceWriteBytes: 20,
    blockDevice: 'vda',
    blockReadBytes: 30,
    blockWriteBytes: 40,
  };
  assert.equal(delta(known, { ...known, blockReadBytes: 35, processDeviceReadBytes: null }), {
    processDeviceReadBytes: null,
    processDeviceWriteBytes: 0,
    blockDevice: 'vda',
    blockReadBytes: 5,
    blockWriteBytes: 0,
  });
  const other = delta(known, { ...known, blockDevice: 'vdb' });
  assert.equal([other.blockDevice, other.blockReadBytes, other.blockWriteBytes], [null, null, null]);
});

test.run();
