/** The traffic of an arm's trials on an NFS mount, and how the time of their operations splits up. */

import { meanNs } from '../histogram/histogram.js';
import { addCalls, type NfsTraffic, sumOverTrials } from '../record/nfs-traffic.js';
import type { TrialRecord } from '../record/trial-record.js';
import { mergedLatency } from '../record/trial-values.js';

/** The mean call in one direction, and how it relates to an operation. */
export interface NfsSplit {
  readonly calls: number;
  readonly callsPerOperation: number;
  /** Mean times of a call: before it was sent, on the wire and the server, and the rest until it ended. */
  readonly queueNs: number;
  readonly roundTripNs: number;
  readonly restNs: number;
  /** The mean time of an operation. */
  readonly operationNs: number;
  /**
   * The part of `operationNs` that was neither wire nor server: page cache, slots, queue. Null when calls overlap
   * (several per operation, read-ahead, write-back), because their times then do not add up to that of an operation.
   */
  readonly clientNs: number | null;
}

export interface NfsUse {
  readonly traffic: NfsTraffic;
  readonly read: NfsSplit | null;
  readonly write: NfsSplit | null;
  /** Operations on directory entries in the phases of the trials; 0 for jobs without phases. */
  readonly entryOperations: number;
}

/** With more calls per operation than this, an operation has several calls, which may overlap. */
const ONE_CALL_MOST = 1.1;
/** Kernels read with READ_PLUS if NFS 4.2 and their configuration permit it. */
const CALLS = { read: ['READ', 'READ_PLUS'], write: ['WRITE'] } as const;

/** Returns the NFS traffic of the trials together, or null when no trial was on an NFS mount. */
export function nfsUseOf(trials: readonly TrialRecord[]): NfsUse | null {
  const measured = trials.filter((trial) => trial.nfs !== undefined);
  if (measured.length === 0) return null;
  const traffic = sumOverTrials(measured.map(({ nfs }) => nfs as NfsTraffic));
  return {
    traffic,
    read: splitOf(measured, traffic, 'read'),
    write: splitOf(measured, traffic, 'write'),
    entryOperations: measured.reduce((sum, { window }) => sum + (window.entryOps ?? 0), 0),
  };
}

function splitOf(trials: readonly TrialRecord[], traffic: NfsTraffic, kind: 'read' | 'write'): NfsSplit | null {
  const latency = mergedLatency(trials, kind);
  const operations = trials.reduce(
    (sum, { window }) => sum + (kind === 'read' ? window.totalReadOps : window.totalWriteOps),
    0,
  );
  const found = CALLS[kind].flatMap((name) => traffic.calls[name] ?? []);
  if (latency === null || operations === 0 || found.length === 0) return null;
  const { calls, queueNs, roundTripNs, executeNs } = found.reduce(addCalls);
  const callsPerOperation = calls / operations;
  const operationNs = meanNs(latency);
  const clientNs = operationNs - (roundTripNs / calls) * callsPerOperation;
  return {
    calls,
    callsPerOperation,
    queueNs: queueNs / calls,
    roundTripNs: roundTripNs / calls,
    restNs: Math.max(0, executeNs - queueNs - roundTripNs) / calls,
    operationNs,
    clientNs: callsPerOperation > ONE_CALL_MOST || clientNs < 0 ? null : clientNs,
  };
}
