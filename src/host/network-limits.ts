/** What the network lets through on the way to an NFS server. */
import { ONE_FLOW_BYTES_PER_SECOND, passesTcpFlow } from '../doctor/tcp-flow.js';
import type { TargetEnvironment } from '../record/run-record.js';
import { type ReadText, readText } from './system/cgroup.js';
import { readInstanceType } from './system/instance-type.js';

/** Limits of the network; null for what is not known. */
export interface NetworkLimits {
  readonly linkBytesPerSecond: number | null;
  /** Most bytes per second of one connection, and how many connections the mount has. */
  readonly connectionBytesPerSecond: number | null;
  readonly connections: number | null;
}

const BYTES_PER_MEGABIT = 125_000;

/**
 * Returns the limits between this machine and a target's server: the speed of the network interface that leads there, and on an
 * EC2 instance that of one connection. Null for targets that are not on NFS, and if neither is known.
 */
export function networkLimitsOf({ nfs }: TargetEnvironment, read: ReadText = readText): NetworkLimits | null {
  if (nfs === undefined) return null;
  const { serverAddress, connections } = nfs.options;
  const device = serverAddress === null ? null : interfaceTo(serverAddress, read('/proc/net/route') ?? '');
  const megabits = device === null ? Number.NaN : Number(read(`/sys/class/net/${device}/speed`) ?? Number.NaN);
  // Virtual interfaces say -1.
  const linkBytesPerSecond = megabits > 0 ? megabits * BYTES_PER_MEGABIT : null;
  const isFlow = readInstanceType(read) !== undefined && passesTcpFlow('another machine', nfs);
  const connectionBytesPerSecond = isFlow ? ONE_FLOW_BYTES_PER_SECOND : null;
  if (linkBytesPerSecond === null && connectionBytesPerSecond === null) return null;
  return { linkBytesPerSecond, connectionBytesPerSecond, connections };
}

/** Returns the interface of the narrowest route to an IPv4 address in `/proc/net/route`; null if there is none. */
function interfaceTo(address: string, routes: string): string | null {
  const target = hostOrder(address.split('.').map(Number));
  if (target === null) return null;
  let found: { readonly device: string; readonly mask: number } | null = null;
  for (const line of routes.split('\n').slice(1)) {
    const [device, destination = '', , , , , , maskText = ''] = line.trim().split(/\s+/);
    const [network, mask] = [hostOrder(bytesOf(destination)), hostOrder(bytesOf(maskText))];
    if (device === undefined || network === null || mask === null) continue;
    if ((target & mask) >>> 0 === network && mask >= (found?.mask ?? 0)) found = { device, mask };
  }
  return found?.device ?? null;
}

/** The file has addresses as hexadecimal numbers in the order of the machine's bytes, which is little-endian. */
function bytesOf(text: string): number[] {
  return (
    text
      .match(/../g)
      ?.map((pair) => Number.parseInt(pair, 16))
      .reverse() ?? []
  );
}

function hostOrder(bytes: readonly number[]): number | null {
  if (bytes.length !== 4 || bytes.some((byte) => !(byte >= 0 && byte <= 255))) return null;
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}
