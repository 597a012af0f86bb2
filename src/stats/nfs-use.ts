/** What an arm's trials did on an NFS mount, and where the time of their operations went. */

import { meanNs } from '../histogram/histogram.js';
import { addCalls, type NfsTraffic, sumOverTrials } from '../record/nfs-traffic.js';
import type { TrialRecord } from '../record/trial-record.js';
import { mergedLatency } from '../record/trial-values.js';

/** The mean call of one direction, and of what an operation waited for. */
export interface NfsSplit {
  readonly calls: number;
  readonly callsPerOperation: number;
  /** Of a call: before it was sent; wire and server; what is left until it ended. */
  readonly queueNs: number;
  readonly roundTripNs: number;
  readonly restNs: number;
  /** What an operation took on average. */
  readonly operationNs: number;
  /**
   * Of that, what was neither wire nor server: page cache, slots, queue. null where calls overlap (several for an
   * operation, read-ahead, write-back), so that their times do not add up to an operation's.
   */
  readonly clientNs: number | null;
}

export interface NfsUse {
  readonly traffic: NfsTraffic;
  readonly read: NfsSplit | null;
  readonly write: NfsSplit | null;
}

/** With more calls than this an operation is made of several, which may be under way at the same time. */
const ONE_CALL_MOST = 1.1;
/** Kernels read by READ_PLUS where version 4.2 and their configuration allow it. */
const CALLS = { read: ['READ', 'READ_PLUS'], write: ['WRITE'] } as const;

/** Null where no trial was on an NFS mount. */
export function nfsUseOf(trials: readonly TrialRecord[]): NfsUse | null {
  const measured = trials.filter((trial) => trial.nfs !== undefined);
  if (measured.length === 0) return null;
  const traffic = sumOverTrials(measured.map(({ nfs }) => nfs as NfsTraffic));
  return { traffic, read: splitOf(measured, traffic, 'read'), write: splitOf(measured, traffic, 'write') };
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
