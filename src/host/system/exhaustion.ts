/** Says which limit of the system was reached when a process, a thread, memory or a file could not be had. */
import { join } from 'node:path';
import { isMemoryMessage, type SystemFault } from '../../base/errors.js';
import { formatBytes } from '../../base/units.js';
import { cgroupDirectories, readText } from './cgroup.js';
import { readMachineLimits, resourceLimit } from './machine-limits.js';

/** What ran out. */
type Resource = 'processes' | 'memory' | 'files' | 'files of all processes';

/** The errors that mean a limit wherever they occur. */
const RESOURCES: Readonly<Record<string, Resource>> = {
  EMFILE: 'files',
  ENFILE: 'files of all processes',
  ENOMEM: 'memory',
  ERR_WORKER_OUT_OF_MEMORY: 'memory',
  ERR_WORKER_INIT_FAILED: 'processes',
};

/**
 * Returns the fault with the limit that caused it and the remedy, in one line. Other faults are returned as they are.
 * @param attempt `start`: a process or thread was to be started, where EAGAIN means a limit too
 */
export function explained(fault: SystemFault, attempt?: 'start'): SystemFault {
  const { code, message } = fault;
  const resource = attempt === 'start' && code === 'EAGAIN' ? 'processes' : RESOURCES[code];
  if (resource !== undefined) return { ...fault, message: `${message}; ${limitText(resource)}` };
  return isMemoryMessage(message) ? { ...fault, code: 'ENOMEM', message: `${message}; ${limitText('memory')}` } : fault;
}

/** Returns the limits of a resource and how to stay below them, such as `the limit of open files (ulimit -n) is 64; …`. */
export function limitText(resource: Resource): string {
  switch (resource) {
    case 'processes': {
      const limits = [rowOf('Max processes', 'ulimit -u'), groupLimit('pids', 'pids.max')].filter(isKnown);
      return `this user or control group may start no more processes and threads${listOf(limits)}; raise the limit, end other programs, or use a smaller numjobs`;
    }
    case 'memory': {
      const bytes = groupLimit('memory', 'memory.max') ?? groupLimit('memory', 'memory.limit_in_bytes');
      const limits = [rowOf('Max address space', 'ulimit -v in bytes'), bytes].filter(isKnown);
      return `there is not enough memory${listOf(limits)}; raise the limit, or use a smaller numjobs, bs or iodepth`;
    }
    case 'files':
      // To read the limit takes a file, too.
      return `this process may open no more files (${rowOf('Max open files', 'ulimit -n') ?? 'ulimit -n'}); raise the limit, or use a smaller numjobs or nrfiles`;
    case 'files of all processes':
      return 'this machine may open no more files (fs.file-max); raise it with sysctl, or end other programs';
  }
}

/** Returns how many processes of this control group the kernel has killed for want of memory; of the machine without one. */
export function oomKills(): number {
  const paths = cgroupDirectories('memory').flatMap((directory) => [
    join(directory, 'memory.events'),
    join(directory, 'memory.oom_control'),
  ]);
  for (const path of [...paths, '/proc/vmstat']) {
    const kills = /^oom_kill (\d+)$/m.exec(textOf(path))?.[1];
    if (kills !== undefined) return Number(kills);
  }
  return 0;
}

/** Fewer than this many free processes and threads do not suffice for one more Node process, which has 11 threads. */
const FEW_PROCESSES = 24;

/** Returns whether this user, control group or machine can hardly start another process. */
export function nearProcessLimit(): boolean {
  return readMachineLimits().some(({ resource, available }) => resource === 'threads' && available < FEW_PROCESSES);
}

const numberIn = (path: string): number => Number.parseInt(textOf(path), 10);
const isKnown = (text: string | null): text is string => text !== null;
const listOf = (limits: readonly string[]): string => (limits.length === 0 ? '' : ` (${limits.join(', ')})`);

/** Returns a soft limit from /proc/self/limits as `NAME N`; null without one. */
function rowOf(row: string, name: string): string | null {
  const value = resourceLimit(readText, row);
  return value === null ? null : `${name}: ${value}`;
}

/** Returns the tightest limit of the control group and its parents as `FILE N in DIRECTORY`; null without one. */
function groupLimit(controller: string, file: string): string | null {
  const limits = cgroupDirectories(controller)
    .map((directory) => ({ directory, value: numberIn(join(directory, file)) }))
    // Version 1 writes the largest multiple of a page for "no limit".
    .filter(({ value }) => value < 2 ** 60)
    .sort((a, b) => a.value - b.value);
  const [tightest] = limits;
  if (tightest === undefined) return null;
  const { directory, value } = tightest;
  return `${file}: ${controller === 'memory' ? formatBytes(value) : value} in ${directory}`;
}

/** Empty when it cannot be read, as when no more files may be opened. */
function textOf(path: string): string {
  return readText(path) ?? '';
}
