/** CPU time of the calling thread, for the client's self-check. Works in worker threads. */
import { readFileSync } from 'node:fs';
import { type Libc, libc, RUSAGE_THREAD } from './libc.js';

/** CPU time since the thread started, ns. */
export interface ThreadCpu {
  readonly totalNs: number;
  readonly userNs: number;
  readonly systemNs: number;
}

/** sizeof(struct rusage) with 64-bit longs; it begins with ru_utime and ru_stime, {seconds, microseconds} each. */
const RUSAGE_BYTES = 144;
/** USER_HZ, the unit of /proc/…/stat, is 100 on every architecture that Node runs on. */
const NS_PER_TICK = 10_000_000;

let rusage: { readonly view: Uint8Array; readonly words: BigInt64Array; readonly address: number } | null = null;

function fromRusage(calls: Libc): ThreadCpu | null {
  if (rusage === null) {
    const view = new Uint8Array(RUSAGE_BYTES);
    rusage = { view, words: new BigInt64Array(view.buffer), address: calls.addressOf(view) };
  }
  if (calls.getrusage(RUSAGE_THREAD, rusage.address) !== 0) return null;
  const [userSeconds = 0n, userMicroseconds = 0n, systemSeconds = 0n, systemMicroseconds = 0n] = rusage.words;
  const userNs = Number(userSeconds) * 1e9 + Number(userMicroseconds) * 1e3;
  const systemNs = Number(systemSeconds) * 1e9 + Number(systemMicroseconds) * 1e3;
  return { totalNs: userNs + systemNs, userNs, systemNs };
}

function fromProc(): ThreadCpu | null {
  try {
    const stat = readFileSync('/proc/thread-self/stat', 'utf8');
    // The second field is the thread's name in parentheses, which may hold anything. utime and stime are fields 14, 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const userNs = Number(fields[11]) * NS_PER_TICK;
    const systemNs = Number(fields[12]) * NS_PER_TICK;
    const runNs = Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]);
    // Kernels without scheduler statistics say 0.
    return { totalNs: runNs > 0 ? runNs : userNs + systemNs, userNs, systemNs };
  } catch {
    return null;
  }
}

/**
 * CPU time of the calling thread: getrusage(RUSAGE_THREAD), or without koffi /proc/thread-self, where user and system
 * come in steps of 10 ms and need not add up to the total. Null when neither can be read.
 */
export function threadCpu(): ThreadCpu | null {
  const calls = libc();
  return (calls === null ? null : fromRusage(calls)) ?? fromProc();
}
