import { readFileSync } from 'node:fs';
import { systemFaultOf } from '../base/errors.js';
import { processStat } from '../host/system/process-stat.js';

/** The unit of times in `/proc/PID/stat`: USER_HZ, which is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
/** A tolerance, because the kernel reports the boot time in whole seconds. */
const SLACK_MS = 5000;

/**
 * Returns whether the process that ran at `startedMs` (since the epoch) still runs. A later process
 * with the same number does not count. That is common in containers and after a reboot.
 */
export function isProcessOf(pid: number, startedMs: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemFaultOf(error).code !== 'EPERM') return false;
  }
  const bornMs = processStartMs(pid);
  return bornMs === null || bornMs <= startedMs + SLACK_MS;
}

/** Returns the start of the process in ms since the epoch, or null when /proc does not show it. */
function processStartMs(pid: number): number | null {
  try {
    const bootSeconds = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
    const startTicks = processStat(pid)?.startTicks ?? Number.NaN;
    const startMs = (bootSeconds + startTicks / TICKS_PER_SECOND) * 1000;
    return Number.isFinite(startMs) ? startMs : null;
  } catch {
    return null;
  }
}
