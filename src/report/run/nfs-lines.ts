/** On NFS: where the time of each arm's operations went, and what went wrong on the way. */
import { formatDurationNs } from '../../base/units.js';
import { sumOfCalls } from '../../record/nfs-traffic.js';
import type { NfsSplit, NfsUse } from '../../stats/nfs-use.js';
import type { ArmSummary } from '../../stats/summary.js';
import { oneLine, plural } from '../table/format.js';
import type { Line } from './run-lines.js';

/** A line for each arm and direction that reached an NFS server. */
export function nfsLines(summaries: readonly ArmSummary[]): Line[] {
  return summaries.flatMap(({ arm, nfs }): Line[] => {
    if (nfs === null) return [];
    const troubles = troublesOf(nfs);
    const said = (['read', 'write'] as const).flatMap((kind) => {
      const split = nfs[kind];
      return split === null ? [] : [`${kind} ${splitWords(split)}`];
    });
    if (said.length === 0 && troubles.length === 0) return [];
    const text = oneLine(`NFS ${arm.id}: ${[...said, ...troubles].join('; ')}`);
    return [{ text, tone: troubles.length > 0 ? 'bad' : 'plain' }];
  });
}

/** `2.60 ms = 2.41 ms wire and server + 190 µs client (20 µs of it queue)`, or of calls alone where they overlap. */
function splitWords(split: NfsSplit): string {
  const { calls, callsPerOperation, queueNs, roundTripNs, operationNs, clientNs } = split;
  if (clientNs === null) {
    const each = `${formatDurationNs(queueNs)} queue + ${formatDurationNs(roundTripNs)} wire and server each`;
    return `${formatDurationNs(operationNs)} an operation, with ${plural(calls, 'call')} that overlap: ${each}`;
  }
  const wire = formatDurationNs(operationNs - clientNs);
  const queue = formatDurationNs(queueNs * callsPerOperation);
  return `${formatDurationNs(operationNs)} = ${wire} wire and server + ${formatDurationNs(clientNs)} client (${queue} of it queue)`;
}

function troublesOf({ traffic }: NfsUse): string[] {
  const { connections, events } = traffic;
  const troubles: [number, string][] = [
    [sumOfCalls(traffic, 'retransmissions'), 'sent again'],
    [sumOfCalls(traffic, 'timeouts'), 'timed out'],
    [connections.reconnects, 'reconnected'],
    [events['congestionWait'] ?? 0, 'waited for congestion'],
    [events['delay'] ?? 0, 'told to come later by the server'],
  ];
  return troubles.flatMap(([count, what]) => (count > 0 ? [`${what} ${plural(count, 'time')}`] : []));
}
