/** Reads what this machine still grants to one more process. A limit is one row of `ROWS`. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { controllerDirectories, type ReadText, readText, smallest } from './cgroup.js';
import { type Mount, readMounts } from './mountinfo.js';

/** A limit of this machine. */
export interface MachineLimit {
  /** Its name in messages, such as `vm.max_map_count`. */
  readonly name: string;
  /** What it limits. */
  readonly resource: 'memoryBytes' | 'addressBytes' | 'mappings' | 'descriptors' | 'threads';
  /** How much of the resource a new process can use. Infinity if there is no limit. */
  readonly available: number;
  /** A clause that says how to raise it. */
  readonly raise: string;
}

/** Where limits are read. */
export interface LimitSources {
  readonly read: ReadText;
  /** Returns the names in a directory. */
  readonly list: (directory: string) => readonly string[];
  readonly mounts: readonly Mount[];
}

interface LimitRow extends Omit<MachineLimit, 'available'> {
  /** Null when the limit does not exist here or does not apply. */
  readonly available: (sources: LimitSources) => number | null;
}

const ROWS: readonly LimitRow[] = [
  {
    name: 'memory limit of the control group',
    resource: 'memoryBytes',
    available: ({ read, mounts }) =>
      smallest([
        ...groups({ read, mounts }, null).map((at) => memoryLeft(read, at, 'memory.max', 'memory.current')),
        ...groups({ read, mounts }, 'memory').map((at) =>
          memoryLeft(read, at, 'memory.limit_in_bytes', 'memory.usage_in_bytes'),
        ),
      ]),
    raise: 'give the container or job more memory',
  },
  {
    name: 'free memory of the machine',
    resource: 'memoryBytes',
    available: ({ read }) => kibOf(read('/proc/meminfo'), 'MemAvailable'),
    raise: 'end other programs',
  },
  {
    name: 'limit of address space (ulimit -v)',
    resource: 'addressBytes',
    available: ({ read }) => resourceLimit(read, 'Max address space'),
    raise: 'run ulimit -v unlimited',
  },
  {
    name: 'limit of open files (ulimit -n)',
    resource: 'descriptors',
    available: ({ read }) => resourceLimit(read, 'Max open files'),
    raise: 'raise the hard limit with ulimit -n',
  },
  {
    name: 'limit of processes (ulimit -u)',
    resource: 'threads',
    available: (sources) => {
      if (mayExceedProcesses(sources.read)) return null;
      const limit = resourceLimit(sources.read, 'Max processes');
      return limit === null ? null : limit - threadsOfUser(sources);
    },
    raise: 'raise ulimit -u',
  },
  {
    name: 'vm.max_map_count',
    resource: 'mappings',
    available: ({ read }) => numberOf(read('/proc/sys/vm/max_map_count')),
    raise: 'raise it with sysctl',
  },
  {
    name: 'pids.max of the control group',
    resource: 'threads',
    available: ({ read, mounts }) =>
      smallest(
        [...groups({ read, mounts }, null), ...groups({ read, mounts }, 'pids')].map((at) => {
          const limit = numberOf(read(join(at, 'pids.max')));
          return limit === null ? null : limit - (numberOf(read(join(at, 'pids.current'))) ?? 0);
        }),
      ),
    raise: 'raise pids.max (docker run --pids-limit)',
  },
  {
    name: 'kernel.threads-max',
    resource: 'threads',
    available: ({ read }) => {
      const limit = smallest([
        numberOf(read('/proc/sys/kernel/threads-max')),
        numberOf(read('/proc/sys/kernel/pid_max')),
      ]);
      return limit === null ? null : limit - (numberOf(/\/(\d+)/.exec(read('/proc/loadavg') ?? '')?.[1]) ?? 0);
    },
    raise: 'raise kernel.threads-max and kernel.pid_max with sysctl',
  },
];

function numberOf(text: string | null | undefined): number | null {
  const number = text === null || text === undefined || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : null;
}

function groups({ read, mounts }: Pick<LimitSources, 'read' | 'mounts'>, controller: string | null): readonly string[] {
  return controllerDirectories((read('/proc/self/cgroup') ?? '').split('\n'), mounts, controller);
}

/** Returns what a group may still use. The kernel takes back its cached files before it refuses memory. */
function memoryLeft(read: ReadText, directory: string, limitFile: string, usedFile: string): number | null {
  const limit = numberOf(read(join(directory, limitFile)));
  const used = numberOf(read(join(directory, usedFile)));
  if (limit === null || used === null) return null;
  const stat = read(join(directory, 'memory.stat')) ?? '';
  const cached = ['total_inactive_file', 'total_active_file', 'inactive_file', 'active_file'].map(
    (key) => numberOf(new RegExp(`^${key} (\\d+)$`, 'm').exec(stat)?.[1]) ?? 0,
  );
  // Version 1 states both: `total_…` includes the groups below.
  const [inactive = 0, active = 0, ownInactive = 0, ownActive = 0] = cached;
  return limit - used + Math.max(inactive + active, ownInactive + ownActive);
}

function kibOf(text: string | null, key: string): number | null {
  const kib = numberOf(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(text ?? '')?.[1]);
  return kib === null ? null : kib * 1024;
}

/** Returns a soft limit of this process, which its children inherit. Node has raised that of open files to the hard one. */
export function resourceLimit(read: ReadText, name: string): number | null {
  return numberOf(new RegExp(`^${name}\\s+(\\d+)`, 'm').exec(read('/proc/self/limits') ?? '')?.[1]);
}

const CAP_SYS_ADMIN = 1n << 21n;
const CAP_SYS_RESOURCE = 1n << 24n;

/** Returns whether the kernel exempts this user from the limit of processes: root, or one of two capabilities. */
function mayExceedProcesses(read: ReadText): boolean {
  const status = read('/proc/self/status') ?? '';
  const capabilities = BigInt(`0x${/^CapEff:\s+([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return userOf(status) === '0' || (capabilities & (CAP_SYS_ADMIN | CAP_SYS_RESOURCE)) !== 0n;
}

function userOf(status: string): string | undefined {
  return /^Uid:\s+(\d+)/m.exec(status)?.[1];
}

/** Returns the number of threads of this user in all processes, which is what the kernel counts. */
function threadsOfUser({ read, list }: LimitSources): number {
  const user = userOf(read('/proc/self/status') ?? '');
  let threads = 0;
  for (const name of list('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const status = read(`/proc/${name}/status`) ?? '';
    if (userOf(status) === user) threads += numberOf(/^Threads:\s+(\d+)$/m.exec(status)?.[1]) ?? 0;
  }
  return threads;
}

/** Returns the limits that apply, from the given sources. */
export function machineLimits(sources: LimitSources): MachineLimit[] {
  return ROWS.flatMap(({ available, ...row }) => {
    const value = available(sources);
    return value === null ? [] : [{ ...row, available: Math.max(0, value) }];
  });
}

/** Returns the limits of this machine that apply to a process that this one starts. */
export function readMachineLimits(): MachineLimit[] {
  const list = (directory: string): string[] => {
    try {
      return readdirSync(directory);
    } catch {
      return [];
    }
  };
  return machineLimits({ read: readText, list, mounts: readMounts() });
}
