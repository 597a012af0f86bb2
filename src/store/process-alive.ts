import { readFileSync } from 'node:fs';
import { systemFaultOf } from '../base/errors.js';
import { type ProcessStat, processStat } from '../host/system/process-stat.js';

/** The unit of times in `/proc/PID/stat`: USER_HZ, which is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
/** A tolerance, because the kernel reports the boot time in whole seconds. */
const SLACK_MS = 5000;

/**
 * Returns whether the process that ran at `startedMs` (since the epoch) still runs. A later process
 * with the same number does not count. That is common in containers and after a reboot. A process that has ended and whose
 * parent does not ask for its status does not run either: in containers, that parent is often no real init.
 */
export function isProcessOf(pid: number, startedMs: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemFaultOf(error).code !== 'EPERM') return false;
  }
  const stat = processStat(pid);
  if (stat?.state === 'Z' || stat?.state === 'X') return false;
  const bornMs = stat === null ? null : startMs(stat);
  return bornMs === null || bornMs <= startedMs + SLACK_MS;
}

/** Returns the start of a process in ms since the epoch, or null when /proc does not show it. */
function startMs({ startTicks }: ProcessStat): number | null {
  try {
    const bootSeconds = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
    const ms = (bootSeconds + startTicks / TICKS_PER_SECOND) * 1000;
    return Number.isFinite(ms) ? ms : null;
  } catch {
    return null;
  }
}
