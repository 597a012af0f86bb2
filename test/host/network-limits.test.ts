/** What is known of the network on the way to an NFS server. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { networkLimitsOf } from '../../src/host/network-limits.js';
import { parseNfsOptions } from '../../src/host/nfs/nfs-options.js';
import type { TargetEnvironment } from '../../src/record/run-record.js';

const test = suite('host/network-limits');

const ROUTES = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth1\t0000000A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
`;

function limits(address: string, files: Readonly<Record<string, string>>) {
  const options = parseNfsOptions([`addr=${address}`, 'proto=tcp', 'nconnect=4']);
  const target = { nfs: { options, service: 'fsx-ontap' } } as TargetEnvironment;
  const read = (path: string) => ({ '/proc/net/route': ROUTES, ...files })[path] ?? null;
  return networkLimitsOf(target, read);
}

const SPEEDS = { '/sys/class/net/eth0/speed': '1000\n', '/sys/class/net/eth1/speed': '25000\n' };
const EC2 = {
  '/sys/devices/virtual/dmi/id/sys_vendor': 'Amazon EC2\n',
  '/sys/devices/virtual/dmi/id/product_name': 'c5n.18xlarge\n',
};

test('the link is the interface with the narrowest route to the server', () => {
  const link = (address: string) => limits(address, SPEEDS)?.linkBytesPerSecond;
  assert.equal([link('10.0.3.4'), link('192.0.2.7')], [25_000 * 125_000, 1000 * 125_000]);
});

test('a virtual interface has no speed, and between EC2 instances one connection has a limit', () => {
  const virtual = { '/sys/class/net/eth0/speed': '-1\n' };
  assert.is(limits('192.0.2.7', virtual), null);
  assert.is(limits('fd00::1', SPEEDS), null);
  assert.equal(limits('192.0.2.7', { ...virtual, ...EC2 }), {
    linkBytesPerSecond: null,
    connectionBytesPerSecond: 625e6,
    connections: 4,
  });
});

test('a target that is not on NFS has none', () => assert.is(networkLimitsOf({} as TargetEnvironment), null));

test.run();
