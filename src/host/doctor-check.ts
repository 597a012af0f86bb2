/** What a check of the doctor looks at, and what it answers. */
import type { Severity } from '../record/finding.js';
import type { TargetEnvironment } from '../record/run-record.js';
import type { MountProbe } from './mount-probe.js';
import type { MountStats } from './nfs/mountstats.js';

export interface Patient {
  readonly target: TargetEnvironment;
  /** What its mount counted since it was made; null elsewhere than on NFS. */
  readonly stats: MountStats | null;
  /** null when nothing was to be measured. */
  readonly probe: MountProbe | null;
  readonly memoryBytes: number;
  /** Of the file system; null where it does not count them. */
  readonly files: { readonly used: number; readonly total: number } | null;
}

/** The rest is null where there is nothing to say or to do. */
export type Advice = readonly [severity: Severity, value: string, reason?: string | null, remedy?: string | null];
/** A check that does not apply answers null. */
export type Check<P> = readonly [name: string, examine: (patient: P) => Advice | null];
