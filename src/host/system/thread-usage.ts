/** Reads CPU time and page faults of the calling thread, for the client's self-check. Works in worker threads. */
import { readFileSync } from 'node:fs';
import { type Libc, libc, RUSAGE_THREAD } from './libc.js';

/** Totals since the thread started. */
export interface ThreadUsage {
  readonly totalNs: number;
  readonly userNs: number;
  readonly systemNs: number;
  /** Page faults that needed no I/O, and those that did. */
  readonly minorFaults: number;
  readonly majorFaults: number;
  /** How often another task took the CPU from the thread; null when it is not known. */
  readonly involuntarySwitches: number | null;
}

/** sizeof(struct rusage) with 64-bit longs. It begins with ru_utime and ru_stime, each {seconds, microseconds}. */
const RUSAGE_BYTES = 144;
const RU_MINFLT = 8;
const RU_MAJFLT = 9;
const RU_NIVCSW = 17;
/** USER_HZ, the unit of /proc/…/stat, is 100 on every architecture that Node runs on. */
export const NS_PER_TICK = 10_000_000;

let rusage: { readonly view: Uint8Array; readonly words: BigInt64Array; readonly address: number } | null = null;

function fromRusage(calls: Libc): ThreadUsage | null {
  if (rusage === null) {
    const view = new Uint8Array(RUSAGE_BYTES);
    rusage = { view, words: new BigInt64Array(view.buffer), address: calls.addressOf(view) };
  }
  if (calls.getrusage(RUSAGE_THREAD, rusage.address) !== 0) return null;
  const [userSeconds = 0n, userMicroseconds = 0n, systemSeconds = 0n, systemMicroseconds = 0n] = rusage.words;
  const userNs = Number(userSeconds) * 1e9 + Number(userMicroseconds) * 1e3;
  const systemNs = Number(systemSeconds) * 1e9 + Number(systemMicroseconds) * 1e3;
  const minorFaults = Number(rusage.words[RU_MINFLT]);
  const majorFaults = Number(rusage.words[RU_MAJFLT]);
  const involuntarySwitches = Number(rusage.words[RU_NIVCSW]);
  return { totalNs: userNs + systemNs, userNs, systemNs, minorFaults, majorFaults, involuntarySwitches };
}

function fromProc(): ThreadUsage | null {
  try {
    const stat = readFileSync('/proc/thread-self/stat', 'utf8');
    // The second field is the thread's name in parentheses, which may contain any character. Fields 10, 12, 14 and 15
    // are minflt, majflt, utime and stime.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const userNs = Number(fields[11]) * NS_PER_TICK;
    const systemNs = Number(fields[12]) * NS_PER_TICK;
    const runNs = Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]);
    // Kernels without scheduler statistics report 0.
    const counts = { minorFaults: Number(fields[7]), majorFaults: Number(fields[9]), involuntarySwitches: null };
    return { totalNs: runNs > 0 ? runNs : userNs + systemNs, userNs, systemNs, ...counts };
  } catch {
    return null;
  }
}

/**
 * Returns CPU time and page faults of the calling thread from getrusage(RUSAGE_THREAD), or without koffi from
 * /proc/thread-self. There, user and system time have steps of 10 ms and may not add up to the total. Null when neither
 * can be read.
 */
export function threadUsage(): ThreadUsage | null {
  const calls = libc();
  return (calls === null ? null : fromRusage(calls)) ?? fromProc();
}
