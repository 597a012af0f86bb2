/** Reads what else the machine does: CPU time of other programs, steal, load average and pressure. */
import { readdirSync } from 'node:fs';
import type { MachineStart, MachineUse, StalledTime } from '../../record/machine-use.js';
import { numbersOfList, type ReadText, readText, unifiedDirectories } from './cgroup.js';
import { processStat } from './process-stat.js';
import { NS_PER_TICK } from './thread-usage.js';

/** The machine's counters at one moment. CPU times are totals of the CPUs that this process may use. */
export interface MachineReading {
  readonly atNs: number;
  /** Null when /proc does not show the times of these CPUs. */
  readonly cpu: CpuTimes | null;
  /** What feedrate itself used: this process with all its threads, and the one that started it. */
  readonly own: OwnCpuTimes;
  readonly loadAverage: number | null;
  readonly stalled: StalledTime;
  readonly groupStalled: StalledTime;
}

/** ns. Interrupts are left out: they are work for whoever does the I/O, which is feedrate. */
export interface CpuTimes {
  readonly cpus: number;
  readonly userNs: number;
  readonly systemNs: number;
  readonly stealNs: number;
}

export interface OwnCpuTimes {
  readonly userNs: number;
  readonly systemNs: number;
}

/** Returns the times of the CPUs that this process may use, from /proc/stat; null when a line of theirs is missing. */
export function cpuTimes(read: ReadText): CpuTimes | null {
  const allowed = /^Cpus_allowed_list:\s*(\S+)$/m.exec(read('/proc/self/status') ?? '')?.[1];
  const lines = new Map((read('/proc/stat') ?? '').split('\n').map((line) => [line.split(' ', 1)[0], line]));
  const cpus = allowed === undefined ? [] : numbersOfList(allowed);
  const sum = { cpus: cpus.length, userNs: 0, systemNs: 0, stealNs: 0 };
  for (const cpu of cpus) {
    // user nice system idle iowait irq softirq steal. Kernels that count no steal end earlier.
    const fields = lines.get(`cpu${cpu}`)?.split(' ').slice(1).map(Number);
    // A CPU that is allowed may be offline.
    if (fields === undefined) sum.cpus--;
    const [user = 0, nice = 0, system = 0, , , , , steal = 0] = fields ?? [];
    sum.userNs += (user + nice) * NS_PER_TICK;
    sum.systemNs += system * NS_PER_TICK;
    sum.stealNs += steal * NS_PER_TICK;
  }
  return sum.cpus > 0 ? sum : null;
}

/** Returns the totals of `some` in the three files of pressure; null for those that cannot be read. */
function stalledTime(read: ReadText, path: (resource: string) => string | null): StalledTime {
  const totalNs = (resource: string): number | null => {
    const file = path(resource);
    const total = /^some .*total=(\d+)$/m.exec((file === null ? null : read(file)) ?? '')?.[1];
    return total === undefined ? null : Number(total) * 1e3;
  };
  return { cpuNs: totalNs('cpu'), ioNs: totalNs('io'), memoryNs: totalNs('memory') };
}

const loadAverageOf = (read: ReadText): number | null => {
  const average = Number.parseFloat(read('/proc/loadavg') ?? '');
  return Number.isNaN(average) ? null : average;
};

/** The directory of this process's group in the unified tree, looked up once; null: it is not visible. */
let ownGroup: string | null | undefined;

function ownCpu(): OwnCpuTimes {
  const { user, system } = process.cpuUsage();
  // The parent is the coordinating process. It shows progress meanwhile. Its split is not needed: it is small.
  const parentNs = (processStat(process.ppid)?.usedTicks ?? 0) * NS_PER_TICK;
  return { userNs: user * 1e3 + parentNs, systemNs: system * 1e3 };
}

