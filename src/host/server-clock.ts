/** Compares the clock of this machine with that of a file server, by the times that the server gives to new directories. */
import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { passingName } from './files/own-names.js';

/**
 * How far this machine's clock is ahead of the one that stamps files on the server, ns, and how far that may be wrong. That clock
 * may be late itself, by a few ms: kernels take the time of the last tick. It is the same for all machines.
 */
export interface ServerClock {
  readonly offsetNs: number;
  readonly errorNs: number;
}

/** A time that the server gave, ns since 1970, and this machine's clock before the request and after the answer. */
export interface ServerStamp {
  readonly beforeNs: number;
  readonly stampNs: number;
  readonly afterNs: number;
}

/** Servers count their time in steps of up to 10 ms. Two steps are needed; more of them make the bounds narrower. */
const STEPS = 4;
const MOST_STAMPS = 400;
const LONGEST_NS = 500_000_000;

/**
 * Returns the offset between two clocks. A stamp is at most the server's time when it was given, by an unknown step, so every
 * answer bounds the offset from above. Before a request that got an earlier stamp, the server had not reached the next one,
 * which bounds it from below. Nothing is assumed about delays or the length of steps.
 * @param stamps in their order
 * @returns null if the server's time did not change
 */
export function offsetBetween(stamps: readonly ServerStamp[]): ServerClock | null {
  let [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const [place, { stampNs, afterNs }] of stamps.entries()) {
    most = Math.min(most, afterNs - stampNs);
    const before = stamps[place - 1];
    if (before !== undefined && before.stampNs < stampNs) least = Math.max(least, before.beforeNs - stampNs);
  }
  if (!Number.isFinite(least)) return null;
  // A clock that was set meanwhile makes the bounds contradict each other.
  return { offsetNs: Math.round((least + most) / 2), errorNs: Math.round(Math.abs(most - least) / 2) };
}

/**
 * Measures the offset of this machine's clock from that of the file system of a directory. Takes at most half a second, and leaves
 * nothing. Null if nothing can be written there, or the server's times are too coarse.
 * @param nowNs this machine's clock, ns since 1970
 */
export function measureServerClock(directory: string, nowNs: () => number): ServerClock | null {
  const own = join(directory, passingName('new'));
  const stamps: ServerStamp[] = [];
  try {
    mkdirSync(own);
    const endNs = nowNs() + LONGEST_NS;
    for (let steps = 0; steps < STEPS && stamps.length < MOST_STAMPS && nowNs() < endNs; ) {
      const path = join(own, String(stamps.length));
      const beforeNs = nowNs();
      // The answer has the directory's times, so that no cache can be older.
      mkdirSync(path);
      const stampNs = Number(lstatSync(path, { bigint: true }).mtimeNs);
      const last = stamps.at(-1);
      if (last !== undefined && last.stampNs < stampNs) steps++;
      stamps.push({ beforeNs, stampNs, afterNs: nowNs() });
    }
    return offsetBetween(stamps);
  } catch {
    return null;
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}
