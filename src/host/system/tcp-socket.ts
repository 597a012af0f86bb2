/** Socket calls for the TCP connections of libnfs. */
import type { TcpCount } from '../../record/nfs-traffic.js';
import { type Libc, SYS_GETSOCKOPT, SYS_SETSOCKOPT } from './libc.js';

/** From tcp(7) and `struct tcp_info` in <linux/tcp.h>. Both counts exist since Linux 4.1. */
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
const TCP_INFO = 11;
const BYTES_ACKED_AT = 120;
const BYTES_RECEIVED_AT = 128;
const LEAST_BYTES = 136;

const info = new DataView(new ArrayBuffer(256));
const infoBytes = new Uint32Array(1);

/** Returns the kernel's byte counts of a socket, or null when it has none. */
export function tcpCount({ syscall, addressOf }: Libc, fd: number): TcpCount | null {
  const call = SYS_GETSOCKOPT[process.arch];
  if (call === undefined || fd < 0) return null;
  infoBytes[0] = info.byteLength;
  if (syscall(call, fd, IPPROTO_TCP, TCP_INFO, addressOf(info), addressOf(infoBytes), 0) !== 0) return null;
  if (infoBytes[0] < LEAST_BYTES) return null;
  const littleEndian = true;
  return {
    receivedBytes: Number(info.getBigUint64(BYTES_RECEIVED_AT, littleEndian)),
    sentBytes: Number(info.getBigUint64(BYTES_ACKED_AT, littleEndian)),
  };
}

const yes = new Int32Array([1]);

/**
 * Turns Nagle's algorithm off, as the kernel's NFS client does. Otherwise the last segment of a WRITE waits until the
 * server has acknowledged the segments before it.
 */
export function sendAtOnce({ syscall, addressOf }: Libc, fd: number): void {
  const call = SYS_SETSOCKOPT[process.arch];
  if (call !== undefined) syscall(call, fd, IPPROTO_TCP, TCP_NODELAY, addressOf(yes), yes.byteLength, 0);
}
