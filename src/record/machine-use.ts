/** How busy a machine was with other work during a trial, and what that means for the trial. */
import type { JsonReader } from './json-reader.js';

/** The time for which at least one task was held up because something was short, ns. Null where it is not counted. */
export interface StalledTime {
  readonly cpuNs: number | null;
  readonly ioNs: number | null;
  readonly memoryNs: number | null;
}

/**
 * The machine around a trial: from just before its workers were started until they had ended. Null: the system does not
 * show it.
 */
export interface MachineUse {
  readonly spanNs: number;
  /** CPUs that feedrate may use. All CPU times are of these alone. */
  readonly cpus: number;
  /** CPU time that other programs used. */
  readonly othersCpuNs: number | null;
  /** CPU time of the kernel for no program that is visible. Some of it may have been for feedrate's own I/O. */
  readonly kernelCpuNs: number | null;
  /** CPU time that the hypervisor gave to other machines while this one had work to do. */
  readonly stealNs: number | null;
  /** Of the last minute before the trial: tasks that ran, waited for a CPU or waited for a disk. */
  readonly loadAverage: number | null;
  /** Of the whole machine, feedrate included (`some` of /proc/pressure). */
  readonly stalled: StalledTime;
  /** Of feedrate's own control group. */
  readonly groupStalled: StalledTime;
  /** feedrate's own cost per clock reading, just before and after: of the fastest sample, and of the median one. */
  readonly clockFastestNs: number;
  readonly clockTypicalNs: number;
}

/** What a run's start says of the machine. Shares are of the last 10 s, by the kernel's own average. */
export interface MachineStart {
  readonly loadAverage: number | null;
  readonly cpuStalledShare: number | null;
  readonly ioStalledShare: number | null;
  readonly memoryStalledShare: number | null;
}

/** From this share of the CPUs on, other work makes a trial doubtful. A quiet machine stays far below it. */
export const BUSY_SHARE = 0.1;
/** CPU time is counted in ticks of 10 ms, so less than a few of them is noise. */
const LEAST_BUSY_NS = 50_000_000;

/** Returns the CPU time that other programs and the hypervisor took, ns; null when neither is known. */
function takenNs({ othersCpuNs, stealNs }: MachineUse): number | null {
  return othersCpuNs === null && stealNs === null ? null : (othersCpuNs ?? 0) + (stealNs ?? 0);
}

/** Returns the share of the CPUs that other programs and the hypervisor took, 0 to 1; null when it is unknown. */
export function takenShare(use: MachineUse | undefined): number | null {
  const taken = use === undefined ? null : takenNs(use);
  return use === undefined || taken === null || !(use.spanNs > 0) ? null : Math.min(1, taken / (use.spanNs * use.cpus));
}

/** Returns whether the machine was so busy with other work that the trial is doubtful. */
export function isBusy(use: MachineUse | undefined): boolean {
  return use !== undefined && (takenNs(use) ?? 0) >= LEAST_BUSY_NS && (takenShare(use) ?? 0) >= BUSY_SHARE;
}

/** Throws `FeedrateError('store')` at the first field that is missing or has a wrong type. */
export function checkMachineUse(use: JsonReader): void {
  for (const key of ['spanNs', 'cpus', 'clockFastestNs', 'clockTypicalNs']) use.at(key).number();
  for (const key of ['othersCpuNs', 'kernelCpuNs', 'stealNs', 'loadAverage']) use.at(key).numberOrNull();
  for (const part of ['stalled', 'groupStalled'])
    for (const key of ['cpuNs', 'ioNs', 'memoryNs']) use.at(part).at(key).numberOrNull();
}

/**
 * Returns the use of the rank whose machine was busiest, which decides how far the group can be trusted; undefined when
 * no rank recorded it.
 */
export function busiestOf(uses: readonly (MachineUse | undefined)[]): MachineUse | undefined {
  const known = uses.filter((use) => use !== undefined);
  return known.toSorted((a, b) => (takenShare(b) ?? 0) - (takenShare(a) ?? 0))[0];
}