/** Returns the counters now. Reads about ten files of /proc and of the control group. */
export function readMachine(read: ReadText = readText, own: () => OwnCpuTimes = ownCpu): MachineReading {
  ownGroup ??= unifiedDirectories()[0] ?? null;
  return {
    atNs: performance.now() * 1e6,
    cpu: cpuTimes(read),
    own: own(),
    loadAverage: loadAverageOf(read),
    stalled: stalledTime(read, (resource) => `/proc/pressure/${resource}`),
    groupStalled: stalledTime(read, (resource) => (ownGroup ? `${ownGroup}/${resource}.pressure` : null)),
  };
}

/** Returns the load of the machine as a run starts. */
export function readMachineStart(read: ReadText = readText): MachineStart {
  const share = (resource: string): number | null => {
    const percent = /^some avg10=([\d.]+)/m.exec(read(`/proc/pressure/${resource}`) ?? '')?.[1];
    return percent === undefined ? null : Number(percent) / 100;
  };
  return {
    loadAverage: loadAverageOf(read),
    cpuStalledShare: share('cpu'),
    ioStalledShare: share('io'),
    memoryStalledShare: share('memory'),
  };
}

/** Above this share of the CPUs, it matters whether a program or the kernel itself used the system time. */
const LOOK_SHARE = 0.05;

/**
 * Returns what the machine did between two readings. Time in user mode that is not feedrate's is that of other programs.
 * Time in the kernel may also be its own threads', which write back, encrypt or send for feedrate: it counts as other
 * programs' only if `othersRun` sees one running. That looks at all processes, so it is asked only where it matters.
 */
export function usedBetween(
  before: MachineReading,
  after: MachineReading,
  othersRun: () => boolean,
): Omit<MachineUse, 'clockFastestNs' | 'clockTypicalNs'> {
  const spanNs = after.atNs - before.atNs;
  const used = before.cpu === null || after.cpu === null ? null : timesBetween(before, after, before.cpu, after.cpu);
  const cpus = after.cpu?.cpus ?? 1;
  const isForeign = used !== null && used.systemNs > LOOK_SHARE * spanNs * cpus && othersRun();
  return {
    spanNs: Math.round(spanNs),
    cpus,
    othersCpuNs: used === null ? null : used.userNs + (isForeign ? used.systemNs : 0),
    kernelCpuNs: used === null ? null : isForeign ? 0 : used.systemNs,
    stealNs: used?.stealNs ?? null,
    loadAverage: before.loadAverage,
    stalled: stalledBetween(before.stalled, after.stalled),
    groupStalled: stalledBetween(before.groupStalled, after.groupStalled),
  };
}

/** Returns the times between two readings without feedrate's own. The ticks of the machine can miss some of these. */
function timesBetween(from: MachineReading, to: MachineReading, before: CpuTimes, after: CpuTimes) {
  const ownUserNs = to.own.userNs - from.own.userNs;
  const ownNs = ownUserNs + to.own.systemNs - from.own.systemNs;
  const allUserNs = after.userNs - before.userNs;
  const othersNs = Math.max(0, allUserNs + after.systemNs - before.systemNs - ownNs);
  const userNs = Math.round(Math.min(othersNs, Math.max(0, allUserNs - ownUserNs)));
  return { userNs, systemNs: Math.round(othersNs - userNs), stealNs: Math.max(0, after.stealNs - before.stealNs) };
}

function stalledBetween(before: StalledTime, after: StalledTime): StalledTime {
  const between = (key: keyof StalledTime): number | null => {
    const [from, to] = [before[key], after[key]];
    return from === null || to === null ? null : Math.max(0, to - from);
  };
  return { cpuNs: between('cpuNs'), ioNs: between('ioNs'), memoryNs: between('memoryNs') };
}

/** PF_KTHREAD in the flags of /proc/PID/stat. */
const KERNEL_THREAD = 0x0020_0000;

/** Returns whether a program other than feedrate is running, or is waiting only for a CPU, at this moment. */
export function othersRun(): boolean {
  try {
    const own = [process.pid, process.ppid];
    return readdirSync('/proc').some((name) => {
      if (!/^\d+$/.test(name) || own.includes(Number(name))) return false;
      const found = processStat(Number(name));
      return found !== null && found.state === 'R' && (found.flags & KERNEL_THREAD) === 0;
    });
  } catch {
    return false;
  }
}
