/** NFS only: how the time of each arm's operations was spent, and the problems of its calls. */
import { formatCount, formatDurationNs } from '../../base/units.js';
import { sumOfCalls } from '../../record/nfs-traffic.js';
import type { NfsSplit, NfsUse } from '../../stats/nfs-use.js';
import type { ArmSummary } from '../../stats/summary.js';
import { plural } from '../table/format.js';
import type { Line } from './run-lines.js';

/** Returns one line for each arm whose operations reached an NFS server. */
export function nfsLines(summaries: readonly ArmSummary[]): Line[] {
  return summaries.flatMap(({ arm, nfs }): Line[] => {
    if (nfs === null) return [];
    const troubles = troublesOf(nfs);
    const said = (['read', 'write'] as const).flatMap((kind) => {
      const split = nfs[kind];
      return split === null ? [] : [`${kind} ${splitWords(split)}`];
    });
    said.push(...entryCalls(nfs));
    if (said.length === 0 && troubles.length === 0) return [];
    const text = `NFS ${arm.id}: ${[...said, ...troubles].join('; ')}`;
    return [{ text, tone: troubles.length > 0 ? 'bad' : 'plain' }];
  });
}

/**
 * Returns `OPEN 5k, CLOSE 5k … for 20k operations on entries`, the most frequent calls first: operations without a call
 * were answered from this client's caches. Empty for jobs without such operations.
 */
function entryCalls({ traffic, entryOperations: operations }: NfsUse): string[] {
  const calls = Object.entries(traffic.calls).toSorted(([, a], [, b]) => b.calls - a.calls);
  if (operations === 0 || calls.length === 0) return [];
  const counts = calls.slice(0, MOST_CALLS).map(([name, { calls: count }]) => `${name} ${formatCount(count)}`);
  return [`calls for ${formatCount(operations)} operations on entries: ${counts.join(', ')}`];
}

/** Kinds of calls that are shown. The others are few. */
const MOST_CALLS = 8;

/** `2.60 ms = 2.41 ms round trip + 190 µs client (of which 20 µs queue)`; if calls overlap, the times of one call. */
function splitWords(split: NfsSplit): string {
  const { calls, callsPerOperation, queueNs, roundTripNs, operationNs, clientNs } = split;
  if (clientNs === null) {
    const each = `${formatDurationNs(queueNs)} queue + ${formatDurationNs(roundTripNs)} round trip each`;
    return `${formatDurationNs(operationNs)} per operation, with ${plural(calls, 'overlapping call')}: ${each}`;
  }
  const wire = formatDurationNs(operationNs - clientNs);
  const queue = formatDurationNs(queueNs * callsPerOperation);
  return `${formatDurationNs(operationNs)} = ${wire} round trip + ${formatDurationNs(clientNs)} client (of which ${queue} queue)`;
}

function troublesOf({ traffic }: NfsUse): string[] {
  const { connections, events } = traffic;
  const troubles: [number, string][] = [
    [sumOfCalls(traffic, 'retransmissions'), 'retransmitted'],
    [sumOfCalls(traffic, 'timeouts'), 'timed out'],
    [connections.reconnects, 'reconnected'],
    [events['congestionWait'] ?? 0, 'waited for congestion'],
    [events['delay'] ?? 0, 'asked by the server to retry later'],
  ];
  return troubles.flatMap(([count, what]) => (count > 0 ? [`${what} ${plural(count, 'time')}`] : []));
}
