/**
 * What an NFS client and its server exchanged during one trial, from two readings of /proc/self/mountstats. The kernel
 * counts by superblock: all processes that use the mount, or another path into it, are counted together.
 */
import type { JsonReader } from './json-reader.js';

/** `bytes:`. Of applications by way of the page cache (normal) and by O_DIRECT; then what the server sent and took. */
export interface NfsBytes {
  readonly normalReadBytes: number;
  readonly normalWriteBytes: number;
  readonly directReadBytes: number;
  readonly directWriteBytes: number;
  readonly serverReadBytes: number;
  readonly serverWriteBytes: number;
  readonly pagesRead: number;
  readonly pagesWritten: number;
}

/** The calls of one kind (READ, WRITE, COMMIT, GETATTR …) that ended. Times are sums over them, to whole ms. */
export interface NfsCalls {
  readonly calls: number;
  /** Transmissions beyond one a call. Never below 0: calls under way at a reading are counted in part. */
  readonly retransmissions: number;
  /** Major timeouts: all retransmissions of a call went unanswered. */
  readonly timeouts: number;
  /** With RPC headers. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Replies with an error; null in kernels that do not count them. */
  readonly errors: number | null;
  /** Before the request was sent: waiting for a slot, a connection, or the socket. */
  readonly queueNs: number;
  /** Wire and server: from the request's sending to its reply. */
  readonly roundTripNs: number;
  /** From the call's making to its end, queue and round trip included. */
  readonly executeNs: number;
}

/** Totals over all connections of the mount. Divide the sums by `sends` for averages. */
export interface NfsConnections {
  /** At the end of the trial. */
  readonly open: number;
  readonly reconnects: number;
  readonly sends: number;
  readonly receives: number;
  /** Replies to no call that waits: late answers to calls that were sent again. */
  readonly badXids: number;
  /** Requests in flight. */
  readonly inFlightSum: number;
  /** Requests that waited for a slot: above 0, slots ran out. */
  readonly backlogSum: number;
  /**
   * The most slots that any connection used since it was made; null where the kernel (before 3.4) or the transport does
   * not tell.
   */
  readonly maxSlots: number | null;
}

export interface NfsTraffic {
  /** Null if the kernel does not count bytes. */
  readonly bytes: NfsBytes | null;
  /** By the kind of call; only those that happened. */
  readonly calls: Readonly<Record<string, NfsCalls>>;
  /** `events:` of mountstats by name (`readPages`, `congestionWait`, `delay` …); only those that happened. */
  readonly events: Readonly<Record<string, number>>;
  readonly connections: NfsConnections;
}

/** Why the difference of two readings is meaningless. */
export type NoDelta =
  /** The mount was not there at one of the two moments. */
  | 'missing'
  /** It was unmounted and mounted again: the counters began anew. */
  | 'remounted';

/** What a TCP connection has carried since it was made, headers of the calls included, bytes. */
export interface TcpCount {
  readonly receivedBytes: number;
  /** Those that the other end has acknowledged. */
  readonly sentBytes: number;
}

/** Returns the sum of a field over all kinds of calls. */
export function sumOfCalls(traffic: Pick<NfsTraffic, 'calls'>, field: Exclude<keyof NfsCalls, 'errors'>): number {
  return Object.values(traffic.calls).reduce((sum, calls) => sum + calls[field], 0);
}

/**
 * Sums one client's traffic over successive trials. `traffic` must not be empty. Open connections are the last trial's.
 */
export function sumOverTrials(traffic: readonly NfsTraffic[]): NfsTraffic {
  const { open, maxSlots } = (traffic.at(-1) as NfsTraffic).connections;
  return sumOf(traffic, { open, maxSlots });
}

/** Sums the traffic of several clients in one trial, in any order. `traffic` must not be empty. */
export function sumOverClients(traffic: readonly NfsTraffic[]): NfsTraffic {
  const connections = traffic.map((one) => one.connections);
  const slots = connections.map(({ maxSlots }) => maxSlots).filter((most) => most !== null);
  return sumOf(traffic, {
    open: connections.reduce((sum, { open }) => sum + open, 0),
    maxSlots: slots.length < connections.length ? null : Math.max(...slots),
  });
}

/** Sums everything except the connection counts that describe one moment. */
function sumOf(traffic: readonly NfsTraffic[], moment: Pick<NfsConnections, 'open' | 'maxSlots'>): NfsTraffic {
  const sum = traffic.reduce((a, b) => ({
    bytes: a.bytes === null || b.bytes === null ? null : added<NfsBytes>(a.bytes, b.bytes),
    calls: mergedBy(a.calls, b.calls, addCalls),
    events: mergedBy(a.events, b.events, (one, other) => one + other),
    connections: added<NfsConnections>(a.connections, b.connections),
  }));
  return { ...sum, connections: { ...sum.connections, ...moment } };
}

/** Adds the calls of two kinds, or of one kind at two times. */
export function addCalls(a: NfsCalls, b: NfsCalls): NfsCalls {
  const errors = a.errors === null || b.errors === null ? null : a.errors + b.errors;
  return { ...added<NfsCalls>(a, b), errors };
}

/** Adds field by field. The caller must replace fields that may be null. */
function added<Counts extends object>(a: Counts, b: Counts): Counts {
  const sums = Object.entries(a).map(([key, value]) => [key, Number(value) + Number(b[key as keyof Counts])]);
  return Object.fromEntries(sums) as Counts;
}

function mergedBy<Value>(
  a: Readonly<Record<string, Value>>,
  b: Readonly<Record<string, Value>>,
  add: (one: Value, other: Value) => Value,
): Record<string, Value> {
  const sums = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const known = sums[key];
    sums[key] = known === undefined ? value : add(known, value);
  }
  return sums;
}

/** Throws `FeedrateError('store')` at the first field that is missing or has a wrong type. */
export function checkNfs(nfs: JsonReader): void {
  const bytes = nfs.at('bytes');
  if (bytes.value !== null) for (const key of ['serverReadBytes', 'serverWriteBytes']) bytes.at(key).number();
  for (const name of Object.keys(nfs.at('calls').object())) {
    const call = nfs.at('calls').at(name);
    for (const key of ['calls', 'retransmissions', 'timeouts', 'queueNs', 'roundTripNs', 'executeNs'])
      call.at(key).number();
  }
  nfs.at('events').object();
  for (const key of ['open', 'reconnects', 'sends', 'backlogSum']) nfs.at('connections').at(key).number();
}
