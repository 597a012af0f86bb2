import { readFileSync } from 'node:fs';

/** What /proc tells of a process: proc_pid_stat(5). */
export interface ProcessStat {
  /** A letter, such as `S` for one that sleeps. */
  readonly state: string;
  /** PF_… bits, such as that of a kernel thread. */
  readonly flags: number;
  /** Processor time of all its threads so far, clock ticks. */
  readonly usedTicks: number;
  /** Clock ticks from the machine's start to the start of the process. */
  readonly startTicks: number;
}

/** Returns null when no process has this number, or /proc does not show it. */
export function processStat(pid: number): ProcessStat | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the command, in parentheses, may contain spaces. Field 3 follows it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = ''] = fields;
    const flags = Number(fields[6]);
    return { state, flags, usedTicks: Number(fields[11]) + Number(fields[12]), startTicks: Number(fields[19]) };
  } catch {
    return null;
  }
}
