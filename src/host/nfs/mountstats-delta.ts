/** The activity of an NFS mount between two readings of mountstats. */
import type { NfsBytes, NfsCalls, NfsConnections, NfsTraffic, NoDelta } from '../../record/nfs-traffic.js';
import type { MountStats, OperationCounters } from './mountstats.js';
import type { TransportCounters } from './mountstats-transport.js';

const MS_NS = 1e6;
/** The range of `unsigned long` in 32-bit kernels. */
const WORD = 2 ** 32;
/** `age:` is rounded down to whole seconds at both readings. */
const AGE_TOLERANCE_SECONDS = 2;

/**
 * Returns the growth of a counter. A fall from near 2^32 to near 0 is an overflow in a 32-bit kernel. Any other fall is
 * returned as a negative number, because the kernel may decrease a counter (queue times).
 */
function growth(before: number, after: number): number {
  const grown = after - before;
  return grown < -WORD / 2 && before < WORD ? grown + WORD : grown;
}

function callsBetween(before: OperationCounters | undefined, after: OperationCounters): NfsCalls {
  const grown = (field: Exclude<keyof OperationCounters, 'errors'>): number =>
    growth(before?.[field] ?? 0, after[field]);
  // A time that decreased only shows that it was short.
  const time = (field: 'queueMs' | 'roundTripMs' | 'executeMs') => Math.max(0, grown(field)) * MS_NS;
  const calls = grown('operations');
  return {
    calls,
    retransmissions: Math.max(0, grown('transmissions') - calls),
    timeouts: grown('timeouts'),
    sentBytes: grown('sentBytes'),
    receivedBytes: grown('receivedBytes'),
    errors: after.errors === null ? null : growth(before?.errors ?? 0, after.errors),
    queueNs: time('queueMs'),
    roundTripNs: time('roundTripMs'),
    executeNs: time('executeMs'),
  };
}

/**
 * Returns the sums over all connections. Connections keep their order, so they are matched by it. A new connection
 * starts at zero. A transport whose count is lower than before is a new one.
 */
function connectionsBetween(before: readonly TransportCounters[], after: readonly TransportCounters[]): NfsConnections {
  const sums = { reconnects: 0, sends: 0, receives: 0, badXids: 0, inFlightSum: 0, backlogSum: 0 };
  for (const [index, now] of after.entries()) {
    const candidate = before[index];
    const then = candidate?.kind === now.kind && candidate.sends <= now.sends ? candidate : undefined;
    if (then !== undefined) sums.reconnects += (now.connects ?? 0) - (then.connects ?? 0);
    for (const field of ['sends', 'receives', 'badXids', 'inFlightSum', 'backlogSum'] as const)
      sums[field] += now[field] - (then?.[field] ?? 0);
  }
  const slots = after.flatMap(({ maxSlots }) => maxSlots ?? []);
  return { open: after.length, ...sums, maxSlots: slots.length === 0 ? null : Math.max(...slots) };
}

function bytesBetween(before: NfsBytes, after: NfsBytes): NfsBytes {
  const fields = Object.keys(after) as (keyof NfsBytes)[];
  return Object.fromEntries(fields.map((field) => [field, growth(before[field], after[field])])) as unknown as NfsBytes;
}

/** Returns whether the mount was made again between the readings: its age grew by less than the time between them. */
function wasRemounted(before: MountStats, after: MountStats, elapsedNs: number): boolean {
  if (before.ageSeconds === null || after.ageSeconds === null) return false;
  return (
    after.ageSeconds - before.ageSeconds < Math.floor(elapsedNs / 1e9) - AGE_TOLERANCE_SECONDS ||
    after.ageSeconds < before.ageSeconds
  );
}

/**
 * Returns the difference of two readings of one mount that are `elapsedNs` apart by a monotonic clock, or why there
 * is none. The caller matches the readings with `statsOf`. When a superblock is mounted several times, each block
 * shows the same counters, so only one block counts. The counters include every process that uses the superblock.
 */
export function mountDelta(
  before: MountStats | null,
  after: MountStats | null,
  elapsedNs: number,
): NfsTraffic | NoDelta {
  if (before === null || after === null) return 'missing';
  if (wasRemounted(before, after, elapsedNs)) return 'remounted';
  const calls = [...after.operations].map(
    ([name, now]) => [name, callsBetween(before.operations.get(name), now)] as const,
  );
  const events = [...after.events].map(([name, value]) => [name, growth(before.events.get(name) ?? 0, value)] as const);
  return {
    bytes: before.bytes === null || after.bytes === null ? null : bytesBetween(before.bytes, after.bytes),
    calls: Object.fromEntries(calls.filter(([, { calls: count }]) => count !== 0)),
    events: Object.fromEntries(events.filter(([, count]) => count !== 0)),
    connections: connectionsBetween(before.transports, after.transports),
  };
}
