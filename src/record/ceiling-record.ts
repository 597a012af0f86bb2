/**
 * Published and measured limits of a file system and of its client, as they were looked up when a run began. null = the
 * source has no figure, which is not 0.
 */

/** `conflicting`: sources disagree, so the figure is no limit. `unknown`: the row says that no figure was found. */
export const CEILING_STATUSES = ['documented', 'measured', 'conflicting', 'unknown'] as const;
export type CeilingStatus = (typeof CEILING_STATUSES)[number];

export interface CeilingSource {
  readonly title: string | null;
  readonly url: string | null;
  readonly page: string | null;
  /** `2022`, `2026-05` or `2026-09-20`: when the source was written; null if it does not say. */
  readonly published: string | null;
  /** When it was read. */
  readonly retrieved: string;
}

interface Stated {
  readonly status: CeilingStatus;
  readonly source: CeilingSource;
  readonly note: string | null;
}

/** A sustained rate, and the rate of a burst; `none` = it cannot burst. */
export interface CeilingLevel {
  readonly base: number;
  readonly burst: number | 'none' | null;
}

/** Figures of one HA pair. */
export interface FileServerRow extends Stated {
  /** `SINGLE_AZ_2` … */
  readonly deploymentType: string;
  /** The setting, in AWS's unit of 10^6 bytes per second; `any` = all settings. */
  readonly throughputPerHaPairMBps: number | 'any';
  /** The name of a class of Regions, `other` or `any`. */
  readonly regionClass: string;
  readonly networkBytesPerSecond: CeilingLevel | null;
  readonly diskBytesPerSecond: CeilingLevel | null;
  readonly iops: CeilingLevel | null;
  readonly memoryBytes: number | null;
  readonly nvmeBytes: number | null;
  readonly writeBytesPerSecond: number | null;
}

/** How long a burst lasted where somebody watched one. */
export interface BurstRow extends Stated {
  readonly deploymentType: string;
  readonly throughputPerHaPairMBps: number | 'any';
  readonly regionClass: string;
  readonly lastedMinutes: number;
  /** How long an idle volume needed to earn the burst again. */
  readonly refillMinutes: number | null;
  /** How long a run must last for its figures to count as sustained. */
  readonly runMinutes: number;
}

/** What each TiB of SSD storage brings by itself. */
export interface SsdRow extends Stated {
  readonly bytesPerSecondPerTiB: number;
  readonly iopsPerTiB: number;
}

/** One TCP connection. */
export interface FlowRow extends Stated {
  readonly bytesPerSecond: number;
}

/** The network of one instance type, each way. */
export interface ClientRow extends Stated {
  readonly instanceType: string;
  readonly networkBytesPerSecond: CeilingLevel;
}

/** The rows that apply to a target. */
export interface AppliedCeilings {
  /** The files they came from, the shipped one first. */
  readonly files: readonly { readonly name: string; readonly dated: string }[];
  readonly fileServer: readonly FileServerRow[];
  readonly bursts: readonly BurstRow[];
  readonly ssd: readonly SsdRow[];
  readonly tcpFlow: readonly FlowRow[];
  readonly client: readonly ClientRow[];
}
